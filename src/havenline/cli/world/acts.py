"""What people do in the demo's stories: each function is a stretch of the path, played by named people at plausible hours.

A stretch that takes days is a generator of moments (see player); one that happens at once is a plain function.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from havenline.cli.world.cast import Company
from havenline.cli.world.player import Calendar
from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import REFERRAL_TO_POLICE, REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.identifiers.models import Identifier
from havenline.foundation.people.models import Membership
from havenline.journey.intake import actions as intake
from havenline.journey.intake import receipts
from havenline.journey.intake.models import Report
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Case, Question, Subject
from havenline.journey.safeguarding import actions as safeguarding
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.triage import actions as triage
from havenline.journey.triage.actions import ForChild

Stretch = Generator[datetime, None, Any]
THANKS = "Thank you for telling us. A trained person has read your report. If we need to know more, we will ask here."


@dataclass(frozen=True)
class Stage:
    """Who there is, and which days there are."""

    company: Company
    calendar: Calendar

    @property
    def people(self) -> Any:
        return self.company.people


@dataclass(frozen=True)
class Person:
    """The subject of a story, as police come to know them. `child`: the child within reach, if there is one."""

    name: str
    account: str
    child: dict[str, str] = field(default_factory=dict)
    child_age: int | None = None
    contact_abuse: str = "no"
    on_register: str = "no"
    trust: bool = False


def later(days: int, hour: int, minute: int = 0) -> datetime:
    """So many working days after the moment at which the story stands, at that hour in London."""
    day = moment.today()
    for _step in range(days):
        day = procedure.next_working_day(day)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=moment.LONDON)


def soon(minutes: int) -> datetime:
    return moment.now() + timedelta(minutes=minutes)


def tell(**answers: Any) -> Report:
    """Somebody reports on the public form."""
    return intake.receive(answers=answers).report


def tell_with_receipt(**answers: Any) -> tuple[Report, str]:
    """The same, with the receipt that was written down."""
    received = intake.receive(answers=answers)
    return received.report, received.receipt


def read_the_answer(digits: str) -> None:
    """The reporter comes back with their receipt, and has our answer on the screen."""
    report, _opened = intake.open_by_receipt(typed=digits)
    intake.mark_read(report=report)


def telephone(by: Membership, **answers: Any) -> Report:
    """An analyst enters what a caller says."""
    return intake.receive(answers=answers, by=by, channel="telephone").report


def platform_tells(stage: Stage, service: str, number: str, **answers: Any) -> Report:
    """A platform reports by the API's own action."""
    key, _raw = stage.company.api_keys[service]
    return intake.receive_from_platform(answers=answers, by=key, submission=receipts.submission_of(f"demo {service} {number}"))


def grade_all(report: Report, letter: str, by: Membership) -> None:
    for item in report.items.all():
        triage.look_at_item(item=item, by=by)
        triage.grade(item=item, grade=letter, by=by)


def read_and_grade(stage: Stage, report: Report, *, letter: str = "", by: Membership | None = None) -> Membership:
    """An analyst claims the report and grades its items."""
    by = by or stage.people.analyst
    triage.claim(report=report, by=by)
    grade_all(report, letter or "C", by)
    return by


def say_which_signs_stand(report: Report, *, by: Membership) -> None:
    """Of the warning signs found in the conversation, all stand."""
    triage.settle_signs(report=report, stands={sign.number: True for sign in report.warning_signs.all()}, by=by)


def refer_to_police(stage: Stage, report: Report, *, why: str, answer: str, by: Membership, care_too: bool = False) -> Stretch:
    """Decide; a minute later it is carried out. Gives the hand-over to police."""
    area = stage.company.agencies["care"]
    against = "Police are asked to establish where the child lives; the referral follows from there."
    triage.decide(
        report=report,
        police=stage.company.agencies["police"],
        children={duty.pk: ForChild(refer_to=area) if care_too else ForChild(reason_against=against) for duty in report.child_duties.all()},
        reason=why,
        could_be_read="no",
        answer=answer,
        by=by,
    )
    yield soon(2)
    return HandOver.objects.get(source=report.record, purpose=REFERRAL_TO_POLICE.code)


def close_and_answer(report: Report, *, why: str, answer: str, by: Membership) -> None:
    against = "The child is with their parent, who has blocked the account; nothing further is known."
    children = {duty.pk: ForChild(reason_against=against) for duty in report.child_duties.all()}
    triage.decide(report=report, close=True, children=children, reason=why, could_be_read="no", answer=answer, by=by)


def open_case(stage: Stage, hand_over: HandOver, *, title: str, kind: str, owner: Membership | None = None) -> Case:
    owner = owner or stage.people.investigator
    return investigation.take_up(hand_over=hand_over, by=owner, title=title, kind=kind, owner=owner, cover=stage.people.second_investigator)


def join_case(stage: Stage, hand_over: HandOver, case: Case) -> None:
    """A further referral about the same person is taken up into the case that stands, and answered."""
    by = stage.people.investigator
    investigation.take_up(hand_over=hand_over, by=by, join=case)
    investigation.answer_referral(
        case=case, hand_over=hand_over, outcome="linked_to_a_case", words="It is part of a case that is open.", by=by
    )


def identify(stage: Stage, case: Case, person: Person, *, by: Membership) -> Stretch:
    """Attribute the account, have it reviewed by another person, and name the subject."""
    subject = investigation.open_subject(case=case, by=by)
    identifier = Identifier.objects.get(kind="account", canonical=person.account)
    attribution = investigation.propose_attribution(
        subject=subject,
        identifier=identifier,
        evidence="The service named the subscriber for the exact time and port.",
        seen_at=moment.now() - timedelta(days=2),
        port=51820,
        by=by,
    )
    yield later(1, 9, 50)
    investigation.review_attribution(
        attribution=attribution, agrees=True, words="The time, the port and the subscriber agree.", by=stage.people.police_supervisor
    )
    yield soon(35)
    investigation.name_subject(subject=subject, name=person.name, by=by)
    investigation.record_register_check(subject=subject, on_register=person.on_register, checked_on=moment.today(), by=by)
    return subject


def answer_about_access(subject: Subject, person: Person, *, by: Membership, unknown: tuple[str, ...] = ()) -> None:
    """Answer all nine questions as far as they are known."""
    Answer = investigation.Answer
    today = moment.today()
    known: dict[str, investigation.Answer] = {
        Question.OWN_CHILDREN: Answer("yes" if person.child else "no", "Visit by local officer", today),
        Question.OTHER_CHILDREN: Answer("no", "Visit by local officer", today),
        Question.CHILDREN_ELSEWHERE: Answer("no", "Answer of social care", today),
        Question.FRIENDS_CHILDREN: Answer("no", "Interview", today),
        Question.POSITION_OF_TRUST: Answer("yes" if person.trust else "no", "Register of the club", today),
        Question.CONDITIONS: Answer("no", "Court record", today),
        Question.ONLINE_CONTACT: Answer("yes" if person.contact_abuse == "yes" else "no", "Linked reports", today),
        Question.PREVIOUS: Answer("no", "Police record check", today),
        Question.NOTIFICATION: Answer(person.on_register, "Police record check", today),
    }
    answers = {question: Answer("not_yet_known") if question in unknown else answer for question, answer in known.items()}
    investigation.record_access_answers(subject=subject, answers=answers, by=by)


def assess_access(stage: Stage, subject: Subject, person: Person, *, by: Membership) -> Stretch:
    """The finding, the referral that it obliges, and another person's review."""
    if person.child:
        investigation.note_child_within_reach(subject=subject, details=person.child, how=Question.OWN_CHILDREN, age=person.child_age, by=by)
    found = bool(person.child) or person.contact_abuse == "yes"
    investigation.record_access_to_children(
        subject=subject,
        finding="found" if found else "not_found",
        rationale="A child lives in the household." if person.child else "No child was found in the household, the family or at work.",
        band="high" if found else "medium",
        review_asked_of=stage.people.police_supervisor,
        send=found,
        by=by,
    )
    yield soon(95)
    investigation.review_access(
        assessment=subject.access_assessments.get(superseded_at=None),
        agrees=True,
        words="The sources bear the finding.",
        by=stage.people.police_supervisor,
    )


def referral_of(subject: Subject) -> HandOver | None:
    """The referral to social care that the subject's case sent."""
    return HandOver.objects.filter(source=subject.case.record, purpose=REFERRAL_TO_SOCIAL_CARE.code).exclude(state="withdrawn").first()


def take_up_child(stage: Stage, hand_over: HandOver, *, outcome: str = "strategy_discussion_now", answered: bool = True) -> ChildCase:
    """The front door takes the referral up and decides it; the referrer is told in the same act, or not."""
    child_case = safeguarding.take_up(
        hand_over=hand_over,
        by=stage.people.front_door,
        owner=stage.people.social_worker,
        manager=stage.people.team_manager,
        is_another_child=True,
    )
    safeguarding.decide(
        child_case=child_case,
        outcome=outcome,
        reason="The person reported lives with the child, so the child’s safety is looked at now."
        if outcome == "strategy_discussion_now"
        else "The family is asked what help they want.",
        answer="We have decided and begun; the social worker named on the case will speak with you." if answered else "",
        by=stage.people.team_manager,
    )
    return child_case


def enquire(stage: Stage, child_case: ChildCase) -> Stretch:
    """Strategy discussion, and the section 47 enquiry that it begins."""
    worker = stage.people.social_worker
    step(child_case, "strategy_discussion", "joint_enquiry", by=stage.people.team_manager, note="Held by telephone with police and health.")
    yield later(1, 15, 30)
    safeguarding.record_seen(
        child_case=child_case,
        happened_on=moment.today(),
        view="Wants things at home to stay as they are, and to go on seeing friends.",
        by=worker,
    )
    step(child_case, "section_47_enquiry", "", by=worker)


def confer(stage: Stage, child_case: ChildCase, *, days_to_conference: int = 9) -> Stretch:
    """The enquiry ends, the conference makes a plan, the core group meets."""
    yield later(days_to_conference - 2, 16, 10)
    step(child_case, "section_47_enquiry", "conference", by=stage.people.social_worker)
    yield later(2, 11, 30)
    step(child_case, "initial_child_protection_conference", "plan_sexual_abuse", by=stage.people.chair)
    step(child_case, "child_protection_plan", "", by=stage.people.social_worker)
    yield later(7, 10, 0)
    step(child_case, "first_core_group", "", by=stage.people.social_worker)


def step(child_case: ChildCase, code: str, outcome: str, *, by: Membership, note: str = "") -> None:
    safeguarding.record_step(child_case=child_case, step=code, outcome=outcome, happened_on=moment.today(), note=note, by=by)


def answer_hotline(case: Case, hand_over: HandOver, *, by: Membership) -> None:
    investigation.answer_referral(
        case=case,
        hand_over=hand_over,
        outcome="case_opened",
        words="A case is open; the children whom the person could reach are assessed.",
        by=by,
    )


def close_case(case: Case, subject: Subject, person: Person, *, by: Membership) -> Stretch:
    """Contact abuse asked about, the case closed through the gate."""
    investigation.record_contact_abuse(
        subject=subject,
        asked=True,
        found=person.contact_abuse,
        source="digital" if person.contact_abuse == "yes" else "official_record",
        source_date=moment.today(),
        by=by,
    )
    yield later(1, 14, 20)
    investigation.close_case(case=case, reason="The enquiry is finished; every referral was answered.", by=by)


def return_it(hand_over: HandOver, *, words: str, by: Membership, reason: str = "more_needed") -> None:
    handover.give_back(hand_over=hand_over, reason=reason, words=words, by=by)
