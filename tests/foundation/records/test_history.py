"""What a record's own page says of the ledger: what was done to it, and who read it."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.foundation.records.history import recorded, seen_by
from havenline.journey.takedown.policies import NOTICE_LEAVES
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]


def test_whoever_reads_twice_for_one_reason_is_one_line_and_the_last_to_read_comes_first(
    analyst: Membership, senior_analyst: Membership
) -> None:
    report = factories.record("report", analyst.agency)
    for minute, who, reason in ((1, analyst, "assigned"), (2, senior_analyst, "typed"), (3, analyst, "assigned")):
        with moment.standing_at(moment.now() + timedelta(minutes=minute)):
            ledger.looked(who, report, reason=reason)
    lines = [(one.who, one.why, one.times) for one in seen_by(report, reasons={"assigned": "claimed it"})]
    assert lines == [(analyst.short_name, "claimed it", 2), (senior_analyst.short_name, "typed", 1)]


def test_oversights_own_looks_do_not_stand_on_a_records_page(analyst: Membership, auditor: Membership) -> None:
    report = factories.record("report", analyst.agency)
    ledger.looked(auditor, report, reason="oversight")
    ledger.looked(analyst, report, reason="assigned")
    assert [one.who for one in seen_by(report, reasons={})] == [analyst.short_name]


def test_what_was_done_stands_newest_first_without_looks_and_clocks(analyst: Membership) -> None:
    report = factories.record("report", analyst.agency)
    ledger.record(analyst, "wrote a note", report)
    ledger.looked(analyst, report, reason="assigned")
    clocks.start(record=report, rule=NOTICE_LEAVES, agency=analyst.agency, by=CLOCK)
    with moment.standing_at(moment.now() + timedelta(minutes=1)):
        ledger.record(CLOCK, "moved it on", report)
    done = [(one.who, one.verb) for one in recorded(report) if one.verb in {"moved it on", "wrote a note"} or "clock" in one.verb]
    assert done == [("Havenline", "moved it on"), (analyst.short_name, "wrote a note")]
    assert [one.verb for one in recorded(report, at_most=1)] == ["moved it on"]
