"""The desk's screens of notices and hosts: what is missing is said at once, beside its field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Contact, HostAnswer, Notice

from .conftest import Draft

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def refused(browser: Client, notice: Notice, act: str, **typed: str) -> dict[str, list[str]]:
    """Which fields of an act are said to be wrong."""
    answer = browser.post(f"/desk/takedown/{notice.reference}/", {"act": act, **{f"{act}-{name}": said for name, said in typed.items()}})
    assert answer.status_code == 422
    return dict(answer.context["failed"].errors)


def test_a_contest_without_decision_and_reason_misses_both_at_once(
    sent: Notice, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    actions.note_answer(notice=sent, what=HostAnswer.What.CONTESTED, words="By telephone.", submission="a", by=analyst)
    assert set(refused(signed_in(senior_analyst), sent, "contest")) == {"upheld", "words"}


def test_a_missing_reason_is_said_beside_its_field(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    assert refused(signed_in(analyst), sent, "withdraw") == {"words": ["Say why it is withdrawn."]}


def test_a_day_too_far_ahead_is_said_beside_its_field(held: Notice, investigator: Membership, signed_in: SignIn) -> None:
    assert set(refused(signed_in(investigator), held, "extend", until="2099-01-01", words="Wait.")) == {"until"}


def test_a_contact_without_anything_misses_address_and_source(contact: Contact, analyst: Membership, signed_in: SignIn) -> None:
    at = f"/desk/takedown/hosts/{contact.host_id}/"
    browser = signed_in(analyst)
    assert set(browser.post(at, {"act": "propose"}).context["form"].errors) == {"email", "found_at"}
    wrong = browser.post(at, {"act": "propose", "email": "nobody", "found_at": "A call"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"email"})


def test_a_host_is_found_by_a_part_of_its_contact_and_all_are_one_link_away(
    contact: Contact, analyst: Membership, signed_in: SignIn
) -> None:
    actions.add_host(domain="forum.example", name="Forum", by=analyst)
    browser = signed_in(analyst)
    found = browser.get("/desk/takedown/hosts/?find=abuse@pic").content.decode()
    assert "pictures.example" in found
    assert "forum.example" not in found
    assert "All hosts" in found
    assert "Nowhere yet" in browser.get("/desk/takedown/hosts/").content.decode()


def test_while_a_contact_waits_for_approval_the_notice_asks_for_that_and_not_for_another_contact(
    graded: Callable[..., Report], decide: Draft, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    [notice] = decide(graded("https://forum.example/t/1"))
    leads = lambda browser: [act.code for act, _form in browser.get(f"/desk/takedown/{notice.reference}/").context["leading"]]  # noqa: E731
    assert leads(signed_in(analyst)) == ["contact"]
    said: dict[str, Any] = {"domain": "forum.example", "name": "Forum", "email": "abuse@forum.example", "found_at": "A call"}
    actions.propose_for_notice(notice=notice, by=analyst, **said)
    browser = signed_in(senior_analyst)
    assert "contact" not in leads(browser)
    assert "Approve or refuse it" in browser.get(f"/desk/takedown/{notice.reference}/").content.decode()
    assert "Approve or refuse it" not in signed_in(analyst).get(f"/desk/takedown/{notice.reference}/").content.decode()
