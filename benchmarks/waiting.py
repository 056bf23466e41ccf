"""What waits? Reports in bulk, each with the rows that receiving and opening it make: sealed, identified, chained.

Called inside an installation. Only two things are not as in life, since they would take hours: a receipt's look-up and key are
random and not stretched from digits, and rows go in by the thousand. A test compares every table with what the real actions make.
"""

import json
import os
import random
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Model

from benchmarks import people
from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.identifiers.canonical import canonical
from havenline.foundation.identifiers.models import Identifier, Kind, Sighting
from havenline.foundation.ledger.actors import CLOCK, REPORTER, Actor
from havenline.foundation.ledger.models import Entry, Link
from havenline.foundation.ledger.queries import head
from havenline.foundation.people.models import Agency, ApiKey, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.records.models import Party, Record, new_reference
from havenline.foundation.sealing import holders
from havenline.foundation.sealing.actions import SUITE, RecordKey, public_of
from havenline.foundation.sealing.models import Key
from havenline.journey.intake import answers as shape
from havenline.journey.intake.actions import opening
from havenline.journey.intake.extraction import from_answers
from havenline.journey.intake.models import Channel, Receipt, Report, ReportedItem, Urgency
from havenline.journey.triage.actions.children import PARTS, children_in
from havenline.journey.triage.models import Assessment, ChildDuty, Claim, Decision, Grade

AT_ONCE = 1_000
OVER = timedelta(days=14)  # what waits came within so long
DECIDED = 10  # one decided lately for so many that wait
URGENT = 20  # in danger now
WORDS = "An adult stranger asked a child to meet, {} {}."
PLACES = ("after school", "by the river", "in a game", "at the station", "in a chat", "at the shop")


def build(waiting: int, seed: int = 7) -> int:
    """So many reports that wait, and a tenth as many that were decided lately; how many rows of reports there are then."""
    chance = random.Random(seed)
    already = Report.objects.exclude(waits_since=None).count()
    at = moment.now()
    whole = _Whole()
    for number in range(already, waiting):
        whole.add(_told(number, chance), at - OVER * chance.random())
        if len(whole.reports) >= AT_ONCE or number == waiting - 1:
            whole.store()
    for number in range(URGENT, URGENT + waiting // DECIDED):
        whole.add(_told(number, chance), at - timedelta(hours=30) * chance.random())
    whole.store(read_by=people.analyst())
    _doubt(people.analyst())
    return Report.objects.count()


def _told(number: int, chance: random.Random) -> dict[str, Any]:
    """Answers as they come: three in five from platforms, some of them floods of the same, few of them urgent."""
    flood = chance.random() < 0.4
    which = chance.randrange(40) if flood else number
    said: dict[str, Any] = {
        "who": chance.choice(("platform", "platform", "platform", "parent", "adult")),
        "kind": chance.choice(("contact", "web_page", "conversation")),
        "happened": WORDS.format(PLACES[which % len(PLACES)], "again" if flood else f"number {which}"),
        "danger": "now" if number < URGENT else "no",
        "place": {"urls": [f"https://page{which % 5000}.example/room/{which}"], "app": "", "accounts": [f"riverwalk_{which}"]},
    }
    if said["who"] == "parent" and chance.random() < 0.5:
        said |= {"relation": "lives_with", "child": {"age": chance.randrange(6, 17), "town": "Northmere"}}
    return said


class _Whole:
    """Rows of many reports, in memory until they are stored together."""

    def __init__(self) -> None:
        self.hotline = Agency.objects.filter(kind=AgencyKind.HOTLINE).order_by("pk")[0]
        self.oversight = list(Agency.objects.filter(kind=AgencyKind.OVERSIGHT))
        self.keys = list(ApiKey.objects.select_related("agency").order_by("pk"))
        self.known: dict[tuple[str, str], Identifier] = {(one.kind, one.canonical): one for one in Identifier.objects.all()}
        self.groups: dict[tuple[str, int], str] = {}
        self._begin()

    def _begin(self) -> None:
        self.reports: list[Report] = []
        self.rows: list[Model] = []
        self.entries: list[Entry] = []
        self.found: list[tuple[Report, list[tuple[Identifier, Any]], str]] = []

    def add(self, told: dict[str, Any], at: datetime) -> None:
        """One report, received and opened at this moment."""
        whole = shape.complete(told)
        record = Record(reference=new_reference(FileKind.REPORT), kind=FileKind.REPORT, opened_at=at, agency=self.hotline)
        key = RecordKey(record.reference, os.urandom(32))
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        child = whole["child"]
        report = Report(
            record=record, hotline=self.hotline, kind=whole["kind"], danger=whole["danger"], channel=Channel.FORM, source=whole["who"],
            sealed=key.seal("answers", text), submission=secrets.token_hex(32), received_at=at, opened_at=at, waits_since=at,
            child_known=bool(child["is_me"]) or whole["relation"] in {"me", "lives_with", "knows"}, youngest_age=child["age"],
        )  # fmt: skip
        report.urgency = Urgency.of(danger=report.danger, child_known=report.child_known, youngest_age=report.youngest_age)
        by: Actor = REPORTER
        if whole["who"] == "platform":
            by = self.keys[len(self.reports) % len(self.keys)]
            report.channel, report.source, report.platform, report.api_key = Channel.PLATFORM, by.agency.slug[:60], by.agency, by
        else:
            made = Receipt(report=report, lookup=secrets.token_hex(32), public_key=public_of(os.urandom(32)), made_at=at)
            self.rows.append(made)
        for holder in (holders.DESK, self.hotline.holder, *(one.holder for one in self.oversight)):
            public = holders.public(holder)
            wrapped = SUITE.encrypt(key.secret, public, record.reference.encode())
            mark = holders.mark(public)
            self.rows.append(Key(record=record.reference, wrapped_to=holder, under=mark, wrapped=wrapped, made_at=at))
        for agency, purpose in [(self.hotline, "its own file"), *((one, "oversight: trace and ledger") for one in self.oversight)]:
            self.rows.append(Party(record=record, agency=agency, purpose=purpose, since=at))
        self.entries.append(_entry(by, "received a report", record, key, {"answers": text, "channel": report.channel}, "received"))
        seen = list(self._seen(report, whole, key, at))
        for is_reporter, known in children_in(whole):
            kept = {part: str(known.get(part) or "") for part in PARTS} | {"age": known.get("age")}
            sealed = key.seal("child", json.dumps(kept, ensure_ascii=False))
            self.rows.append(ChildDuty(report=report, is_reporter=is_reporter, child_sealed=sealed, found_at=at))
            self.entries.append(_entry(CLOCK, "found a child to answer for", record, key, kept))
        changed = {"items": sum(one.is_item for _identifier, one in seen), "identifiers": len(seen)}
        self.entries.append(_entry(CLOCK, "opened the report", record, key, changed, "opened"))
        self.found.append((report, seen, " ".join((whole["happened"], whole["place"]["conversation"]))))
        self.reports.append(report)

    def _seen(self, report: Report, whole: dict[str, Any], key: RecordKey, at: datetime) -> Iterator[tuple[Identifier, Any]]:
        number = 0
        for one in from_answers(whole):
            named = (str(one.kind), canonical(one.kind, one.raw))
            identifier = self.known.setdefault(named, Identifier(kind=named[0], canonical=named[1], shown=one.raw.strip()[:400]))
            self.rows.append(Sighting(identifier=identifier, record=report.record, seen_at=at, source=one.source))
            self.entries.append(_entry(CLOCK, "saw an identifier", report.record, key, {"identifier": named[1], "kind": named[0]}))
            if one.is_item:
                number += 1
                self.rows.append(ReportedItem(report=report, number=number, identifier=identifier))
            yield identifier, one

    @transaction.atomic
    def store(self, *, read_by: Membership | None = None) -> None:
        """Put everything in, in the order in which rows name each other. `read_by`: they were decided, and wait no longer."""
        Identifier.objects.bulk_create([one for one in self.known.values() if one.pk is None])
        Record.objects.bulk_create([report.record for report in self.reports])
        for report, seen, words in self.found:
            report.pk = report.record.pk
            report.group = self._group(report, seen, words)
            report.waits_since = None if read_by else report.waits_since
        Report.objects.bulk_create(self.reports)
        for row in self.rows:
            for name in ("record", "report", "identifier"):  # their rows have their keys only now
                if isinstance(getattr(row, name, None), Model):
                    setattr(row, name, getattr(row, name))
        for model in (Key, Party, Receipt, Sighting, ReportedItem, ChildDuty):
            model._default_manager.bulk_create([row for row in self.rows if type(row) is model], batch_size=5_000)
        if read_by:
            self._decided(read_by)
        _chain(self.entries)
        self._begin()

    def _group(self, report: Report, seen: list[tuple[Identifier, Any]], words: str) -> str:
        """As `opening` finds it, without asking the database: the group of the last report with the same account, host or address."""
        alike = [(report.source, identifier.pk) for identifier, _one in seen if identifier.kind in {Kind.HOST, Kind.ACCOUNT, Kind.URL}]
        earlier = next((self.groups[one] for one in alike if one in self.groups), None)
        group = earlier or opening.mac_of(f"alike\0{report.source}\0text\0{opening._said(words)}")
        self.groups |= dict.fromkeys(alike, group)
        return group

    def _decided(self, by: Membership) -> None:
        Claim.objects.bulk_create(
            Claim(report=report, by=by, at=report.received_at, until=report.received_at, ended_at=report.received_at, ended_why="decided")
            for report in self.reports
        )
        Decision.objects.bulk_create(
            Decision(
                report=report, by=by, at=report.received_at, close=True, reason_sealed=b"-", could_be_read="no", wording="neutral",
                answer_sealed=b"-", takes_effect_at=report.received_at, carried_out_at=report.received_at,
            )
            for report in self.reports
        )  # fmt: skip


def _entry(by: Actor, verb: str, record: Record, key: RecordKey, changed: dict[str, Any], station: str = "") -> Entry:
    """As `ledger.record` writes it."""
    at = record.opened_at.astimezone(UTC)
    body = {
        "v": 1, "at": at.isoformat(timespec="microseconds"), "actor": by.ledger_name, "agency": by.ledger_agency,
        "role": by.ledger_role, "verb": verb, "object": record.ledger_object, "record": record.reference,
        "changed": key.mac(proof.canonical(changed).encode()), **({"station": station} if station else {}),
    }  # fmt: skip
    text = proof.canonical(body)
    named = {"record": record.reference, "actor": by.ledger_name, "agency": by.ledger_agency}
    return Entry(body=text, hash=proof.entry_hash(text), at=at, **named)


def _chain(entries: Iterable[Entry]) -> None:
    sequence, last = head()
    rest = iter(entries)
    while some := Entry.objects.bulk_create(islice(rest, AT_ONCE)):
        links = []
        for entry in some:
            sequence += 1
            last = proof.link_hash(last, sequence, entry.hash)
            links.append(Link(sequence=sequence, entry=entry, hash=last))
        Link.objects.bulk_create(links)


def _doubt(by: Membership) -> None:
    """A second person is asked about twenty items."""
    unsure = ReportedItem.objects.exclude(report__waits_since=None).filter(assessments=None).order_by("pk")[:20]
    Assessment.objects.bulk_create(Assessment(item=item, grade=Grade.UNSURE, by=by, at=moment.now()) for item in unsure)
