"""A record's key is wrapped for each agency that is party to it, and read by the wrap of whoever acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import holders, keys
from havenline.foundation.sealing.models import Key
from havenline.foundation.sharing import actions as sharing
from havenline.foundation.sharing.tasks import take_keys_back, wrap_what_is_missing
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Message, Report
from havenline.journey.intake.tasks import open_what_was_missed
from havenline.journey.triage import actions as triage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday", "oversight")]


@pytest.fixture
def answers() -> dict[str, Any]:
    return {"who": "parent", "kind": "contact", "happened": "An adult stranger asked to meet a child.", "danger": "no"}


@pytest.fixture
def case(police: Agency, investigator: Membership) -> Record:
    return factories.record(FileKind.CASE, police, owner=investigator)


@pytest.fixture
def elsewhere() -> Agency:
    return factories.agency("police", "Southmere Police")


@contextmanager
def arriving_from_outside(settings: Any) -> Iterator[None]:
    settings.HOLDS_DESK_KEY = settings.WRAPS_FOR_PARTIES = False
    yield
    settings.HOLDS_DESK_KEY = settings.WRAPS_FOR_PARTIES = True


def opens(agency: Agency, record: Record) -> bool:
    with acting_for(agency.holder):
        try:
            sealing.key_of(record.reference)
        except sealing.NoKeyForThem:
            return False
    return True


def wraps(record: Record) -> set[str]:
    return set(Key.objects.filter(record=record.reference, destroyed_at=None).values_list("wrapped_to", flat=True))


def test_an_agency_opens_by_its_own_key_what_it_is_party_to_and_nothing_else(case: Record, police: Agency, social_care: Agency) -> None:
    words = case.ledger_seal().seal("reason", "A reason.")
    with acting_for(police.holder):
        assert case.ledger_seal().open("reason", words) == "A reason."
    assert not opens(social_care, case)


def test_the_wrap_of_one_agency_does_not_open_with_the_key_of_another(case: Record, social_care: Agency) -> None:
    Key.objects.filter(record=case.reference, wrapped_to="agency-northmere-police").update(wrapped_to=social_care.holder)
    with acting_for(social_care.holder), pytest.raises(Exception, match=r"^$") as refused:
        sealing.key_of(case.reference)
    assert type(refused.value).__name__ == "InvalidTag"


def test_a_share_wraps_the_key_for_its_agency_and_its_end_destroys_the_wrap(
    case: Record, investigator: Membership, elsewhere: Agency
) -> None:
    until = date(2026, 12, 18)
    party = sharing.share(record=case, agency=elsewhere, purpose="A meeting.", lawful_basis="s. 47", until=until, by=investigator)
    assert opens(elsewhere, case)
    sharing.end_share(party=party, reason="The meeting was held.", by=investigator)
    assert not opens(elsewhere, case)
    row = Key.objects.get(record=case.reference, wrapped_to=elsewhere.holder)
    assert (row.wrapped, row.destroyed_at) == (None, moment.now())


def test_a_share_that_ended_can_be_made_again(case: Record, investigator: Membership, elsewhere: Agency) -> None:
    said: dict[str, Any] = {"purpose": "A meeting.", "lawful_basis": "s. 47", "until": date(2026, 12, 18)}
    party = sharing.share(record=case, agency=elsewhere, **said, by=investigator)
    sharing.end_share(party=party, reason="The meeting was held.", by=investigator)
    sharing.share(record=case, agency=elsewhere, **said, by=investigator)
    assert opens(elsewhere, case)


def test_a_share_that_ended_by_its_day_loses_its_wrap_in_the_next_round(
    case: Record, investigator: Membership, police: Agency, elsewhere: Agency, standing_at: Any
) -> None:
    sharing.share(record=case, agency=elsewhere, purpose="A meeting.", lawful_basis="s. 47", until=date(2026, 11, 20), by=investigator)
    take_keys_back()
    assert opens(elsewhere, case)
    with standing_at(moment.now() + timedelta(days=4)):
        take_keys_back()
    assert not opens(elsewhere, case)
    assert opens(police, case)


def test_a_broken_glass_wraps_the_key_for_its_hour(case: Record, standing_at: Any) -> None:
    elsewhere = factories.member("police_supervisor", factories.agency("police", "Southmere Police"))
    sharing.break_glass(reference=case.reference, reason="A child may be with this person tonight.", by=elsewhere)
    assert opens(elsewhere.agency, case)
    with standing_at(moment.now() + timedelta(minutes=61)):
        take_keys_back()
    assert not opens(elsewhere.agency, case)


def test_a_restricted_record_is_not_wrapped_for_whoever_asks_before_somebody_agrees(
    case: Record, investigator: Membership, police_supervisor: Membership
) -> None:
    sharing.restrict(record=case, reason="The subject is a colleague.", by=investigator)
    elsewhere = factories.member("police_supervisor", factories.agency("police", "Southmere Police"))
    with acting_for(elsewhere.agency.holder):
        glass = sharing.break_glass(reference=case.reference, reason="A child may be with this person tonight.", by=elsewhere)
    assert not opens(elsewhere.agency, case)
    sharing.answer_glass(glass=glass, consent=True, by=police_supervisor)
    assert opens(elsewhere.agency, case)


def test_a_hand_over_is_opened_by_both_sides(police: Agency, social_care: Agency) -> None:
    sent = factories.hand_over()
    assert not opens(social_care, sent.record)
    from havenline.foundation.handover import actions as handover

    handover.send(hand_over=sent, by=factories.member("investigator", police))
    assert opens(police, sent.record)
    assert opens(social_care, sent.record)


def test_what_arrives_is_wrapped_to_the_desk_alone_until_the_worker_opens_it(
    answers: dict[str, Any], hotline: Agency, oversight: Agency, settings: Any
) -> None:
    with arriving_from_outside(settings):
        report = intake.receive(answers=answers).report
    assert wraps(report.record) == {"desk"}
    assert not opens(hotline, report.record)
    open_what_was_missed()
    assert wraps(report.record) == {"desk", hotline.holder, oversight.holder}
    with acting_for(hotline.holder):
        assert Report.objects.get().answers()["who"] == "parent"


def test_what_a_reporter_adds_is_read_by_the_parties_once_it_was_opened(answers: dict[str, Any], hotline: Agency, settings: Any) -> None:
    with arriving_from_outside(settings):
        report = intake.receive(answers=answers).report
        intake.add_message(report=report, words="The name was riverwalk_77.", submission="s")
    message = Message.objects.get()
    with acting_for(hotline.holder), pytest.raises(sealing.NoKeyForThem):
        message.words()
    open_what_was_missed()
    with acting_for(hotline.holder):
        assert message.words() == "The name was riverwalk_77."
    open_what_was_missed()
    assert message.words() == "The name was riverwalk_77."


def test_a_screen_whose_agency_holds_no_key_says_so(case: Record, hotline: Agency, analyst: Membership, signed_in: Any) -> None:
    report = factories.report(hotline)
    Report.objects.update(waits_since=moment.now())
    report.refresh_from_db()
    triage.claim(report=report, by=analyst)
    assert signed_in(analyst).get(f"/desk/queue/{report.reference}/").status_code == 200
    Key.objects.filter(record=report.reference, wrapped_to=hotline.holder).delete()
    refused = signed_in(analyst).get(f"/desk/queue/{report.reference}/")
    assert refused.status_code == 403
    assert "holds no key" in refused.content.decode()


def test_records_that_are_older_than_agencies_keys_are_wrapped_for_their_parties(case: Record, police: Agency) -> None:
    Key.objects.filter(record=case.reference).exclude(wrapped_to="desk").delete()
    assert not opens(police, case)
    wrap_what_is_missing()
    assert opens(police, case)
    assert not records.without_a_wrap().exists()


def test_an_erased_record_is_never_wrapped_again(case: Record, police: Agency) -> None:
    sealing.destroy(case.reference)
    records.wrap_for_parties(case)
    assert wraps(case) == set()
    assert not records.without_a_wrap().exists()


def test_an_agency_gets_its_pair_as_it_is_added(administrator: Membership) -> None:
    made = people.add_agency(name="Eastmere social care", kind="social_care", by=administrator)
    assert holders.public(made.holder).public_bytes_raw() == holders.ring(made.holder)[0].public_key().public_bytes_raw()


def test_the_api_opens_what_platforms_are_told_and_no_report(answers: dict[str, Any], settings: Any, hotline: Agency) -> None:
    report = intake.receive(answers=answers).report
    sealed = sealing.outside_key(report.reference).seal("message", "Please wait.")
    settings.HOLDS_DESK_KEY, settings.HOLDS_INSTEAD = False, holders.API
    assert sealing.outside_key_at_the_api(report.reference).open("message", sealed) == "Please wait."
    with pytest.raises(sealing.NoKeyForThem):
        report.answers()
    for holder in (holders.DESK, hotline.holder):
        with pytest.raises(keys.KeyNotHere):
            holders.ring(holder)
