"""A parent reads, pastes a conversation and reports; a school is told, and its lead answers. With JavaScript and without."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.browser import click_through
from tests.e2e.conftest import Demo
from tests.e2e.people import Analyst, Professional, Reporter

pytestmark = pytest.mark.browser
NewPage = Callable[[], Page]
CONVERSATION = "Ash: How old are you?\nMy child: why\nAsh: Keep this between us."


def test_a_parent_reads_the_guidance_and_reports_a_conversation_whose_signs_a_person_decides(demo: Demo, new_page: NewPage) -> None:
    account = f"walk_{uuid4().hex[:8]}"
    parent = Reporter(new_page(), demo)
    parent.go("/")
    click_through(parent.page.locator("a[href='/guidance/']").first)
    parent.follow("For parents")
    parent.sees("secret")
    parent.press("Tell us what happened")
    parent.reports_conversation(account=account, conversation=CONVERSATION)

    analyst = Analyst.named("Robin Osei", new_page, demo)
    analyst.waits_for(account)
    report = analyst.reads(account)
    analyst.sees("Keep this between us")
    analyst.choose("sign-1", "no")
    analyst.choose("sign-2", "yes")
    analyst.press("Save which signs stand")
    analyst.sees("1 warning sign stands")
    analyst.refers_to_police(why="An adult asks a child for secrecy.")

    investigator = Professional.named("Dana Amara", new_page, demo)
    investigator.take_first("Referral to police")
    investigator.sees(report)
    investigator.sees("Warning signs that a person found to stand")
    assert "How old are you" not in investigator.page.locator("section", has_text="that a person found to stand").last.inner_text()


def test_a_school_is_told_without_a_name_and_its_lead_acknowledges(demo: Demo, new_page: NewPage) -> None:
    account = Reporter(new_page(), demo).reports_account(happened="I saw this account ask pupils to move to another app.")
    analyst = Analyst.named("Robin Osei", new_page, demo)
    analyst.waits_for(account)
    report = analyst.reads(account)
    title = f"Pupils asked to move to another app ({account[-4:]})"
    analyst.go(f"/desk/schools/write/{report}/")
    analyst.fill("title", title)
    analyst.fill("words", f"An account called {account} asks pupils to move to another app.")
    analyst.choose("guidance", "parents")
    click_through(analyst.page.locator("main form[method=post] button[type=submit]").first)
    analyst.sees(account)  # refused: it names an account of the report
    analyst.fill("words", "Adults who say that they are pupils ask children to move from a chat to another app.")
    click_through(analyst.page.locator("main form[method=post] button[type=submit]").first)
    analyst.page.locator("main input[type=search]").fill("Alder Road")
    analyst.press("Find")
    analyst.page.locator("main input[name=school]").first.check()
    analyst.press("Think of these schools")
    analyst.page.locator("main input[type=radio][value=no]").first.check()
    analyst.press("Keep the answers")
    analyst.press("Ask a second person to agree")

    senior = Professional.named("Noor Field", new_page, demo)
    senior.go("/desk/schools/")
    senior.follow(title)
    senior.follow("Read it, and agree")
    senior.fill("count", "1")
    click_through(senior.page.locator("main button.button-danger"))

    lead = Professional.named("Hana Brook", new_page, demo)
    lead.go("/desk/school/messages/")
    lead.follow(title)
    lead.sees("ask children to move from a chat to another app")
    lead.page.locator("main input[name=did]").first.check()
    lead.press("I have read this")
    lead.sees("Acknowledged")

    analyst.go("/desk/schools/")
    analyst.follow(title)
    analyst.follow("Alder Road School")
    analyst.sees("Hana Brook")
    mail = Reporter(new_page(), demo)
    mail.go("/demo/mail/")
    mail.sees("A message waits for you")
    assert account not in mail.page.content()
    assert title not in mail.page.content()
