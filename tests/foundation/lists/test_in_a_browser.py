"""Lists in Chromium: the walk from an empty list to a complaint that is answered; axe, narrow screens, dark, and no script."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from havenline.foundation.lists import actions
from havenline.foundation.lists.actions import Line, NewEntry
from havenline.foundation.lists.models import Complaint, KnownList, ListEntry, ListImport
from havenline.foundation.people.models import Membership
from havenline.foundation.work import queue
from tests import factories
from tests.browser import click_through, found_by_axe, picture, sideways, wrong_on_each
from tests.foundation.lists.conftest import pdq, random_pdq

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


@pytest.fixture
def world(
    transactional_db: None, hashes: KnownList, foreign: KnownList, addresses: KnownList, senior_analyst: Membership
) -> dict[str, str]:
    """Something on every screen; the paths of the screens."""
    by = senior_analyst
    actions.change_terms(known_list=hashes, licence="For members", sharing_terms="Onward only to hosts.", by=by)
    new = [pdq(grade="A"), pdq(quality=31), NewEntry("pdq", "0" * 64), NewEntry("sha256", "cd" * 32, grade="B")]
    entries = actions.add_entries(known_list=hashes, new=new, by=by).entries
    actions.withdraw(entry=entries[0], reason="It is a test chart.", by=by)
    [claim] = actions.add_entries(known_list=foreign, new=[pdq(claimed_grade="A1", about={"note": "seen twice"})], by=by).entries
    many = actions.add_entries(known_list=foreign, new=[pdq(claimed_grade="B1") for _one in range(60)], by=by).entries
    held = actions.read_in(known_list=foreign, lines=[Line(2, NewEntry("pdq", many[0].value))], source="southern.csv", by=by, is_whole=True)
    report = factories.report(hashes.agency)
    [kept] = actions.list_from_report(record=report.record, known_list=hashes, new=[pdq(grade="C")], by=by).entries
    actions.let_read(known_list=hashes, agency=factories.agency("platform"), may_match=True, may_be_sent=True, by=by)
    actions.add_entries(known_list=addresses, new=[NewEntry("url", "https://gardens.example/tools?" + "a" * 120)], by=by)
    actions.hold_list(known_list=addresses, reason="Its source was broken into.", by=by)
    for number in range(2):
        actions.complain(
            token=f"t{number}", address="https://gardens.example/tools?" + "a" * 120, words="We sell garden tools.\nLook again."
        )
    actions.take_in_complaints()
    waits, answered = Complaint.objects.order_by("received_at")
    actions.answer_complaint(complaint=answered, upheld=False, answer="It stands on no list of ours.", by=by)
    return {
        "lists": reverse("lists:lists"),
        "new": reverse("lists:new"),
        "list": reverse("lists:list", args=[hashes.slug]),
        "list_of_claims": reverse("lists:list", args=[foreign.slug]),
        "list_held": reverse("lists:list", args=[addresses.slug]),
        "nothing_found": reverse("lists:list", args=[hashes.slug]) + "?find=abc",
        "entry_withdrawn": reverse("lists:entry", args=[entries[0].pk]),
        "entry_never_matched": reverse("lists:entry", args=[entries[1].pk]),
        "entry_claim": reverse("lists:entry", args=[claim.pk]),
        "entry_of_report": reverse("lists:entry", args=[kept.pk]),
        "add": reverse("lists:add", args=[hashes.slug]),
        "bring": reverse("lists:bring", args=[hashes.slug]),
        "bring_addresses": reverse("lists:bring", args=[addresses.slug]),
        "import": reverse("lists:import", args=[held.pk]),
        "held": reverse("lists:held"),
        "terms": reverse("lists:terms", args=[hashes.slug]),
        "readers": reverse("lists:readers", args=[hashes.slug]),
        "complaints": reverse("lists:complaints"),
        "complaints_answered": reverse("lists:complaints") + "?state=answered",
        "complaint": reverse("lists:complaint", args=[waits.reference]),
        "complaint_answered": reverse("lists:complaint", args=[answered.reference]),
    }


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "light"), (1280, "dark")])
def test_each_screen_is_whole_at_both_widths_and_in_the_dark(
    world: dict[str, str],
    opened: Open,
    client: Client,
    senior_analyst: Membership,
    signed_in: Callable[[Membership], Client],
    width: int,
    theme: str,
) -> None:
    signed_in(senior_analyst)
    assert wrong_on_each(world, lambda path: opened(path, width, client=client, color_scheme=theme), f"lists-{{}}-{width}-{theme}") == []


@pytest.mark.parametrize("width", [1280, 320])
def test_the_public_pages_are_whole_at_both_widths(world: dict[str, str], opened: Open, width: int) -> None:
    wrong = []
    for name, path in (("complain", "/listed/"), ("answer", "/listed/answer/")):
        page = opened(path, width)
        wrong += [f"{path}: {found}" for found in (*found_by_axe(page), *sideways(page))]
        picture(page, f"lists-public-{name}-{width}")
    assert wrong == []


def test_from_an_empty_list_to_a_withdrawal(
    transactional_db: None, opened: Open, client: Client, senior_analyst: Membership, signed_in: Callable[[Membership], Client]
) -> None:
    signed_in(senior_analyst)
    page = opened(reverse("lists:lists"), client=client)
    page.get_by_role("link", name="Make a list").click()
    page.get_by_label("Name").fill("Benign hashes")
    page.get_by_label("Hashes").check()
    page.get_by_label("Whose word it is").select_option("own")
    click_through(page.get_by_role("button", name="Make the list"))
    page.get_by_role("link", name="Add an entry").click()
    page.get_by_label("Hash or address").fill("abc")
    click_through(page.get_by_role("button", name="List it"))
    assert page.get_by_text("64 hexadecimal digits; this has 3 signs").first.is_visible()
    page.get_by_label("Hash or address").fill(random_pdq())
    click_through(page.get_by_role("button", name="List it"))
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Benign hashes").click()
    page.get_by_role("link", name="Bring lines of CSV").click()
    page.get_by_label("Lines of CSV").fill("signal,value\npdq,xyz\n")
    click_through(page.get_by_role("button", name="Read them"))
    assert page.get_by_role("rowheader", name="2").is_visible()
    picture(page, "lists-bring-error-1280")
    page.get_by_label("Lines of CSV").fill("signal,value,quality\n" + "".join(f"pdq,{random_pdq()},90\n" for _one in range(5)))
    click_through(page.get_by_role("button", name="Read them"))
    assert page.get_by_role("heading", name="What this import would do").is_visible()
    click_through(page.get_by_role("button", name="Apply it"))
    queue.drain()
    assert ListImport.objects.get().state == "applied"
    page.goto(page.url.partition("/desk/")[0] + reverse("lists:list", args=["benign-hashes"]))
    page.locator("tbody a").first.click()
    click_through(page.get_by_role("button", name="Withdraw: wrongly listed"))
    assert page.get_by_text("whoever follows the list is told").is_visible()
    assert ListEntry.objects.live().count() == 5


def test_somebody_complains_without_script_and_reads_the_answer(world: dict[str, str], opened: Open, senior_analyst: Membership) -> None:
    page = opened("/listed/", 320, java_script_enabled=False)
    click_through(page.get_by_role("button", name="Send"))
    assert page.get_by_role("link", name="Enter the address that is listed.").is_visible()
    page.get_by_label("Which address is listed?").fill("https://gardens.example/tools?" + "a" * 120)
    page.get_by_label("Why is it wrong to list it?").fill("We sell garden tools.")
    click_through(page.get_by_role("button", name="Send"))
    code = " ".join(page.locator(".receipt-digits span").all_inner_texts())
    picture(page, "lists-public-code-320")
    assert not page.context.cookies()
    actions.take_in_complaints()
    newest = Complaint.objects.latest("received_at")
    actions.answer_complaint(complaint=newest, upheld=False, answer="We looked at it again.", by=senior_analyst)
    click_through(page.get_by_role("link", name="Read our answer with your code"))
    page.get_by_label("Your code").fill(code.lower())
    click_through(page.get_by_role("button", name="Show the answer"))
    assert page.get_by_text("We looked at it again.").is_visible()
    picture(page, "lists-public-answered-320")
