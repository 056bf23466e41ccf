"""Two children, each from the referral to the end of a plan, by the people who do it, in browsers with JavaScript off."""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Obligation
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests import factories, tagged_pdf
from tests.browser import click_through, found_by_axe, picture, sideways
from tests.journey.investigation.conftest import identify, with_answers
from tests.journey.safeguarding.conftest import Refer
from tests.journey.safeguarding.walking import Days, Somebody, days
from tests.site.test_access import browser_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CONFERENCE = "initial_child_protection_conference"
THREE = [("Sam Lindqvist", "social_care"), ("Dana Amara", "police"), ("Ola Venn", "health")]
SitsDown = Callable[[Membership, str], Somebody]


@pytest.fixture
def calendar(transactional_db: None) -> Iterator[Days]:
    with days() as found:
        yield found


@pytest.fixture
def sits_down(browser: Browser, live_server: object, calendar: Days) -> Iterator[SitsDown]:
    people: list[Somebody] = []

    def sit_down(member: Membership, name: str) -> Somebody:
        people.append(Somebody(browser, str(live_server.url), member, name, calendar))  # type: ignore[attr-defined]
        return people[-1]

    yield sit_down
    for one in people:
        one.leaves()


def owed_by_police(investigator: Membership, supervisor: Membership) -> Obligation:
    """A case whose subject was found to reach a child: the referral is owed, and a person sends it."""
    hotline = factories.agency("hotline")
    analyst = factories.member("analyst", hotline, "Robin Osei")
    referral = factories.referral_to_police(factories.report(hotline), investigator.agency, analyst)
    case = investigation.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)
    subject = identify(investigation.open_subject(case=case, by=investigator), investigator, supervisor)
    investigation.record_access_answers(subject=subject, answers=with_answers(own_children="yes"), by=investigator)
    child = {"name": "Robin Vale", "town": "Northmere", "school": "Alder Road School", "household": "one child", "address": "2 Mill Row"}
    investigation.note_child_within_reach(subject=subject, details=child, age=9, how="own_children", by=investigator)
    return Obligation.objects.exclude(hand_over=None).earliest("pk")


def _png(drawn: Any) -> bytes:
    """A bitmap of three or four bytes a point as a picture."""
    kind, stride = {3: 2, 4: 6}[drawn.n_channels], drawn.stride
    raw, wide = bytes(drawn.buffer), drawn.width * drawn.n_channels
    lines = b"".join(b"\0" + raw[row * stride : row * stride + wide] for row in range(drawn.height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", drawn.width, drawn.height, 8, kind, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part)) for name, part in parts
    )


def pages_of(file: bytes, name: str) -> int:
    """How many pages it has; drawn to pictures where somebody wants to look at them."""
    document = pypdfium2.PdfDocument(file)
    if folder := os.environ.get("HAVENLINE_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(document):
            Path(folder, f"{name}-{number + 1:02}.png").write_bytes(_png(page.render(scale=1.4, rev_byteorder=True)))
    return len(document)


def printed(case: ChildCase, by: Membership, name: str) -> str:
    """The whole case and each of its papers as files: tagged, and with what a court looks for. The text of the case's."""
    client = browser_of(by)
    whole = client.get(reverse("safeguarding:case_pdf", args=[case.reference])).content
    assert tagged_pdf.flaws(whole) == []
    assert pages_of(whole, f"walk-{name}-case") > 1
    for paper in case.papers.all():
        file = client.get(reverse("safeguarding:paper_pdf", args=[case.reference, paper.code, paper.number])).content
        assert tagged_pdf.flaws(file) == [], paper.title
        pages_of(file, f"walk-{name}-{paper.code}-{paper.number}")
    document = pypdfium2.PdfDocument(whole)
    return " ".join("\n".join(page.get_textpage().get_text_range() for page in document).split())


def test_a_child_from_a_police_referral_to_the_end_of_a_plan_under_the_edition_of_2026(
    calendar: Days,
    sits_down: SitsDown,
    investigator: Membership,
    police_supervisor: Membership,
    social_worker: Membership,
    team_manager: Membership,
    conference_chair: Membership,
) -> None:
    nurse_ = factories.member("health_practitioner", factories.agency("health"), "Ola Venn")
    factories.member("designated_officer", factories.agency("lado"), "Lee Arden")
    calendar.go_to(date(2026, 11, 18))
    owed = owed_by_police(investigator, police_supervisor)

    # Wednesday 18 November: police refer, social care takes up, decides, and tells police
    officer = sits_down(investigator, "police")
    officer.go(reverse("investigation:send", args=[owed.subject.number, owed.pk]))
    click_through(officer.page.locator("main form[method=post] button[type=submit]").first)
    sent = HandOver.objects.get(purpose="referral_to_social_care")
    worker, manager = sits_down(social_worker, "worker"), sits_down(team_manager, "manager")
    worker.go(reverse("safeguarding:take_up", args=[sent.reference]))
    worker.press("Take it up and open the case")
    case = ChildCase.objects.get()
    ref = case.reference
    worker.sees("Not to be told")  # before arrest nobody near the child learns of it
    worker.shows("taken-up")
    manager.go(f"/desk/children/{ref}/decide/")
    manager.choose("outcome", "strategy_discussion_now")
    manager.fill("reason", "The child lives with the person reported.")
    manager.fill("answer", "A strategy discussion is today.")
    manager.press("Save the decision")

    # The same day: a strategy discussion, and police protection for one night
    worker.writes(ref, "strategy_discussion", on=date(2026, 11, 18), there=THREE)
    calendar.go_to(date(2026, 11, 18), 15)
    worker.records(ref, "strategy_discussion", "joint_enquiry", on=date(2026, 11, 18), at="14:00")
    worker.opens(ref)
    worker.follow("Emergency action")
    worker.choose("outcome", "police_protection")
    worker.fill("happened_at", "14:40")
    worker.fill("note", "With a foster carer; a nurse has seen the child.")
    worker.press("Record it and tell them now")
    worker.sees("Runs out Sat 21 Nov, 14:40")
    worker.shows("emergency")
    manager.go("/desk/clocks/")
    manager.sees("Emergency: say that you have it")
    manager.opens(ref)
    manager.press("I have it")
    manager.sees("has it since Wed 18 Nov, 15:00")
    calendar.go_to(date(2026, 11, 19), 11)
    worker.records(ref, "police_protection_ends", "safe", on=date(2026, 11, 19), at="09:30")

    # The enquiry, and the conference that it leads to
    calendar.go_to(date(2026, 11, 26))
    worker.writes(ref, "section_47", on=date(2026, 11, 20), outcome="conference")
    manager.go(f"/desk/children/{ref}/papers/section_47/1/")
    manager.press("Sign off")
    worker.records(ref, "section_47_enquiry", "conference", on=date(2026, 11, 26))
    worker.go(f"/desk/children/{ref}/book/{CONFERENCE}/")
    worker.fill("booked_for", "2026-12-08")
    worker.fill("booked_at", "14:00")
    worker.press("Book this day")
    worker.follow("Invitations")
    worker.picks("agency", "Northmere Health")
    worker.fill("place", "Room 2, Town Hall")
    worker.fill("words", "Please bring what the ward knows.")
    worker.press("Invite")
    worker.page.locator("main select[name='agency']").select_option("family")
    worker.fill("name", "Alex Vale")
    worker.is_refused("Invite", "Silence until it is lifted by")
    worker.shows("refused")
    nurse = sits_down(nurse_, "nurse")
    invited = HandOver.objects.get(purpose="invitation")
    nurse.go(reverse("handover:show", args=[invited.reference]))
    nurse.sees("Robin Vale")
    nurse.shows("invited")
    nurse.choose("answer-outcome", "coming")
    nurse.fill("answer-words", "Ola Venn comes, and brings the report.")
    nurse.press("Answer")
    worker.go(f"/desk/children/{ref}/bookings/{case.bookings.get().pk}/invitations/")
    worker.sees("Is coming")

    # Tuesday 8 December: the conference makes a plan
    calendar.go_to(date(2026, 12, 8), 17)
    chair = sits_down(conference_chair, "chair")
    worker.go(f"/desk/children/{ref}/bookings/{case.bookings.get().pk}/invitations/")
    worker.press("Came")
    worker.shows("who-came")
    chair.writes(
        ref,
        "conference",
        on=date(2026, 12, 8),
        there=[("Ola Venn", "health"), ("Sam Lindqvist", "social_care"), ("Dana Amara", "police")],
        reports_shared="",
        reports_shared_by="",
        not_shared_why="A silence towards the household stands until the arrest.",
        category="sexual",
        dissent="Nobody.",
    )
    chair.go(f"/desk/children/{ref}/papers/conference/1/")
    chair.follow("Record this step on the case")
    chair.choose("outcome", "plan_sexual_abuse")
    chair.press("Record this step")
    worker.writes(ref, "plan", on=date(2026, 12, 8))
    worker.records(ref, "child_protection_plan", on=date(2026, 12, 8))
    worker.opens(ref)
    worker.shows("plan-made")

    # A visit, the core group, the assessment
    calendar.go_to(date(2026, 12, 18), 16)
    worker.writes(ref, "visit", on=date(2026, 12, 15), child_seen="yes", seen_alone="yes", bedroom="no", bedroom_why="A brother slept.")
    worker.writes(ref, "core_group", on=date(2026, 12, 18), there=THREE)
    worker.records(ref, "first_core_group", on=date(2026, 12, 18))
    worker.writes(ref, "assessment", on=date(2026, 12, 15))
    manager.go(f"/desk/children/{ref}/papers/assessment/1/")
    manager.press("Sign off")
    worker.records(ref, "single_assessment", "child_protection", on=date(2026, 12, 18))

    # Reviews; the second ends the plan
    calendar.go_to(date(2027, 3, 4), 16)
    chair.writes(ref, "review", on=date(2027, 3, 4), there=THREE)
    chair.records(ref, "first_review", "continue", on=date(2027, 3, 4))
    calendar.go_to(date(2027, 8, 26), 16)
    chair.writes(ref, "review", on=date(2027, 8, 26), there=THREE, threshold="no")
    chair.records(ref, "later_review", "end", on=date(2027, 8, 26))
    chair.records(ref, "plan_ends", "by_review", on=date(2027, 8, 26))

    # It cannot end before it is said what help goes on, and that has begun
    worker.go(f"/desk/children/{ref}/close/")
    worker.sees("What help goes on after protection, or why none")
    worker.shows("cannot-end-yet")
    worker.go(f"/desk/children/{ref}/step-down/")
    worker.choose("to", "child_in_need")
    worker.picks("holder", "Sam Lindqvist")
    worker.fill("first_on", "2027-09-02")
    worker.fill("words", "A visit each fortnight until Christmas; Robin wants it so.")
    worker.press("Save")
    worker.shows("stepped-down")
    calendar.go_to(date(2027, 9, 2), 16)
    worker.go(f"/desk/children/{ref}/step-down/begun/")
    worker.press("Record it")
    worker.go(f"/desk/children/{ref}/close/")
    worker.fill("reason", "The plan did what it was for; support as a child in need has begun.")
    worker.press("End the case")
    worker.sees("Protection ended, other help goes on")
    worker.shows("closed")

    case.refresh_from_db()
    assert case.ended_as == "stepped_down"
    assert not Clock.objects.running().filter(record=case.record).exists()
    assert {row.edition for row in Clock.objects.filter(record=case.record)} == {"2026", ""}
    assert not [row.rule for row in Clock.objects.filter(record=case.record, voided_at=None) if row.was_late]
    text = printed(case, social_worker, "2026")
    for words in (
        "Working Together to Safeguard Children 2026",
        "Police protection",
        "Plan: sexual abuse",
        "Ended by a review",
    ):
        assert words in text


def test_a_child_of_the_year_2000_from_the_referral_to_the_end_of_a_plan_under_the_edition_of_1999(
    calendar: Days,
    sits_down: SitsDown,
    refer: Refer,
    social_worker: Membership,
    team_manager: Membership,
    conference_chair: Membership,
) -> None:
    """Police ask about an old case that lies on paper: it is taken up, its true beginning is said, and each step is recorded on its day."""
    calendar.go_to(date(2026, 11, 30))
    sent = refer(name="Jo Marsh", age=None, school="", household="")
    worker, chair = sits_down(social_worker, "worker-1999"), sits_down(conference_chair, "chair-1999")
    worker.go(reverse("safeguarding:take_up", args=[sent.reference]))
    worker.press("Take it up and open the case")
    case = ChildCase.objects.get()
    ref = case.reference
    worker.follow("It began earlier")
    worker.fill("began_on", "2000-03-06")
    worker.fill("answered_on", "2000-03-07")
    worker.fill("source", "Paper file 1207, in the record office.")
    worker.press("Save the day")
    worker.sees("Working Together to Safeguard Children 1999")
    worker.shows("began-earlier")
    worker.go(f"/desk/children/{ref}/decide/")
    worker.choose("outcome", "strategy_discussion_now")
    worker.fill("reason", "As the file says.")
    worker.fill("decided_on", "2000-03-07")
    worker.press("Save the decision")
    worker.records(ref, "strategy_discussion", "joint_enquiry", on=date(2000, 3, 8), at="11:00")
    worker.records(ref, "initial_assessment", "core_assessment", on=date(2000, 3, 15))
    worker.records(ref, "section_47_enquiry", "conference", on=date(2000, 3, 24))
    chair.records(ref, CONFERENCE, "plan_neglect", on=date(2000, 3, 30))  # a day late, and it stays so
    worker.records(ref, "child_protection_plan", on=date(2000, 3, 30))
    worker.records(ref, "first_core_group", on=date(2000, 4, 13))
    worker.records(ref, "core_assessment", "child_protection", on=date(2000, 4, 28))
    worker.writes(ref, "visit", on=date(2000, 5, 3), child_seen="yes", seen_alone="yes", bedroom="yes")
    chair.records(ref, "first_review", "continue", on=date(2000, 6, 29))
    chair.records(ref, "later_review", "end", on=date(2000, 12, 19))
    chair.records(ref, "plan_ends", "by_review", on=date(2000, 12, 19))
    worker.opens(ref)
    worker.shows("plan-ended")
    worker.go(f"/desk/children/{ref}/step-down/")
    worker.choose("to", "nothing")
    worker.fill("words", "The file says that the family moved to relatives and asked for nothing more.")
    worker.press("Save")
    worker.go(f"/desk/children/{ref}/close/")
    worker.fill("reason", "Entered from the paper file; it ended in 2000.")
    worker.press("End the case")
    worker.shows("closed")

    rows = {row.rule: row for row in Clock.objects.filter(record=case.record, voided_at=None)}
    assert {row.edition for row in rows.values()} == {"1999"}
    counted = {rule: row.amount for rule, row in rows.items()}
    assert (counted["initial_assessment"], counted["core_assessment"], counted[CONFERENCE]) == (7, 35, 15)
    assert [rule for rule, row in rows.items() if row.was_late] == [CONFERENCE]
    case.refresh_from_db()
    assert case.ended_as == "plan_ended"
    text = printed(case, team_manager, "1999")
    for words in ("Working Together to Safeguard Children 1999", "30 Mar 2000", "Paper file 1207", "Jo Marsh"):
        assert words in text


# The screens of this part, narrow and in the dark

SCREENS = ("child_case", "emergency", "invitations", "step_down", "close", "began_earlier", "transfer")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")])
def test_each_new_screen_can_be_read_at_any_width_and_in_the_dark(
    width: int,
    theme: str,
    transactional_db: None,
    refer: Refer,
    social_worker: Membership,
    team_manager: Membership,
    conference_chair: Membership,
    signed_in: Callable[[Membership], object],
    opened: Callable[..., object],
) -> None:
    nurse = factories.member("health_practitioner", factories.agency("health"), "Ola Venn")
    case = actions.take_up(hand_over=refer(), by=social_worker, manager=team_manager)
    today = moment.today()
    for step, outcome, by in (
        ("decision_on_referral", "strategy_discussion_now", social_worker),
        ("strategy_discussion", "joint_enquiry", social_worker),
        ("section_47_enquiry", "conference", social_worker),
    ):
        actions.record_step(child_case=case, step=step, outcome=outcome, happened_on=today, by=by)
    meeting = actions.book(child_case=case, step=CONFERENCE, booked_for=today, booked_at=time(14), weekend_confirmed=True, by=social_worker)
    actions.invite(booking=meeting, to_agency=nurse.agency, by=social_worker)
    parent = actions.invite(booking=meeting, agency="family", name="Alex Vale", by=social_worker)
    actions.note_the_reply(invitation=parent, answer="not_coming", words="At work until six.", by=social_worker)
    actions.act_in_emergency(child_case=case, outcome="police_protection", happened_on=today, happened_at=time(0, 1), by=social_worker)
    records.keep_silent(record=case.record, audience="school", reason="A colleague.", by=social_worker, actor=social_worker)
    client, flaws = signed_in(team_manager), []
    for name in SCREENS:
        arguments = [case.reference, meeting.pk] if name == "invitations" else [case.reference]
        page = opened(reverse(f"safeguarding:{name}", args=arguments), width, client=client, color_scheme=theme)  # type: ignore[operator]
        picture(page, f"new-{name}-{theme}-{width}")
        flaws += [f"{name} {flaw}" for flaw in (*sideways(page), *found_by_axe(page))]
    assert flaws == []
