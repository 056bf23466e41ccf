"""How long does a council's census take, and how much memory?

A made-up Children in Need census with planted late steps, read by `havenline census timeliness` in a process of its own, beside what one
would write first: the whole file by the standard library's ElementTree, for the same four counts, without lines, notes or checks.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from benchmarks.tables import Table
from havenline.engines import procedure
from havenline.engines.census import CLOCKS, Clock

REFERENCE = date(2026, 3, 31)
STEPS: dict[Clock, str] = {
    "assessment_45": "single_assessment",
    "conference_15": "initial_child_protection_conference",
    "first_review": "first_review",
    "later_review": "later_review",
}
HEADER = """<?xml version="1.0" encoding="utf-8"?>
<Message>
  <Header>
    <CollectionDetails>
      <Collection>CIN</Collection>
      <Year>2026</Year>
      <ReferenceDate>2026-03-31</ReferenceDate>
    </CollectionDetails>
    <Source>
      <SourceLevel>L</SourceLevel>
      <LEA>999</LEA>
      <SoftwareCode>benchmark</SoftwareCode>
      <Release>1</Release>
      <SerialNo>001</SerialNo>
      <DateTime>2026-05-01T09:00:00</DateTime>
    </Source>
  </Header>
  <Children>
"""


@dataclass
class Planted:
    """What was put into a file: how many of each clock and state, and who is late, by clock: (child, start, due, happened)."""

    counts: dict[Clock, Counter[str]] = field(default_factory=lambda: {clock: Counter() for clock in CLOCKS})
    late: dict[Clock, list[tuple[str, date, date, date | None]]] = field(default_factory=lambda: {clock: [] for clock in CLOCKS})


class Maker:
    """Children as a council has them: most referrals are assessed once, a third of those lead to an enquiry, a third of those to a plan."""

    def __init__(self, seed: int = 6) -> None:
        self.chance = random.Random(seed)
        self.planted = Planted()

    def write(self, file: IO[str], children: int) -> Planted:
        file.write(HEADER)
        for number in range(children):
            file.writelines(self._child(f"LA{number:08}"))
        file.write("  </Children>\n</Message>\n")
        return self.planted

    def _child(self, who: str) -> Iterator[str]:
        chance = self.chance
        born = date(2008, 1, 1) + timedelta(days=chance.randrange(6_500))
        yield f"    <Child>\n      <ChildIdentifiers>\n        <LAchildID>{who}</LAchildID>\n        <UPNunknown>UN1</UPNunknown>\n"
        yield f"        <PersonBirthDate>{born}</PersonBirthDate>\n        <Sex>{chance.choice('MF')}</Sex>\n      </ChildIdentifiers>\n"
        yield "      <ChildCharacteristics>\n        <Ethnicity>WBRI</Ethnicity>\n        <Disabilities>\n"
        yield "          <Disability>NONE</Disability>\n        </Disabilities>\n      </ChildCharacteristics>\n"
        referral = date(2024, 9, 1) + timedelta(days=chance.randrange(570))
        yield f"      <CINdetails>\n        <CINreferralDate>{referral}</CINreferralDate>\n        <ReferralSource>1A</ReferralSource>\n"
        yield "        <PrimaryNeedCode>N1</PrimaryNeedCode>\n"
        for _each in range(chance.choices((0, 1, 2), (20, 65, 15))[0]):
            started = referral + timedelta(days=chance.randrange(10))
            done = self._step(who, "assessment_45", started, 0.18)
            yield f"        <Assessments>\n          <AssessmentActualStartDate>{started}</AssessmentActualStartDate>\n"
            if done:
                yield f"          <AssessmentAuthorisationDate>{done}</AssessmentAuthorisationDate>\n"
            yield "          <FactorsIdentifiedAtAssessment>\n            <AssessmentFactors>3B</AssessmentFactors>\n"
            yield "            <AssessmentFactors>4B</AssessmentFactors>\n          </FactorsIdentifiedAtAssessment>\n"
            yield "        </Assessments>\n"
        if chance.random() < 0.3:
            yield from self._protection(who, referral)
        yield "        <ReferralNFA>false</ReferralNFA>\n      </CINdetails>\n    </Child>\n"

    def _protection(self, who: str, referral: date) -> Iterator[str]:
        chance = self.chance
        started = referral + timedelta(days=chance.randrange(30))
        target = procedure.due_after(15, "working days", started)
        yield f"        <Section47>\n          <S47ActualStartDate>{started}</S47ActualStartDate>\n"
        yield f"          <InitialCPCtarget>{target}</InitialCPCtarget>\n"
        if chance.random() < 0.55:
            yield "          <ICPCnotRequired>true</ICPCnotRequired>\n        </Section47>\n"
            return
        conference = self._step(who, "conference_15", started, 0.2)
        if conference:
            yield f"          <DateOfInitialCPC>{conference}</DateOfInitialCPC>\n"
        yield "          <ICPCnotRequired>false</ICPCnotRequired>\n        </Section47>\n"
        if not conference:
            return
        ended = conference + timedelta(days=chance.randrange(120, 500))
        ended = ended if ended < REFERENCE and chance.random() < 0.6 else None
        reviews, before, clock = [], conference, CLOCKS[2]
        while True:
            review = self._step(who, clock, before, 0.1, ended)
            if review is None or (ended and review > ended):
                break
            reviews.append(review)
            before, clock = review, CLOCKS[3]
        yield f"        <ChildProtectionPlans>\n          <CPPstartDate>{conference}</CPPstartDate>\n"
        if ended:
            yield f"          <CPPendDate>{ended}</CPPendDate>\n"
        yield "          <InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>\n"
        yield "          <LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>\n"
        yield "          <NumberOfPreviousCPP>0</NumberOfPreviousCPP>\n"
        if reviews:
            yield "          <Reviews>\n"
            yield from (f"            <CPPreviewDate>{review}</CPPreviewDate>\n" for review in reviews)
            yield "          </Reviews>\n"
        yield "        </ChildProtectionPlans>\n"

    def _step(self, who: str, clock: Clock, started: date, late: float, ended: date | None = None) -> date | None:
        """When it happened, if it did by the reference date and before the plan's end; noted as what it is."""
        due = procedure.edition_in_force(started).due(STEPS[clock], started=started)
        if self.chance.random() < late:
            happened = due + timedelta(days=self.chance.randrange(1, 60))
        else:
            happened = due - timedelta(days=int((due - started).days * self.chance.random() ** 3 * 0.9))
        if happened > REFERENCE or (ended and happened > ended):
            if ended and due > ended:
                return None
            self._note(who, clock, started, due, None, "late" if due < REFERENCE else "open")
            return None
        self._note(who, clock, started, due, happened, "late" if happened > due else "in_time")
        return happened

    def _note(self, who: str, clock: Clock, started: date, due: date, happened: date | None, state: str) -> None:
        self.planted.counts[clock][state] += 1
        if state == "late":
            self.planted.late[clock].append((who, started, due, happened))


WHOLE_FILE = """
import sys
from collections import Counter
from datetime import date
from xml.etree import ElementTree

from havenline.engines import procedure

day, counts = date.fromisoformat, Counter()
root = ElementTree.parse(sys.argv[1]).getroot()
reference = day(root.findtext("Header/CollectionDetails/ReferenceDate"))

def judge(clock, step, started, happened, ended=None):
    due = procedure.edition_in_force(started).due(step, started=started)
    if happened is None and ended and due > ended:
        return
    counts[clock, "in_time" if happened and happened <= due else "late" if happened or due < reference else "open"] += 1

def of(element, name):
    return day(text) if (text := element.findtext(name)) else None

for one in root.iter("Assessments"):
    judge("assessment_45", "single_assessment", of(one, "AssessmentActualStartDate"), of(one, "AssessmentAuthorisationDate"))
for one in root.iter("Section47"):
    if one.findtext("ICPCnotRequired") != "true":
        judge("conference_15", "initial_child_protection_conference", of(one, "S47ActualStartDate"), of(one, "DateOfInitialCPC"))
for one in root.iter("ChildProtectionPlans"):
    before, clock = of(one, "CPPstartDate"), "first_review"
    for review in sorted(day(each.text) for each in one.iter("CPPreviewDate")):
        judge(clock, clock, before, review)
        before, clock = review, "later_review"
    judge(clock, clock, before, None, of(one, "CPPendDate"))
print({f"{clock} {state}": number for (clock, state), number in sorted(counts.items())})
"""
OURS = "from havenline.cli import app; app()"


def measure(*, sizes: tuple[int, ...] = (4_000, 20_000, 100_000), peer_up_to: int = 100_000) -> Iterator[Table]:
    table = Table(
        "Reading a census, one process on one core",
        ("children", "MB", "seconds", "of processor", "MB/s", "peak MB", "late steps found"),
        "Seconds by the clock, start of the interpreter included. Late steps: those that were planted, found with their dates.",
    )
    print(table.heading(), flush=True)
    with tempfile.TemporaryDirectory(prefix="havenline-census-") as folder:
        for children in sizes:
            path = Path(folder) / f"{children}.xml"
            with path.open("w", encoding="utf-8") as file:
                planted = Maker().write(file, children)
            out = Path(folder) / "out.json"
            figures = _figures(path, run([sys.executable, "-c", OURS, "census", "timeliness", str(path), "--json"], out))
            table.add(f"{children:,}: havenline, streaming", *figures, _found(json.loads(out.read_text()), planted))
            page, sheet = str(Path(folder) / "page.html"), str(Path(folder) / "all.csv")
            said = [sys.executable, "-c", OURS, "census", "timeliness", str(path), "--html", page, "--csv", sheet]
            table.add(f"{children:,}: with the page and the sheet", *_figures(path, run(said, out)), "")
            if children <= peer_up_to:
                figures = _figures(path, run([sys.executable, "-c", WHOLE_FILE, str(path)], out))
                table.add(f"{children:,}: peer, ElementTree, whole file", *figures, "")
    yield table


def _figures(path: Path, used: tuple[float, float, float]) -> tuple[str, ...]:
    took, worked, peak = used
    size = path.stat().st_size / 1e6
    return f"{size:.0f}", f"{took:.1f}", f"{worked:.1f}", f"{size / worked:.0f}", f"{peak:.0f}"


def _found(said: dict[str, object], planted: Planted) -> str:
    """Of the planted late steps, how many came back exactly; and whether anything else did."""
    wanted, got = Counter[tuple[object, ...]](), Counter[tuple[object, ...]]()
    for clock in CLOCKS:
        wanted.update((clock, who, f"{start}", f"{due}", f"{done}" if done else None) for who, start, due, done in planted.late[clock])
        cases = said[clock]["late_cases"]  # type: ignore[index]
        got.update((clock, case["child"], case["start"], case["due"], case["happened"]) for case in cases)
        assert planted.counts[clock]["in_time"] == said[clock]["in_time"], clock  # type: ignore[index]  # noqa: S101
    return f"{(wanted & got).total():,} of {wanted.total():,}, {(got - wanted).total()} others"


def run(command: list[str], out: Path) -> tuple[float, float, float]:
    """Seconds by the clock, of the processor, and the peak in MB of one process."""
    began = time.perf_counter()
    with out.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[2:]} ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
