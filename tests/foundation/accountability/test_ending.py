"""Requests and breaches are kept as long as their rule says, and end by their number: the words go, number and days stay."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.accountability import actions, tasks
from havenline.foundation.accountability.models import AccessRequest, Breach
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.retention import actions as retention
from havenline.foundation.retention import rules
from havenline.foundation.retention.models import JournalLine
from havenline.foundation.sealing.actions import KeyDestroyed
from tests.foundation.retention.conftest import journal_of_its_own  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SIX_YEARS = timedelta(days=6 * 366)


@pytest.fixture
def answered(team_manager: Membership) -> AccessRequest:
    said = {"name": "Sam Reed", "contact": "1 High Road", "asks": "Everything.", "received_on": moment.today()}
    return actions.answer(request=actions.receive_request(**said, by=team_manager), by=team_manager)


@pytest.fixture
def decided(team_manager: Membership) -> Breach:
    breach = actions.record_breach(what="A letter went astray.", known_at=moment.now(), happened_at=None, by=team_manager)
    return actions.decide_breach(breach=breach, decided="not_notified", reason="Nobody read it.", by=team_manager)


def in_six_years() -> Any:
    return moment.standing_at(moment.now() + SIX_YEARS)


def test_one_that_is_not_due_is_not_ended(answered: AccessRequest, decided: Breach, team_manager: Membership) -> None:
    for this in (answered, decided):
        with pytest.raises(actions.NotDecided, match="No rule ends it"):
            actions.end(this=this, typed=this.number, by=team_manager)


def test_whoever_ends_one_types_its_number_and_its_words_are_gone(
    answered: AccessRequest, decided: Breach, team_manager: Membership
) -> None:
    with in_six_years():
        for this in (answered, decided):
            with pytest.raises(actions.WordsMissing):
                actions.end(this=this, typed="AR-2222-2222", by=team_manager)
            actions.end(this=this, typed=this.number.lower(), by=team_manager)
            this.refresh_from_db()
            assert this.erased_at is not None
            assert Entry.objects.filter(record=this.number, body__contains='"verb":"erased"').count() == 1
            with pytest.raises(KeyDestroyed):
                this.ledger_seal().seal("said", "again")
    assert (bytes(answered.said_sealed), bytes(decided.what_sealed), answered.letter_sealed) == (b"", b"", None)


def test_another_agencys_supervisor_and_oversight_end_nothing(decided: Breach, police_supervisor: Membership, auditor: Membership) -> None:
    with in_six_years():
        for by in (police_supervisor, auditor):
            with pytest.raises(actions.NotYours):
                actions.end(this=decided, typed=decided.number, by=by)


def test_what_was_ended_is_ended_again_after_a_restore(answered: AccessRequest, team_manager: Membership) -> None:
    before = AccessRequest.objects.filter(pk=answered.pk).values().get()
    with in_six_years():
        actions.end(this=answered, typed=answered.number, by=team_manager)
        AccessRequest.objects.filter(pk=answered.pk).update(**before)
        JournalLine.objects.all().delete()
        assert retention.replay().erased == 1
        answered.refresh_from_db()
        assert answered.erased_at is not None


def test_the_clock_ends_one_only_where_the_rule_alone_is_enough(decided: Breach, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_six_years():
        tasks.end_what_needs_no_person()
        assert Breach.objects.get().erased_at is None
        alone = {**vars(settings.INSTALLATION), "retention": {"breach": {"approval": "rule"}}}
        monkeypatch.setattr(settings, "INSTALLATION", type(settings.INSTALLATION)(**alone))
        tasks.end_what_needs_no_person()
        assert Breach.objects.get().erased_at is not None


def test_a_page_offers_to_end_what_is_due_and_says_what_ended(answered: AccessRequest, team_manager: Membership, signed_in: Any) -> None:
    page = reverse("accountability:request", args=[answered.number])
    assert "Its rule ends it" not in signed_in(team_manager).get(page).content.decode()
    with in_six_years():
        browser = signed_in(team_manager)
        assert "Its rule ends it" in browser.get(page).content.decode()
        browser.post(reverse("accountability:act", args=[answered.number, "end"]), {"number": answered.number})
        listed = browser.get(reverse("accountability:requests")).content.decode()
        assert answered.number in listed
        assert "Erased" in listed
        assert browser.get(page).status_code == 404


@pytest.mark.parametrize("wrong", [{"then": "review"}, {"trigger": "closed"}])
def test_a_rule_of_a_register_that_cannot_be_followed_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(rules.RuleWrong, match="breach"):
        rules.read({"breach": wrong})


def test_the_page_of_rules_names_both(team_manager: Membership, signed_in: Any) -> None:
    page = signed_in(team_manager).get(reverse("retention:rules")).content.decode()
    assert "The register of breaches" in page
    assert "Access request" in page
