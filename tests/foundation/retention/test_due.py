from datetime import date, datetime, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.records.models import Lineage, Record
from havenline.foundation.retention import actions, queries, rules, tasks
from havenline.foundation.retention.models import Erasure
from havenline.foundation.work import queue
from havenline.foundation.work.models import RefusedTask
from tests import factories
from tests.foundation.retention.conftest import LONG_AGO, approve, closed_case, erased

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]


def listed(by: Membership) -> list[str]:
    return [due.record.reference for due in queries.dues(by=by)]


def test_a_record_stands_on_the_due_list_of_its_agency_and_of_oversight_alone(
    due_case: Record, police_supervisor: Membership, auditor: Membership, team_manager: Membership
) -> None:
    elsewhere = factories.member("police_supervisor", factories.agency("police", "Another force"))
    assert listed(police_supervisor) == listed(auditor) == [due_case.reference]
    assert listed(team_manager) == listed(elsewhere) == []
    (row,) = queries.rows(queries.dues(by=police_supervisor), by=police_supervisor)
    assert (row.due.on, row.due.rule.code, row.may_be_approved) == (date(2024, 3, 1), "case", True)


def test_what_is_due_within_90_days_is_announced_and_cannot_be_erased_yet(
    police: Agency, police_supervisor: Membership, on_wednesday: datetime
) -> None:
    soon = closed_case(police, at=on_wednesday.replace(year=2020) + timedelta(days=30))
    closed_case(police, at=on_wednesday.replace(year=2020) + timedelta(days=120))
    (row,) = queries.rows(queries.dues(by=police_supervisor), by=police_supervisor)
    assert (row.due.record, row.is_due) == (soon, False)
    with pytest.raises(actions.NotDue):
        approve(soon, police_supervisor)


def test_what_is_due_tomorrow_is_not_due_today(police: Agency, police_supervisor: Membership, on_wednesday: datetime) -> None:
    tomorrow, today = (closed_case(police, at=on_wednesday.replace(year=2020) + timedelta(days=days)) for days in (1, 0))
    with pytest.raises(actions.NotDue):
        approve(tomorrow, police_supervisor)
    approve(today, police_supervisor)


def test_nothing_is_erased_before_a_person_approved_it(due_case: Record, police_supervisor: Membership) -> None:
    tasks.erase_what_needs_no_person()
    due_case.refresh_from_db()
    assert due_case.erased_at is None
    assert erased(due_case, police_supervisor).erased_at is not None


def test_only_a_supervisor_of_the_agency_that_owns_it_approves(
    due_case: Record, investigator: Membership, auditor: Membership, team_manager: Membership
) -> None:
    for by, refusal in ((investigator, actions.NotYours), (auditor, actions.NotYours), (team_manager, NotPartyToRecord)):
        with pytest.raises(refusal):
            approve(due_case, by)
    assert not Erasure.objects.exists()


def test_whoever_approves_says_how_many(due_case: Record, police_supervisor: Membership) -> None:
    with pytest.raises(actions.CountDiffers):
        actions.approve(records=[due_case], count=2, by=police_supervisor)


def test_a_record_that_was_opened_again_after_the_approval_is_not_erased_and_says_so(
    due_case: Record, police_supervisor: Membership
) -> None:
    approve(due_case, police_supervisor)
    Record.objects.filter(pk=due_case.pk).update(closed_at=None)
    queue.drain()
    due_case.refresh_from_db()
    assert due_case.erased_at is None
    assert Erasure.objects.get().problem == "No rule ends it today."


def test_a_rule_that_changed_after_the_approval_asks_a_person_again(
    due_case: Record, police_supervisor: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(due_case, police_supervisor)
    changed = rules.for_records(rules.read({"case": {"years": 7, "basis": "Another", "verified": "policy"}}))
    monkeypatch.setattr(rules, "in_force", lambda: changed)
    queue.drain()
    due_case.refresh_from_db()
    assert due_case.erased_at is None
    assert "rule was changed" in Erasure.objects.get().problem
    (row,) = queries.rows(queries.dues(by=police_supervisor), by=police_supervisor)
    assert row.may_be_approved


def test_a_hand_over_in_flight_keeps_its_source(due_case: Record, police_supervisor: Membership, social_worker: Membership) -> None:
    over = factories.hand_over(source=due_case)
    for move in (lambda: None, lambda: handover.send(hand_over=over, by=police_supervisor)):
        move()
        with pytest.raises(actions.NotDue, match=over.reference):
            approve(due_case, police_supervisor)
    handover.withdraw(hand_over=over, words="Not needed.", by=police_supervisor)
    assert erased(due_case, police_supervisor).erased_at is not None


def test_a_hand_over_that_was_accepted_and_owes_an_answer_keeps_its_source(
    due_case: Record, police_supervisor: Membership, team_manager: Membership
) -> None:
    over = factories.hand_over(source=due_case)
    assert over.what_for.answered_within is not None
    HandOver.objects.filter(pk=over.pk).update(state=State.ACCEPTED, accepted_at=LONG_AGO, accepted_by=team_manager)
    with pytest.raises(actions.NotDue, match=over.reference):
        approve(due_case, police_supervisor)


def test_a_hand_over_goes_by_its_rule_once_the_files_at_both_its_ends_are_erased(
    due_case: Record, police_supervisor: Membership, social_care: Agency, team_manager: Membership
) -> None:
    over = factories.hand_over(source=due_case)
    child_case = factories.record("child_case", social_care, arose_from=over.record)
    HandOver.objects.filter(pk=over.pk).update(state=State.ANSWERED, ended_at=LONG_AGO, accepted_at=LONG_AGO, accepted_by=team_manager)
    assert Lineage.objects.filter(source=over.record, result=child_case).exists()
    erased(due_case, police_supervisor)
    assert not Record.objects.get(pk=over.record_id).erased_at
    Record.objects.filter(pk=child_case.pk).update(closed_at=LONG_AGO.replace(year=1990))
    erased(child_case, team_manager)
    assert Record.objects.get(pk=over.record_id).erased_at
    assert Erasure.objects.get(record=over.record_id).approved_by is None


def test_the_entry_of_an_erasure_names_the_rule_and_when_the_last_backup_expires(due_case: Record, police_supervisor: Membership) -> None:
    erased(due_case, police_supervisor)
    entry = Entry.objects.filter(record=due_case.reference, body__contains='"verb":"erased"').get()
    assert f'"reason":"case {rules.in_force()["case"].digest}; backups until 2026-12-23"' in entry.body


def test_nothing_is_erased_in_the_name_of_a_supervisor_who_left_before_the_worker_came(
    due_case: Record, police_supervisor: Membership
) -> None:
    approve(due_case, police_supervisor)
    Membership.objects.filter(pk=police_supervisor.pk).update(until=moment.now())
    queue.drain()
    due_case.refresh_from_db()
    assert due_case.erased_at is None
    assert "approve it again" in Erasure.objects.get().problem
    assert RefusedTask.objects.get().why == "left"
    another = factories.member("police_supervisor", due_case.agency)
    assert erased(due_case, another).erased_at is not None
