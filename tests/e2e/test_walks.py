"""One report, from the form to the closed case, through everybody's own browser; with JavaScript and without."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser import click_through
from tests.e2e.conftest import Demo
from tests.e2e.people import Analyst, Investigator, Professional, Reporter, SocialCare

pytestmark = pytest.mark.browser
NewPage = Callable[[], Page]


def test_one_report_from_its_receipt_to_a_protected_child(demo: Demo, new_page: NewPage) -> None:
    account = f"walk_{uuid4().hex[:8]}"
    reporter = Reporter(new_page(), demo)
    receipt = reporter.reports(
        who="I’m a parent or carer",
        kind="Someone contacted a child",
        where="In a chat or messages",
        account=account,
        happened="An adult stranger asked to meet my child.",
        child={"Name": f"Robin {account}", "Age": "9", "Town": "Northmere"},
    )

    analyst = Analyst.named("Robin Osei", new_page, demo)
    analyst.waits_for(account)
    report = analyst.reads(account)
    analyst.refers_to_police(why="A stranger asked to meet the child.")

    investigator = Investigator.named("Dana Amara", new_page, demo)
    case = investigator.takes_up(title="Contact on chat.example", kind="both")
    subject = investigator.opens_a_subject()
    investigator.tries_to_close("subject", "Trying the gate.")
    investigator.sees("cannot be closed")
    investigator.attributes("The service named the subscriber for the exact time and port.")

    supervisor = Professional.named("Morgan Teller", new_page, demo)
    supervisor.go(f"/desk/subjects/{subject}/")
    click_through(supervisor.page.locator("main a[href*='/attributions/'][href$='/review/']").first)
    supervisor.choose("agrees", "yes")
    supervisor.fill("words", "Time, port and subscriber agree.")
    click_through(supervisor.page.locator("main form[method=post] button[type=submit]").first)

    investigator.names("Jordan Example")
    investigator.answers_nine_questions(yes=("own_children",))
    investigator.notes_a_child(name=f"Sky {account}", age="7", town="Northmere")
    investigator.finds_access("A child lives in the household.")

    supervisor.go(f"/desk/subjects/{subject}/review/")
    supervisor.choose("agrees", "yes")
    supervisor.fill("words", "The sources bear the finding.")
    click_through(supervisor.page.locator("main form[method=post] button[type=submit]").first)

    social_worker = SocialCare.named("Ray Okafor", new_page, demo)
    child_case = social_worker.takes_up()
    manager = SocialCare.named("Kit Ndiaye", new_page, demo)
    manager.decides(
        child_case, outcome="strategy_discussion_now", why="The child lives with the person reported.", answer="We have decided and begun."
    )
    manager.records(child_case, "strategy_discussion", "joint_enquiry")
    social_worker.records(child_case, "section_47_enquiry", "conference")
    manager.go(f"/desk/children/{child_case}/")
    manager.sees("Initial child protection conference")
    manager.sees("15 working days from the strategy discussion")
    chair = SocialCare.named("Pat Marsh", new_page, demo)
    chair.records(child_case, "initial_child_protection_conference", "plan_sexual_abuse")

    investigator.go(f"/desk/subjects/{subject}/contact-abuse/")
    investigator.choose("asked", "yes")
    investigator.choose("found", "no")
    investigator.press("Record it")
    investigator.answers_the_hotline("A person was identified and the child was referred.")
    investigator.tries_to_close("subject", "The enquiry is finished; every referral was answered.")
    investigator.go(f"/desk/cases/{case}/")
    investigator.sees("Closed")

    auditor = Professional.named("Alex Quist", new_page, demo)
    auditor.go(f"/desk/trace/{report}/")
    for station in (
        "Report received",
        "Read and decided",
        "Case opened",
        "Subject identified",
        "Access to children assessed",
        "Referral taken up",
        "Decision on the referral",
        "Strategy discussion",
        "Initial conference",
        "Case closed",
    ):
        auditor.sees(station)
    assert demo.havenline("trace", report).returncode == 0

    reporter.comes_back(receipt)
    reporter.sees("Hotline")
    assert "An adult stranger asked to meet my child." not in reporter.page.content()


def test_a_case_in_which_nobody_is_identified_ends_watched(demo: Demo, new_page: NewPage) -> None:
    account = Reporter(new_page(), demo).reports_account(happened="I saw this account ask a child for their age.")
    analyst = Analyst.named("Robin Osei", new_page, demo)
    analyst.waits_for(account)
    report = analyst.reads(account)
    analyst.refers_to_police(why="An account is named.")

    investigator = Investigator.named("Lee Castell", new_page, demo)
    case = investigator.takes_up(title="Contact on chat.example", kind="contact")
    investigator.go(f"/desk/cases/{case}/step/")
    investigator.fill("what", "Subscriber asked of the service")
    investigator.fill("outcome", "The service keeps no records.")
    investigator.fill("done_on", date.today().isoformat())
    investigator.press("List it")

    supervisor = Professional.named("Morgan Teller", new_page, demo)
    supervisor.go(f"/desk/cases/{case}/no-subject/")
    supervisor.fill("words", "No further step would identify anybody.")
    click_through(supervisor.page.locator("main form[method=post] button[type=submit]").first)

    investigator.answers_the_hotline("Nobody could be identified; the account is watched.")
    investigator.tries_to_close("no_subject", "Filed, unidentified.")
    investigator.go(f"/desk/cases/{case}/")
    investigator.sees("No subject identified")

    auditor = Professional.named("Alex Quist", new_page, demo)
    auditor.go(f"/desk/trace/{report}/")
    auditor.sees("Case closed")


def test_doctor_and_the_ledger_pass_on_the_demo(demo: Demo) -> None:
    doctor = demo.havenline("doctor")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    verified = demo.havenline("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_printing_a_trace_is_offered_only_where_it_can_work(demo: Demo, new_page: NewPage, request: pytest.FixtureRequest) -> None:
    auditor = Professional.named("Alex Quist", new_page, demo)
    auditor.go("/desk/")
    click_through(auditor.page.locator("main a[href^='/desk/trace/']").first)
    expect(auditor.page.get_by_role("button", name="Print")).to_be_visible(visible="without" not in request.node.name)
