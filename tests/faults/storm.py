"""kill -9 of one process after another, at moments drawn from a seed, under load; and what must hold after it."""

import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.faults import desk, inside
from tests.faults.cluster import Cluster
from tests.faults.house import ASKED_OF, House, started
from tests.faults.mail import moody_server
from tests.faults.place import PATIENCE, Place
from tests.faults.senders import AtTheForm, ByApi, Sender

VICTIMS = ("public", "public", "public", "api", "api", "worker 1", "worker 1", "worker 2", "front", "desk")
OF_POSTGRESQL = ("every process of the database", "every process of the database", "one connection's process")
AWAY = 17.0  # seconds that the database is away, once, at the end: a pool that left its pauses to double would now wait for as long again
OF_THE_DATABASE = {"public": "/log/", "api": f"/host/{'x' * 43}/"}  # cannot be answered without it
WITHIN = 0.6  # seconds from the moment when all that are to fall answer until they do, at most
AT_ONCE = 3  # fall together, at most
ANSWERED_WITHIN = 5 * PATIENCE  # after the last fault: a few seconds, but for a machine that is busy with everything else


def seed() -> int:
    """FAULTS_SEED, or another one each time."""
    return int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


def plan(number: int, kills: int, victims: Sequence[str]) -> Iterator[tuple[list[str], float]]:
    """What is killed together, and how long after it was seen alive: the same for the same seed, however quick the machine is."""
    chance = random.Random(number)
    while kills > 0:
        fall = list(dict.fromkeys(chance.choice(victims) for _each in range(min(kills, chance.randint(1, AT_ONCE)))))
        kills -= len(fall)
        yield fall, chance.uniform(0, WITHIN)


@dataclass
class Outcome:
    """What was promised, and what became of it. Counted by whoever asks; `problems` are whatever must not be."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    met: int = 0  # kills at which somebody waited for an answer
    acknowledged: int = 0
    sent_again: int = 0
    letters: int = 0
    uncertain: int = 0
    entries: int = 0
    problems: list[str] = field(default_factory=list)

    def must(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.problems.append(otherwise)


class Storm:
    """An installation under load. Nothing is killed by itself: `kill`, or whatever the caller does to it meanwhile."""

    def __init__(self, place: Place, number: int, *, cluster: Cluster | None = None, **environment: str) -> None:
        self.place, self.seed, self.cluster, self.environment = place, number, cluster, environment
        self.outcome = Outcome(number)
        self.held: dict[str, Any] = {}
        self.stop = threading.Event()
        keys = inside.ask(place, "platforms", number=2)
        self.senders: list[Sender] = [AtTheForm(place, self.stop, number + each) for each in range(2)]
        self.senders += [ByApi(place, self.stop, number + each, key) for each, key in enumerate(keys)]

    @contextmanager
    def blowing(self) -> Iterator[House]:
        """Serve, and let all of them send; afterwards each has its answer, and everything has ended."""
        with moody_server(self.seed) as (self.mail, port):
            self.place.environment |= {"HAVENLINE_MAIL_HOST": "127.0.0.1", "HAVENLINE_MAIL_PORT": str(port)}
            with started(House(self.place, mail=port, **self.environment)) as house:
                for sender in self.senders:
                    sender.start()
                try:
                    yield house
                finally:
                    self.stop.set()
                for sender in self.senders:
                    self._await(sender, house)
                house.end()
            self.mail.moods = ("takes",)  # what waits for its next attempt now leaves
            self.held = inside.ask(self.place, "after", receipts=[one for one in self._answers(AtTheForm) if one.isdigit()])

    def _await(self, sender: Sender, house: House) -> None:
        deadline = time.monotonic() + ANSWERED_WITHIN
        while sender.is_alive() and time.monotonic() < deadline:
            house.keep_alive()
            sender.join(timeout=0.2)
        self.outcome.must(not sender.is_alive(), f"{sender} had no answer {ANSWERED_WITHIN:.0f} seconds after the last fault")

    def _answers(self, kind: type[Sender]) -> list[str]:
        return [one for sender in self.senders if isinstance(sender, kind) for one in sender.answers]

    def kill(self, house: House, victim: str) -> None:
        met = any(sender.waits for sender in self.senders)
        if victim in house.commands:
            house.kill(victim)
        elif not self._kill_of_postgresql(victim):
            return
        self.outcome.kills[victim] += 1
        self.outcome.met += met

    def _kill_of_postgresql(self, victim: str) -> bool:
        """Whether something fell: where nobody is connected there is no connection's process."""
        assert self.cluster is not None
        if victim == OF_POSTGRESQL[0]:
            self.cluster.kill()
            return True
        return self.cluster.kill_one(self.outcome.kills.total())

    def judge(self) -> Outcome:
        """Compare what the installation holds with what was promised."""
        outcome, held = self.outcome, self.held
        at_the_form, by_api = self._answers(AtTheForm), self._answers(ByApi)
        outcome.acknowledged = len(at_the_form) + len(by_api)
        outcome.sent_again = sum(sender.again for sender in self.senders)
        receipts = [one for one in at_the_form if one.isdigit()]
        outcome.must(
            held["opened"] == len(receipts) == len(set(receipts)),
            f"{len(receipts)} receipts were shown, {held['opened']} open a report of their own",
        )
        outcome.must(held["form"] == held["receipts"] == len(at_the_form), f"{len(at_the_form)} reports by form, {held['form']} stored")
        found = Counter(held["references"])
        outcome.must(not (lost := set(by_api) - set(found)), f"platforms' reports lost: {lost}")
        outcome.must(sum(found.values()) == len(by_api), f"{len(by_api)} reports by API, {sum(found.values())} stored")
        outcome.must(len(set(by_api)) == len(by_api), "two reports were given one reference")
        outcome.must(held["unopened"] == 0, f"{held['unopened']} reports were never opened")
        self._judge_ledger(held)
        self._judge_letters(held["letters"], unescape(held["shown"]))
        return outcome

    def _judge_ledger(self, held: dict[str, Any]) -> None:
        outcome, reports = self.outcome, self.outcome.acknowledged
        outcome.entries = held["entries"]
        said = self.place.command("ledger", "verify")
        outcome.must("The ledger holds" in said, said)
        outcome.must(held["waiting"] == 0, f"{held['waiting']} entries wait for the appender")
        outcome.must(held["entries"] == held["links"] == held["last"], f"a gap: {held['entries']} entries, {held['links']}, {held['last']}")
        outcome.must(held["received"] == reports, f"{reports} reports, {held['received']} entries of their arrival")
        outcome.must(held["queued"] == len(held["letters"]), f"{len(held['letters'])} letters, {held['queued']} entries that queued them")

    def _judge_letters(self, letters: list[list[str]], page: str) -> None:
        outcome, file = self.outcome, self.place.home.parent / "written"
        outcome.letters = len(letters)
        numbers = Counter(int(subject.split()[-1]) for subject, *_rest in letters)
        outcome.must(not (lost := desk.acknowledged(file) - set(numbers)), f"letters lost: {lost}")
        outcome.must(max(numbers.values(), default=1) == 1, "a letter is there twice")
        rows = re.findall(r"<bdi>(.*?)</bdi>.*?</tr>", page, re.DOTALL)
        for subject, state, name, to in letters:
            texts, taken = self.mail.texts[name], self.mail.taken[name]
            outcome.must(state in ("sent", "failed", "uncertain"), f"{subject} is {state}, and nobody is told")
            outcome.must(texts <= 1, f"{subject} left {texts} times")
            outcome.must(state != "sent" or taken == 1, f"{subject} is called sent and never arrived")
            outcome.must(not texts or state != "failed", f"{subject} went out and is called failed")
            outcome.must(state == "sent" or rows.count(to) == 1, f"{subject} ended {state} and is shown to nobody")
            outcome.uncertain += state == "uncertain"


def blow(place: Place, number: int, kills: int, *, cluster: Cluster | None = None, say: Callable[[str], None] = print) -> Outcome:
    """So many kills of one installation; what came of it."""
    say(f"{kills} kills; again with the same: FAULTS_SEED={number}")
    storm = Storm(place, number, cluster=cluster)
    with storm.blowing() as house:
        for fall, pause in plan(number, kills, VICTIMS + (OF_POSTGRESQL if cluster else ())):
            house.keep_alive()
            for victim in fall:
                house.wait_until_up(victim)
            time.sleep(pause)
            for victim in fall:
                storm.kill(house, victim)
        if cluster:
            _goes_and_comes_back(storm, house, cluster)
    return storm.judge()


def _goes_and_comes_back(storm: Storm, house: House, cluster: Cluster) -> None:
    """The database is away for a while, and whoever asks for what it holds is told so. Once it is back the first who asks is answered."""
    for role in ASKED_OF:
        house.wait_until_up(role)
    cluster.stop()
    back = time.monotonic() + AWAY
    for role, path in OF_THE_DATABASE.items():
        status, _page = house.place.ask("GET", path)
        storm.outcome.must(status >= 500, f"{role} answered {status} without the database")
    time.sleep(max(0.0, back - time.monotonic()))
    cluster.start()
    storm.outcome.kills["the database is away"] += 1
    for role, path in OF_THE_DATABASE.items():
        status, _page = house.place.ask("GET", path)
        storm.outcome.must(status < 500, f"{role} answered {status} although the database was back")
