"""A page is reported and graded; its host is asked by mail, which bounces and is repaired; the host answers without an account."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.browser import click_through
from tests.e2e.conftest import Demo
from tests.e2e.people import Analyst, Professional, Reporter, Visitor

pytestmark = pytest.mark.browser
NewPage = Callable[[], Page]
HOST = "share.example"  # answers HEAD in the demo


def test_a_notice_bounces_is_repaired_and_the_host_answers_it(demo: Demo, new_page: NewPage) -> None:
    number = uuid4().hex[:8]
    address = f"https://{HOST}/item/{number}"
    analyst = Analyst.named("Robin Osei", new_page, demo)
    senior = Professional.named("Noor Field", new_page, demo)
    _contact(analyst, senior, f"bounces-{number}@{HOST}")

    Reporter(new_page(), demo).reports_page(address)
    report = analyst.finds(address)
    analyst.go(f"/desk/queue/{report}/")
    analyst.press("Claim")
    analyst.choose("grade", "B")
    analyst.press("Save the grade of item 1")
    analyst.asks_the_host(why="Graded B; the host is known.")

    notice = _notice_of(analyst, report)
    _until(analyst, notice, "Did not reach the host")
    analyst.sees("550")
    _contact(analyst, senior, f"abuse-{number}@{HOST}")
    analyst.go(f"/desk/takedown/{notice}/")
    analyst.press("Send again")
    _until(analyst, notice, "Sent")

    host = Visitor(new_page(), demo)
    host.go(_link_in_the_mail(host, number))
    host.sees(address)
    assert not host.page.context.cookies()
    host.choose("what", "says_removed")
    host.fill("words", "Taken away this morning.")
    host.press("Send your answer")
    host.sees("We have your answer")

    _until(analyst, notice, "Taken away this morning.")
    analyst.press("We have read it")
    analyst.act("check", "Check now")
    analyst.sees("Still answers from here")
    analyst.act("removed", "Record: removed", words="Looked in the isolated viewer.")
    analyst.sees("Removed")

    auditor = Professional.named("Alex Quist", new_page, demo)
    auditor.go(f"/desk/trace/{report}/")
    for station in ("Report received", "Read and decided", "Asked to remove", "The host answered", "Removed"):
        auditor.sees(station)


def test_a_notice_about_an_account_that_contacted_a_child_waits_until_police_release_it(demo: Demo, new_page: NewPage) -> None:
    number = uuid4().hex[:8]
    address = f"https://{HOST}/room/{number}"
    analyst = Analyst.named("Robin Osei", new_page, demo)
    senior = Professional.named("Noor Field", new_page, demo)
    _contact(analyst, senior, f"abuse-{number}@{HOST}")
    Reporter(new_page(), demo).reports_page(address, kind="Someone contacted a child")
    report = analyst.finds(address)
    analyst.go(f"/desk/queue/{report}/")
    analyst.press("Claim")
    analyst.choose("grade", "C")
    analyst.press("Save the grade of item 1")
    analyst.asks_the_host(why="An account there wrote to a child.", police="Northmere Police")

    held = _notice_of(analyst, report, "This notice is held for police")
    investigator = Professional.named("Dana Amara", new_page, demo)
    investigator.go(f"/desk/takedown/{held}/")
    investigator.press("Release: it may leave")
    investigator.sees("Say why")
    investigator.page.locator("#act-release textarea").fill("The account's data is secured.")
    investigator.press("Release: it may leave")
    analyst.go(f"/desk/takedown/{held}/")
    analyst.sees("Released by")
    analyst.press("Send to the host")
    _until(analyst, held, "Sent")


def _contact(analyst: Analyst, senior: Professional, email: str) -> None:
    """The analyst proposes it, another person approves it; the one used so far is retired."""
    analyst.go("/desk/takedown/hosts/")
    if not analyst.page.locator("main a", has_text=HOST).count():
        analyst.fill("domain", HOST)
        analyst.fill("name", "Share")
        analyst.press("Add this host")
        analyst.go("/desk/takedown/hosts/")
    analyst.follow(HOST)
    analyst.fill("email", email)
    analyst.fill("found_at", "Its abuse page")
    analyst.press("Propose this contact")
    senior.go("/desk/takedown/hosts/")
    senior.follow(HOST)
    click_through(senior.page.locator(".duty", has_text=email).get_by_role("button", name="Approve it"))
    senior.sees(email)


def _notice_of(analyst: Analyst, report: str, *words: str) -> str:
    """The newest notice of a report whose page holds these words."""
    analyst.go("/desk/takedown/?show=all")
    links = analyst.page.locator("main a[href*='/desk/takedown/N-']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for link in dict.fromkeys(links):
        analyst.go(link)
        said = analyst.page.locator("main").first.inner_text()
        if all(each in said for each in (report, *words)):
            found = re.search(r"N-\w{4}-\w{4}", link)
            assert found is not None
            return found[0]
    raise AssertionError(f"No notice of {report} says {words}; there are {links}")


def _until(analyst: Analyst, notice: str, words: str) -> None:
    """The worker sends within seconds: look until the page says so."""
    for _try in range(60):
        analyst.go(f"/desk/takedown/{notice}/")
        if words in analyst.page.locator("main").first.inner_text():
            return
        analyst.page.wait_for_timeout(1000)
    analyst.sees(words)


def _link_in_the_mail(host: Visitor, number: str) -> str:
    """The link of the last letter to the host, as the demo's mail server caught it: the worker hands it over within seconds."""
    letter = host.page.locator("main li", has_text=f"abuse-{number}").first
    for _try in range(60):
        host.go("/demo/mail/")
        if letter.count():
            break
        host.page.wait_for_timeout(1000)
    click_through(letter.get_by_role("link"))
    link = host.page.locator("main a[href*='/host/']").first.get_attribute("href")
    assert link is not None
    return link
