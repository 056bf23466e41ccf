"""Whoever writes to the database past our actions: a case still closes only with what its gate needs."""

import pytest
from django.db import IntegrityError, transaction

from havenline.foundation import moment
from havenline.foundation.records import actions as records
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import Case
from tests.journey.investigation.conftest import YESTERDAY


def closed(case: Case, by, ending: str, **changed: object) -> dict[str, object]:
    at = moment.now()
    columns: dict[str, object] = {"ending": ending, "closed_at": at, "closed_by": by, "reason_sealed": b"sealed"}
    if ending == "subject":
        names = ("access_reviewed_at", "referrals_answered_at", "duties_settled_at", "contact_abuse_recorded_at")
    else:
        names = ("duties_settled_at", "referrals_answered_at", "supervisor_agreed_at", "watched_since")
    return {**columns, **dict.fromkeys(names, at), **changed}


def refused(case: Case, **columns: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**columns)
    assert Case.objects.get(pk=case.pk).is_open


def test_columns_of_the_gate_must_be_set(image_case, investigator):
    refused(image_case, closed_at=moment.now(), closed_by=investigator)
    refused(image_case, **closed(image_case, investigator, "subject", access_reviewed_at=None))


def test_an_image_case_needs_the_column_for_contact_abuse(image_case, investigator):
    refused(image_case, **closed(image_case, investigator, "subject", contact_abuse_recorded_at=None))


def test_columns_alone_do_not_close_a_case_without_a_subject(image_case, investigator):
    refused(image_case, **closed(image_case, investigator, "subject"))


def test_columns_alone_do_not_close_a_case_whose_assessment_has_no_reviewer(identified, investigator, gate):
    gate.ask_about_contact_abuse(identified)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    refused(identified.case, **closed(identified.case, investigator, "subject"))


def test_columns_alone_do_not_close_a_case_with_an_obliged_referral_unanswered(identified, child_within_reach, investigator, gate):
    child_within_reach(identified)
    gate.assess(identified, "found", own_children="yes")
    gate.ask_about_contact_abuse(identified)
    refused(identified.case, **closed(identified.case, investigator, "subject"))
    gate.send_and_have_answered(identified.obligations.get())
    Case.objects.filter(pk=identified.case.pk).update(**closed(identified.case, investigator, "subject"))


def test_columns_alone_do_not_close_an_image_case_without_a_finding_on_contact_abuse(identified, investigator, gate):
    gate.assess(identified)
    refused(identified.case, **closed(identified.case, investigator, "subject"))


def test_no_subject_needs_steps_and_a_watch_on_each_identifier(image_case, investigator, police_supervisor):
    columns = closed(image_case, investigator, "no_subject", supervisor_agreed_by=police_supervisor)
    refused(image_case, **columns)
    actions.add_identification_step(case=image_case, what="Asked the provider", outcome="No data kept.", done_on=YESTERDAY, by=investigator)
    refused(image_case, **columns)
    for sighting in image_case.record.sightings.all():
        image_case.watches.create(identifier=sighting.identifier, since=moment.now())
    Case.objects.filter(pk=image_case.pk).update(**columns)


def test_who_closes_is_not_the_supervisor_who_agreed(image_case, police_supervisor):
    refused(image_case, **closed(image_case, police_supervisor, "no_subject", supervisor_agreed_by=police_supervisor))


def test_another_force_must_have_accepted(image_case, referral, investigator):
    columns = {"ending": "another_force", "closed_at": moment.now(), "closed_by": investigator, "reason_sealed": b"sealed"}
    refused(image_case, **columns, accepted_elsewhere=referral)


def test_a_case_is_not_born_closed(image_case, investigator):
    other, _key = records.open_record(kind="case", agency=investigator.agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(record=other, kind="both", title="Born closed", **closed(image_case, investigator, "subject"))


def test_a_name_needs_a_reviewed_attribution_or_an_emergency(subject):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(subject).objects.filter(pk=subject.pk).update(name_sealed=b"sealed")
