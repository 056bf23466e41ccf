"""A session's end never costs typed work: kept while typing, kept when it comes too late, given back to whoever typed it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people import actions, limits, queries
from havenline.foundation.people.actions import drafts
from havenline.foundation.people.models import Draft, Membership, Visit
from havenline.foundation.people.roles import FileKind, Role
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import copies
from havenline.foundation.work import rounds
from havenline.journey.intake.models import Report
from tests import factories
from tests.browser import found_by_axe, picture, sideways
from tests.foundation.people.test_sessions import browser, look
from tests.foundation.people.test_signing_in import PASSWORD, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db
WORDS = "An adult stranger wrote to my child on three evenings."
CARRIED = "c2VhbGVk" * 12
CALL = {"form": CARRIED, "danger": "no", "kind": "contact", "who": "parent", "happened": WORDS, "relation": "lives_with"}
TELEPHONE = "/desk/telephone/"


@pytest.fixture
def robin(hotline: object) -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


def idle(client: Client) -> Any:
    """The moment at which this client's session has ended of itself."""
    return moment.standing_at(moment.now() + limits.LIMITS[Role.ANALYST].idle + timedelta(minutes=1))


def kept(of: Membership) -> list[dict[str, list[str]] | None]:
    return [drafts.read_draft(draft) for draft in queries.drafts(of.person)]


def test_what_is_sent_after_the_session_ended_is_kept_and_sent_after_signing_in_again(robin: Membership) -> None:
    client = browser(robin)
    with idle(client):
        answer = client.post(TELEPHONE, CALL, follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
        assert "What you sent was kept" in answer.content.decode()
        assert "It was not saved" not in answer.content.decode()
        sign_in(client, robin.person.email, PASSWORD)
        assert "What you sent after your session had ended was kept" in client.get(reverse("people:account")).content.decode()
        page = client.get(reverse("people:drafts")).content.decode()
        assert WORDS in page
        assert f"<bdi>{CARRIED}</bdi>" not in page  # nobody typed that; it is sent with the rest
        assert not Report.objects.exists()
        [draft] = queries.drafts(robin.person)
        fields = {name: values[0] for name, values in (drafts.read_draft(draft) or {}).items()}
        assert fields == CALL
        client.post(draft.action, fields)  # what "Send it now" sends
        assert Report.objects.count() == 1
        assert kept(robin) == []


@pytest.mark.parametrize("how", ["ended elsewhere", "signed out in another window", "browser closed"])
def test_it_is_kept_however_the_session_ended(robin: Membership, how: str) -> None:
    client = browser(robin)
    if how == "ended elsewhere":
        actions.end_visit(visit=Visit.objects.get(), why=Visit.Why.ELSEWHERE, by=robin.person)
    elif how == "signed out in another window":
        client.post(reverse("account_logout"))
    else:
        del client.cookies["desk"]
    client.post(TELEPHONE, CALL)
    assert kept(robin) == [{name: [value] for name, value in CALL.items()}]


def test_only_the_same_person_is_given_it(robin: Membership) -> None:
    client = browser(robin)
    with idle(client):
        client.post(TELEPHONE, CALL)
        other = factories.member("analyst", robin.agency, password=PASSWORD)
        sign_in(client, other.person.email, PASSWORD)
        assert WORDS not in client.get(reverse("people:drafts")).content.decode()
        assert client.post(reverse("people:delete_draft", args=[Draft.objects.get().pk])).status_code == 404


def test_nothing_is_kept_of_strangers_of_a_closed_account_or_of_secrets(robin: Membership, administrator: Membership) -> None:
    Client().post(TELEPHONE, CALL)
    closed = browser(robin)
    actions.deactivate(person=robin.person, by=administrator)
    closed.post(TELEPHONE, CALL)
    assert not Draft.objects.exists()
    drafts.keep_draft(person=robin.person, page="/desk/", action="/desk/", fields={"password": ["secret"], "code": ["123456"], "a": [""]})
    assert not Draft.objects.exists()


def test_what_is_typed_is_kept_without_being_sent_and_is_gone_once_it_is_taken(robin: Membership) -> None:
    client = browser(robin)
    about = {"draft-page": TELEPHONE, "draft-action": TELEPHONE, "draft-form": "0"}
    assert client.post(reverse("people:save_draft"), {**about, "happened": "An adult"}).status_code == 204
    client.post(reverse("people:save_draft"), {**about, "happened": WORDS})
    given = client.get(reverse("people:drafts_of_page"), {"page": TELEPHONE}).json()["drafts"]
    assert [one["fields"] for one in given] == [{"happened": [WORDS]}]
    assert "data-given" in client.get(TELEPHONE).content.decode()
    client.post(TELEPHONE, CALL)
    assert kept(robin) == []
    assert "data-given" not in client.get(TELEPHONE).content.decode()


def test_a_form_that_was_taken_settles_its_draft_and_one_that_was_refused_keeps_it(robin: Membership) -> None:
    report, client = factories.report(robin.agency), browser(robin)
    action = reverse("records:act", args=[report.reference, "number"])
    drafts.keep_draft(person=robin.person, page=f"/desk/queue/{report.reference}/", action=action, fields={"system": ["Crime number"]})
    client.post(action, {"system": "Crime number"})  # the number is missing
    assert kept(robin) == [{"system": ["Crime number"]}]
    client.post(action, {"system": "Crime number", "number": "NM1"})
    assert kept(robin) == []


def test_no_word_of_a_draft_stands_in_the_database_nor_on_the_ledger(robin: Membership) -> None:
    from havenline.foundation.ledger.models import Entry

    drafts.keep_draft(person=robin.person, page=TELEPHONE, action=TELEPHONE, fields={"happened": [WORDS]})
    raw = bytes(Draft.objects.get().sealed)
    assert b"stranger" not in raw
    assert not Entry.objects.filter(body__contains="stranger").exists()


@pytest.mark.parametrize("kind", FileKind)
def test_a_draft_is_erased_with_the_record_that_it_belongs_to(robin: Membership, kind: str) -> None:
    record = factories.record(kind, robin.agency)
    page = f"/desk/somewhere/{record.reference}/"
    drafts.keep_draft(person=robin.person, page=page, action=f"{page}write/", fields={"words": [WORDS], "postcode": ["N1 1AA"]})
    assert Draft.objects.get().record == record.reference
    assert kept(robin) == [{"words": [WORDS], "postcode": ["N1 1AA"]}]
    sealing.destroy(record.reference)
    assert kept(robin) == [None]
    assert not Draft.objects.exists()


def test_an_erasure_takes_a_draft_that_nobody_looks_at_again(robin: Membership) -> None:
    report = factories.report(robin.agency)
    page = f"/desk/queue/{report.reference}/"
    drafts.keep_draft(person=robin.person, page=page, action=f"{page}write/", fields={"words": [WORDS]})
    copies.destroy(report.reference, report.pk)
    assert not Draft.objects.exists()


def test_a_draft_is_kept_for_a_week(robin: Membership) -> None:
    drafts.keep_draft(person=robin.person, page=TELEPHONE, action=TELEPHONE, fields={"happened": [WORDS]})
    with moment.standing_at(moment.now() + timedelta(days=7, minutes=1)):
        assert kept(robin) == []
        drafts.keep_draft(person=robin.person, page="/desk/", action="/desk/", fields={"a": ["b"]})
        assert Draft.objects.count() == 1
    with moment.standing_at(moment.now() + timedelta(days=15)):
        rounds.run_due()
    assert not Draft.objects.exists()


def test_too_much_and_too_many_are_not_kept(robin: Membership) -> None:
    assert drafts.keep_draft(person=robin.person, page="/desk/", action="/desk/", fields={"a": ["x" * 200_001]}) is None
    for number in range(drafts.MOST + 5):
        drafts.keep_draft(person=robin.person, page="/desk/", action=f"/desk/{number}/", fields={"a": [str(number)]})
    assert Draft.objects.count() == drafts.MOST


def test_a_draft_is_deleted_by_its_person(robin: Membership) -> None:
    client = browser(robin)
    drafts.keep_draft(person=robin.person, page=TELEPHONE, action=TELEPHONE, fields={"happened": [WORDS]})
    client.post(reverse("people:delete_draft", args=[Draft.objects.get().pk]))
    assert not Draft.objects.exists()
    assert look(client).status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_chromium_keeps_what_is_typed_and_puts_it_back_after_signing_in_again(
    opened: Callable[..., "Page"], signed_in: Callable[[Membership], Client]
) -> None:
    robin = factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)
    page = opened(reverse("account_login"))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.get_by_label("E-mail address").fill(robin.person.email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation(url="**/desk/**"):
        page.get_by_role("button", name="Sign in", exact=True).click()
    home = page.url.partition("/desk/")[0]
    page.goto(home + TELEPHONE)
    with page.expect_response("**/desk/drafts/save/") as saved:
        page.locator("main [name=happened]").fill(WORDS)
    assert saved.value.status == 204
    actions.end_visit(visit=Visit.objects.get(), why=Visit.Why.ELSEWHERE, by=robin.person)

    page.goto(home + TELEPHONE)
    assert page.get_by_text("You ended this session").is_visible()
    page.get_by_label("E-mail address").fill(robin.person.email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation(url=f"**{TELEPHONE}"):
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Put it back").wait_for()
    assert found_by_axe(page) == []
    picture(page, "draft-offered")
    page.get_by_role("button", name="Put it back").click()
    assert page.locator("main [name=happened]").input_value() == WORDS
    page.goto(home + reverse("people:drafts"))
    assert found_by_axe(page) == []
    picture(page, "drafts")
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways(page) == []
    assert said == []
