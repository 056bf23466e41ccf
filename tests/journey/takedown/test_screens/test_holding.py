"""A hold at the desk: shown with who can release it, released by those and with a reason, and by time never."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.work import queue
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Notice
from tests import factories
from tests.journey.takedown.test_screens.walking import LIST, act, again, at, offered, page, text, told_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignIn = Callable[[Membership], Client]
State = Notice.State


def test_a_hold_says_why_and_who_can_release_it(held: Notice, analyst: Membership, signed_in: SignIn) -> None:
    found = page(signed_in(analyst), at(held))
    assert "An account contacted a child. It is held for police." in found
    assert "It can be released by: Northmere Police; a senior analyst of Northmere Hotline, with a reason." in found
    assert "When it ends it is raised to both sides’ supervisors; nothing is sent by that." in found
    assert "Northmere Police Can release it" in found


@pytest.mark.parametrize("who", ["investigator", "police_supervisor", "senior_analyst"])
def test_police_or_a_senior_analyst_release_it_with_a_reason_and_a_person_sends_it(
    held: Notice, analyst: Membership, mail: Any, signed_in: SignIn, who: str, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    browser = signed_in(by)
    told_at(act(browser, held, "release", words=" "), "id_release-words", "Say why it may leave now")
    assert again(held).state == State.HELD
    for _twice in range(2):
        assert act(browser, held, "release", words="The account is secured.").status_code == 302
    found = page(browser, at(held))
    assert f"Released by {by.short_name}, {by.agency.name}" in found
    assert "The account is secured." in found
    queue.drain()
    browser = signed_in(analyst)
    assert again(held).state == State.DRAFTED
    assert "Released: send it" in page(browser, LIST)
    assert act(browser, held, "send").status_code == 302


def test_a_plain_analyst_is_offered_no_release_and_is_refused_one_with_what_they_typed(
    held: Notice, analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    assert "release" not in offered(browser, held)
    refused = act(browser, held, "release", words="I want it gone.")
    assert refused.status_code == 409
    assert "I want it gone." in text(refused)
    assert again(held).state == State.HELD


def test_what_another_typed_after_it_was_released_is_kept_for_them(
    held: Notice, investigator: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    actions.release_hold(notice=held, reason="The account is secured.", by=investigator)
    refused = act(signed_in(senior_analyst), held, "release", words="Police told me so.")
    assert refused.status_code == 409
    assert "This is not sent yet by now, so that was not done." in text(refused)
    assert "Police told me so." in text(refused)
    assert again(held).release_reason == "The account is secured."


def test_police_keep_it_held_until_a_day_and_the_hotline_sees_until_when(
    held: Notice, investigator: Membership, analyst: Membership, signed_in: SignIn
) -> None:
    given = {"until": "2026-12-02", "words": "An arrest is planned."}
    assert act(signed_in(investigator), held, "extend", **given).status_code == 302
    assert "Until 02 Dec 2026, as police asked" in page(signed_in(analyst), at(held))


@pytest.mark.parametrize("until", ["", "soon", "2026-11-18", "2026-11-01", "2027-03-01", "9999-12-31", "0001-01-01"])
def test_a_day_that_cannot_be_stands_at_its_field_with_what_was_typed(
    held: Notice, investigator: Membership, signed_in: SignIn, until: str
) -> None:
    refused = act(signed_in(investigator), held, "extend", until=until, words="An arrest is planned.")
    told_at(refused, "id_extend-until", "Choose ")
    assert "An arrest is planned." in refused.content.decode()
    assert held.record.clocks.filter(rule="hold_for_police").count() == 1


def test_a_day_that_is_no_working_day_stands_at_its_field_and_says_so(held: Notice, investigator: Membership, signed_in: SignIn) -> None:
    refused = act(signed_in(investigator), held, "extend", until="2026-11-28", words="An arrest is planned.")
    told_at(refused, "id_extend-until", "Saturday 28 November is no working day")
    assert "An arrest is planned." in refused.content.decode()


def test_keeping_it_held_needs_a_reason(held: Notice, investigator: Membership, signed_in: SignIn) -> None:
    refused = act(signed_in(investigator), held, "extend", until="2026-12-02", words="")
    told_at(refused, "id_extend-words", "Say why it stays held")
    assert 'value="2026-12-02"' in refused.content.decode()


def test_a_person_holds_what_has_not_left_and_chooses_the_police(
    drafted: Notice, police: Agency, analyst: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    refused = act(browser, drafted, "hold", words="", police=police.pk)
    told_at(refused, "id_hold-words", "Say why it is held")
    assert f'value="{police.pk}" selected' in refused.content.decode()
    assert act(browser, drafted, "hold", words="Police asked by telephone.", police=police.pk).status_code == 302
    assert "A person asked for it." in page(browser, at(drafted))
    assert drafted.reference in page(signed_in(investigator), LIST)


@pytest.mark.parametrize("chosen", ["", "x", "999999"])
def test_police_that_are_none_stand_at_their_field(held: Notice, analyst: Membership, signed_in: SignIn, chosen: str) -> None:
    told_at(act(signed_in(analyst), held, "police", police=chosen), "id_police-police", "")
    assert again(held).police is not None


def test_no_other_agency_is_offered_to_release_it(held: Notice, social_care: Agency, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert social_care.name not in browser.get(at(held)).content.decode().partition('id="act-police"')[2].partition("</form>")[0]
    assert act(browser, held, "police", police=social_care.pk).status_code == 422


def test_other_police_are_chosen_and_see_it_from_then_on(held: Notice, analyst: Membership, signed_in: SignIn) -> None:
    other = factories.member("investigator", factories.agency("police", "Southmere Police"))
    assert signed_in(other).get(at(held)).status_code == 404
    act(signed_in(analyst), held, "police", police=other.agency_id)
    assert act(signed_in(other), held, "release", words="It may leave.").status_code == 302


def test_without_police_the_hold_says_so_and_leads_to_choosing_them(
    graded: Any, decide: Any, contact: object, analyst: Membership, signed_in: SignIn
) -> None:
    [notice] = decide(graded(), link="unknown")
    found = page(signed_in(analyst), at(notice))
    assert "There is no police agency to release it." in found
    assert "no police are party to it yet" in found
    assert found.index("Choose police") < found.index("What it names")


def test_the_end_of_its_clock_sends_nothing_and_is_shown_as_late(held: Notice, mail: Any, analyst: Membership, signed_in: SignIn) -> None:
    queue.drain()
    before = len(mail.letters)
    with moment.standing_at(held.record.clocks.running().get(rule="hold_for_police").due_at + timedelta(days=40)):
        queue.drain()
        found = page(signed_in(analyst), at(held))
    assert len(mail.letters) == before
    assert "This notice is held for police" in found
    assert "late" in found.lower()
