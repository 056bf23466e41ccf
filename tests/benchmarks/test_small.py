"""The measurements work at a tiny size. Nothing is asserted by time."""

from collections import Counter

import pytest
from benchmarks.load import together
from benchmarks.tables import Table

from benchmarks import conferences, procedure, waiting
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import ApiKey
from havenline.foundation.work import queue
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Receipt, Report, ReportedItem
from havenline.journey.triage.models import ChildDuty
from havenline.journey.triage.queue import order
from tests import factories


@pytest.fixture
def key(hotline, oversight, analyst) -> ApiKey:
    return people.make_api_key(agency=factories.agency("platform"), by=INSTALLATION)[0]


def rows_of(report: Report) -> dict[str, object]:
    """What of a report stands in which table."""
    record = report.record
    return {
        "parties": sorted(record.parties.values_list("agency__slug", "purpose")),
        "seen": sorted(record.sightings.values_list("identifier__kind", "identifier__canonical", "source")),
        "items": sorted(ReportedItem.objects.filter(report=report).values_list("number", "identifier__canonical")),
        "children": list(ChildDuty.objects.filter(report=report).values_list("is_reporter")),
        "receipt": Receipt.objects.filter(report=report).exists(),
        "entries": Counter((said.verb, said.actor.split(":")[0], said.station) for said in queries.of_records([report.reference])),
        "columns": (report.channel, report.kind, report.danger, report.source, report.child_known, report.youngest_age, report.urgency),
        "answers": report.answers(),
    }


@pytest.mark.django_db
def test_a_report_built_in_bulk_has_the_rows_that_receiving_and_opening_it_make(key, monkeypatch):
    told = {
        "who": "parent", "kind": "contact", "happened": "An adult stranger asked to meet a child after school.", "relation": "lives_with",
        "place": {"urls": ["https://page.example/room/1"], "accounts": ["riverwalk_77"]}, "child": {"age": 11, "town": "Northmere"},
    }  # fmt: skip
    real = intake.open_report(report=intake.receive(answers=told).report)
    real.refresh_from_db()
    monkeypatch.setattr(waiting, "_told", lambda number, chance: told)
    known = set(Report.objects.values_list("pk", flat=True))
    waiting.build(2)
    [built] = Report.objects.exclude(pk__in=known)
    assert rows_of(built) == rows_of(real)


@pytest.mark.django_db
def test_what_is_built_in_bulk_stands_in_the_queue_and_proves(key, analyst):
    waiting.build(30)
    assert len(order(analyst, limit=60)) == 30
    ledger.append_committed()
    assert queries.verify().waiting == 0
    assert queue.drain() == 0


def test_the_guidance_is_counted_beside_peers_that_give_the_same_dates():
    dates, cases = procedure.measure(dates=400, cases=60, slow=60, rounds=1)
    assert [row[0].split(": ")[1] for row in dates.rows[:4]] == [
        "a loop over the days with `holidays`", "edition.due, one by one", "numpy's busday_offset", "edition.due_many",
    ]  # fmt: skip
    assert len(cases.rows) == 3


def test_a_peer_that_sees_other_clocks_is_found_out(monkeypatch):
    monkeypatch.setattr(procedure, "hard_coded", lambda events, at: {})
    with pytest.raises(AssertionError, match="the peer sees other clocks"):
        procedure.whole_cases(20, 20, 1)


def test_clients_together_are_counted_and_an_act_that_fails_is_an_error():
    assert len(together(2, 5, lambda _number: lambda: None, most=3).took) == 6
    with pytest.raises(ZeroDivisionError):
        together(2, 5, lambda number: lambda: 1 / 0, most=1)


def test_a_table_is_kept_as_markdown():
    table = Table("How many", ("", "a second"))
    table.add("reports", 12)
    assert "| reports | 12 |" in table.markdown()


def test_plans_of_conferences_are_made_and_compared(capsys):
    [table] = list(conferences.measure(sizes=(12,), rounds=2, effort=1.0))
    assert [row[0] for row in table.rows] == [
        "by due date alone, room enough",
        "proposed, room enough",
        "by due date alone, too few chairs",
        "proposed, too few chairs",
    ]
    assert all(int(row[2]) + int(row[3]) + int(row[4]) == 12 for row in table.rows)
