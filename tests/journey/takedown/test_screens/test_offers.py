"""Each act that a page offers is taken by its action, and each that it does not offer is refused by it: in every state, for each role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.work import queue
from havenline.journey.takedown import actions, acts
from havenline.journey.takedown.actions import look_ups
from havenline.journey.takedown.models import Notice
from havenline.journey.takedown.views import REFUSALS
from tests.foundation.post.mail_server import mail_server
from tests.journey.takedown.test_screens.walking import act, again, everything, offered

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
Make = Callable[[pytest.FixtureRequest], Notice]
UNTIL = procedure.next_working_day(moment.today() + timedelta(days=13))  # a hold ends on a working day, whenever this runs
TYPED: dict[str, dict[str, Any]] = {
    "send": {},
    "link": {},
    "confirm": {},
    "read": {},
    "check": {},
    "again": {},
    "contact": {"domain": "pictures.example", "name": "Pictures", "email": "noc@pictures.example", "found_at": "A call"},
    "hold": {"words": "Police asked."},
    "police": {},
    "release": {"words": "The account is secured."},
    "extend": {"until": UNTIL.isoformat(), "words": "An arrest is planned."},
    "answer": {"what": "acknowledged", "words": "The abuse desk.", "submission": "one call"},
    "removed": {"words": "Looked in the isolated viewer."},
    "refusal": {"words": "They will not."},
    "contest": {"upheld": "stands", "words": "Graded by two."},
    "withdraw": {"words": "Graded wrongly."},
}


def kept_without_contact(request: pytest.FixtureRequest) -> Notice:
    [notice] = request.getfixturevalue("decide")(request.getfixturevalue("graded")())
    queue.drain()
    return again(notice)


def drafted(request: pytest.FixtureRequest) -> Notice:
    notice: Notice = request.getfixturevalue("drafted")
    return notice


def moved(request: pytest.FixtureRequest) -> Notice:
    notice = drafted(request)
    look_ups.note_first_look_up(notice=notice, addresses=("192.0.2.1",))
    return actions.send_notice(notice=notice, by=request.getfixturevalue("analyst"))


def held(request: pytest.FixtureRequest) -> Notice:
    notice: Notice = request.getfixturevalue("held")
    return notice


def released(request: pytest.FixtureRequest) -> Notice:
    return actions.release_hold(notice=held(request), reason="The account is secured.", by=request.getfixturevalue("investigator"))


def leaving(request: pytest.FixtureRequest) -> Notice:
    return actions.send_notice(notice=drafted(request), by=request.getfixturevalue("analyst"))


def bounced(request: pytest.FixtureRequest) -> Notice:
    notice = drafted(request)
    with mail_server("550 No such mailbox"):
        queue.drain()
    return again(notice)


def sent(request: pytest.FixtureRequest) -> Notice:
    notice: Notice = request.getfixturevalue("sent")
    return notice


def said(what: str) -> Make:
    def make(request: pytest.FixtureRequest) -> Notice:
        notice = sent(request)
        by = request.getfixturevalue("second_analyst")
        actions.note_answer(notice=notice, what=what, words="The abuse desk.", submission="an earlier call", by=by)
        return again(notice)

    make.__name__ = what
    return make


def unread(request: pytest.FixtureRequest) -> Notice:
    notice = said("replied")(request)
    notice.answers.update(seen_by=None)
    return notice


def removed(request: pytest.FixtureRequest) -> Notice:
    notice = sent(request)
    actions.record_removed(notice=notice, how="Looked.", by=request.getfixturevalue("second_analyst"))
    return again(notice)


def withdrawn(request: pytest.FixtureRequest) -> Notice:
    notice = drafted(request)
    actions.withdraw(notice=notice, reason="Graded wrongly.", by=request.getfixturevalue("second_analyst"))
    return again(notice)


def repeated(request: pytest.FixtureRequest) -> Notice:
    notice = removed(request)
    actions.notice_again(notice=notice, by=request.getfixturevalue("second_analyst"))
    return notice


STATES: list[Make] = [
    kept_without_contact,
    drafted,
    moved,
    held,
    released,
    leaving,
    bounced,
    sent,
    said("acknowledged"),
    said("contested"),
    said("refused"),
    unread,
    removed,
    withdrawn,
    repeated,
]
OFFERED: dict[str, set[str]] = {
    "kept_without_contact": {"contact", "hold", "withdraw"},
    "drafted": {"send", "hold", "withdraw"},
    "moved": {"confirm", "send", "hold", "withdraw"},
    "held": {"police", "withdraw"},
    "released": {"send", "hold", "withdraw"},
    "leaving": {"answer", "withdraw"},
    "bounced": {"send", "contact", "answer", "removed", "hold", "withdraw"},
    "sent": {"answer", "removed", "check", "link", "withdraw"},
    "acknowledged": {"answer", "removed", "check", "link", "withdraw"},
    "contested": {"answer", "removed", "check", "link", "withdraw"},
    "refused": {"answer", "removed", "check", "link", "refusal", "withdraw"},
    "unread": {"read", "answer", "removed", "check", "link", "withdraw"},
    "removed": {"again"},
    "withdrawn": {"again"},
    "repeated": set(),
}
MORE_FOR_A_SENIOR = {"held": {"release"}, "contested": {"contest"}}
ROOMS = ("takedown", "records", "clocks", "post")
FOR_POLICE = {"held": {"release", "extend"}}
CASES = [(state, who) for state in STATES for who in ("analyst", "senior_analyst", "investigator")]


def wanted(state: str, who: str) -> set[str]:
    if who == "investigator":
        return FOR_POLICE.get(state, set())
    return OFFERED[state] | (MORE_FOR_A_SENIOR.get(state, set()) if who == "senior_analyst" else set())


def pressed_all_the_same(make: Make, who: str) -> list[str]:
    """An analyst presses what a senior might. Who may most presses a third of what is not offered, each act in some of the states:
    that the actions refuse all of it, to each of them and in every state, is asked below, without a page."""
    may = wanted(make.__name__, who) | {"again"}
    if who == "analyst":
        return sorted(wanted(make.__name__, "senior_analyst") - may)
    return sorted(TYPED.keys() - may)[STATES.index(make) % 3 :: 3]


def by_case(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("make", "who"), CASES, ids=by_case)
def test_a_page_offers_what_can_be_done_and_refuses_the_rest_without_a_trace(
    make: Make, who: str, police: Agency, signed_in: SignIn, request: pytest.FixtureRequest
) -> None:
    notice = make(request)
    browser = signed_in(request.getfixturevalue(who))
    if who == "investigator" and make is not held and make is not released:
        assert act(browser, notice, "withdraw", words="No.").status_code == 404  # they were never made party to it
        return
    assert offered(browser, notice) == wanted(make.__name__, who)
    before = everything(*ROOMS)
    for code in pressed_all_the_same(make, who):
        extra = {"police": police.pk} if code == "police" else {}
        refused = act(browser, notice, code, **TYPED[code], **extra)
        assert refused.status_code in (302, 409), code
        assert everything(*ROOMS) == before, code


@pytest.mark.parametrize("make", [make for make in STATES if OFFERED[make.__name__]], ids=by_case)
def test_what_is_offered_to_the_desk_is_taken(
    make: Make, police: Agency, analyst: Membership, signed_in: SignIn, request: pytest.FixtureRequest
) -> None:
    notice, browser = make(request), signed_in(analyst)
    Notice.objects.filter(pk=notice.pk, state=Notice.State.HELD).update(police=None)
    before = everything(*ROOMS)
    for code in sorted(OFFERED[make.__name__]):
        with undone():
            assert act(browser, notice, code, **TYPED[code], **({"police": police.pk} if code == "police" else {})).status_code == 302, code
            assert everything(*ROOMS) != before, code


@pytest.mark.parametrize("make", [make for make in STATES if make is not repeated], ids=by_case)
def test_whoever_calls_an_action_past_the_page_gets_no_further(make: Make, police: Agency, request: pytest.FixtureRequest) -> None:
    notice = make(request)
    said = {"police": police, "until": UNTIL}
    before = everything(*ROOMS)
    for who in ("analyst", "senior_analyst", *(["investigator"] if make in (held, released) else [])):
        by = request.getfixturevalue(who)
        may = wanted(make.__name__, who)
        may |= {"contact"} if who != "investigator" else set()  # the desk may propose one at any time
        may |= {"send", "link"} if may & {"send", "link"} else set()  # one action sends both
        for code in sorted(TYPED.keys() - may):
            with undone():
                with suppress(*REFUSALS):
                    acts.carry_out(code, notice, {**TYPED[code], **said}, by)
                assert everything(*ROOMS) == before, (who, code)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
