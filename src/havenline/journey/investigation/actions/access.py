"""Which children can this person reach? Answers, finding, review, and what they oblige in the same action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.journey.investigation.actions.errors import (
    AlreadyDone,
    ChangedMeanwhile,
    FindingContradictsAnswers,
    NobodyToRefer,
    SourceMissing,
)
from havenline.journey.investigation.actions.obligations import (
    must_be_identified,
    owe,
    owe_for_children,
    owe_for_finding,
    owe_review_and_enquiry,
    seal_child,
    send_obliged,
)
from havenline.journey.investigation.actions.rights import another_person, needs_words, open_subject_of
from havenline.journey.investigation.events import access_assessed
from havenline.journey.investigation.models import (
    ACCESS_QUESTIONS,
    AccessAnswer,
    AccessAssessment,
    AccessFinding,
    Case,
    ChildWithinReach,
    Finding,
    Obliged,
    Question,
    Subject,
)
from havenline.journey.investigation.policies import ACCESS_ASSESSED, ACCESS_REVIEWED, NOT_YET_KNOWN, about
from havenline.journey.investigation.queries import answers_in_force


@dataclass(frozen=True)
class Answer:
    """What a person answers to one question. A known answer has a source and a date."""

    answer: str
    source: str = ""
    source_date: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Call:
    """An urgent referral was telephoned: when, and who answered."""

    at: datetime
    name: str


@transaction.atomic
def record_access_answers(
    *, subject: Subject, answers: Mapping[str, Answer], by: Membership, seen: int | None = None
) -> list[AccessAnswer]:
    """Record what changed; an answer that stands already is not written again. `seen`: the newest answer that the person had before them.

    “Not yet known” starts its clock (our policy: 5 working days), an answer stops it. Yes to a question about access
    owes the referral of each child known. Yes to a position of trust owes telling the designated officer (LADO).
    Raises ChangedMeanwhile, SourceMissing.
    """
    subject = open_subject_of(subject, by)
    before = answers_in_force(subject)
    recorded = []
    for question, given in answers.items():
        was = before.get(question)
        if was is not None and _same(was, given):
            continue
        if was is not None and seen is not None and was.pk > seen:
            raise ChangedMeanwhile(
                _("%(person)s answered “%(question)s” since you opened this page. Nothing was saved; look at it again.")
                % {"person": was.by.short_name, "question": Question(question).label}
            )
        if given.answer != Finding.NOT_YET_KNOWN and (not given.source.strip() or given.source_date is None):
            raise SourceMissing(_("Enter the source of “%(question)s”, and its date.") % {"question": Question(question).label})
        if given.source_date is not None and given.source_date > moment.today():
            raise SourceMissing(_("Enter a date for “%(question)s” that is today or earlier.") % {"question": Question(question).label})
        recorded.append(_record_answer(subject, question, given, was, by))
    return recorded


def _record_answer(subject: Subject, question: str, given: Answer, was: AccessAnswer | None, by: Membership) -> AccessAnswer:
    record = subject.case.record
    answer = AccessAnswer.objects.create(
        subject=subject,
        question=question,
        answer=given.answer,
        source=given.source.strip(),
        source_date=given.source_date,
        note_sealed=record.ledger_seal().seal("access note", given.note.strip()) if given.note.strip() else None,
        by=by,
        at=moment.now(),
    )
    said = {
        "question": question,
        "answer": given.answer,
        "source": given.source,
        "date": given.source_date and given.source_date.isoformat(),
    }
    ledger.record(by, "answered a question about access", answer, reason=question, changed=said, words=given.note.strip())
    on = f"{subject.number} {question}"
    if given.answer == Finding.NOT_YET_KNOWN:
        rule = about(NOT_YET_KNOWN, _("Find out: %(question)s") % {"question": Question(question).label})
        clocks.start(record=record, rule=rule, agency=record.agency, owner=record.owner, about=on, by=by)
    else:
        clocks.stop(record=record, rule=NOT_YET_KNOWN.code, about=on, by=by)
    if given.answer == Finding.YES:
        if question in ACCESS_QUESTIONS:
            owe_for_children(subject, cause=f"yes {question}", why=_("Yes: %(question)s") % {"question": Question(question).label}, by=by)
        if question == Question.POSITION_OF_TRUST and (was is None or was.answer != Finding.YES):
            cause = f"yes {question}"
            owe(subject, Obliged.TELL_LADO, key=f"{cause} {answer.pk}", cause=cause, why=_("A position of trust was found."), by=by)
    return answer


@transaction.atomic
def record_access_to_children(
    *,
    subject: Subject,
    finding: str,
    rationale: str,
    by: Membership,
    band: str = "",
    review_asked_of: Membership | None = None,
    replaces: int | None = None,
    send: bool = False,
    call: Call | None = None,
) -> AccessAssessment:
    """Record which children the subject can reach, and owe the referral that this obliges.

    `send` sends it too, as urgent where there was a call.

    `replaces`: the assessment that the person had before them. The band is a trained person's; Havenline works out none.
    Raises RationaleMissing, FindingContradictsAnswers, ChangedMeanwhile, NotIdentified (only when sending).
    """
    subject = open_subject_of(subject, by)
    rationale = needs_words(rationale, _("Say what the finding rests on."))
    answers = answers_in_force(subject)
    _must_agree(finding, answers)
    before = subject.assessment
    if (
        before is not None
        and before.assessed_by_id == by.pk
        and (before.finding, before.band, before.rationale) == (finding, band, rationale)
    ):
        assessment = before  # the same button pressed twice
    else:
        if before is not None and replaces is not None and before.pk != replaces:
            raise ChangedMeanwhile(
                _("%(person)s assessed this since you opened the page. Nothing was saved; look at it again.")
                % {"person": before.assessed_by.short_name}
            )
        assessment = _assess(subject, before, finding, rationale, band, review_asked_of, by)
    if assessment.obliges_referral:
        owe_for_finding(subject, cause="finding", why=f"{assessment.get_finding_display()}: {rationale}", by=by)
    if send:
        must_be_identified(subject)
        for obligation in subject.obligations.filter(what__in=[Obliged.REFER_CHILD, Obliged.ENQUIRE]).select_related("hand_over"):
            if obligation.is_ours_to_do:
                send_obliged(
                    obligation=obligation,
                    by=by,
                    urgent=call is not None,
                    called_at=call.at if call else None,
                    called_name=call.name if call else "",
                )
    return assessment


def _assess(
    subject: Subject,
    before: AccessAssessment | None,
    finding: str,
    rationale: str,
    band: str,
    review_asked_of: Membership | None,
    by: Membership,
) -> AccessAssessment:
    record = subject.case.record
    if review_asked_of is not None:
        review_asked_of.must_be_party_to(record)
        another_person(review_asked_of, by)
    if before is not None:
        before.superseded_at = moment.now()
        before.save(update_fields=["superseded_at"])
    assessment = AccessAssessment.objects.create(
        subject=subject,
        finding=finding,
        rationale_sealed=record.ledger_seal().seal("rationale", rationale),
        band=band,
        assessed_by=by,
        at=moment.now(),
        review_asked_of=review_asked_of,
    )
    ledger.record(
        by,
        "assessed access to children",
        assessment,
        reason=finding,
        changed={"finding": finding, "band": band},
        words=rationale,
        station="Access to children assessed",
    )
    on = f"{subject.number} finding"
    if finding == AccessFinding.NOT_YET_KNOWN:
        clocks.start(record=record, rule=NOT_YET_KNOWN, agency=record.agency, owner=record.owner, about=on, by=by)
    else:
        clocks.stop(record=record, rule=NOT_YET_KNOWN.code, about=on, by=by)
        clocks.stop(record=record, rule=ACCESS_ASSESSED.code, about=subject.number, by=by)
    clocks.void(record=record, rule=ACCESS_REVIEWED.code, about=subject.number, reason=_("assessed again"), by=by)
    clocks.start(record=record, rule=ACCESS_REVIEWED, agency=record.agency, owner=review_asked_of, about=subject.number, by=by)
    access_assessed.send(sender=AccessAssessment, assessment=assessment)
    return assessment


@transaction.atomic
def review_access(*, assessment: AccessAssessment, agrees: bool, words: str, by: Membership) -> AccessAssessment:
    """Another person agrees, or sends it back with a reason. Raises AnotherPersonNeeded, AlreadyDone, RationaleMissing."""
    subject = open_subject_of(assessment.subject, by)
    assessment = AccessAssessment.objects.select_related("assessed_by", "reviewed_by__person").get(pk=assessment.pk)
    another_person(by, assessment.assessed_by)
    if assessment.superseded_at is not None:
        raise ChangedMeanwhile(_("This assessment was replaced by a later one. Review that one."))
    if assessment.reviewed_by is not None:
        raise AlreadyDone(_("%(person)s reviewed this already.") % {"person": assessment.reviewed_by.short_name})
    if not agrees:
        words = needs_words(words, _("Say what must be looked at again."))
    assessment.subject = subject
    assessment.reviewed_by, assessment.reviewed_at, assessment.review_agrees = by, moment.now(), agrees
    if words.strip():
        assessment.review_sealed = subject.case.record.ledger_seal().seal("review", words.strip())
    assessment.save(update_fields=["reviewed_by", "reviewed_at", "review_agrees", "review_sealed"])
    verb = "reviewed the assessment of access" if agrees else "sent the assessment of access back"
    ledger.record(by, verb, assessment, reason="agrees" if agrees else "look again", words=words.strip())
    clocks.stop(record=subject.case.record, rule=ACCESS_REVIEWED.code, about=subject.number, by=by)
    return assessment


@transaction.atomic
def note_child_within_reach(
    *, subject: Subject, details: Mapping[str, str], how: str, by: Membership, age: int | None = None
) -> ChildWithinReach:
    """Note a child, a household or an address that the subject can reach.

    Where access stands found or not excluded, its referral is owed at once. The same child noted twice is one child. Raises NobodyToRefer.
    """
    subject = open_subject_of(subject, by)
    whole = {part: details.get(part, "").strip() for part in ("name", "relation", "town", "school", "household", "address")}
    if not (whole["name"] or whole["household"] or whole["address"]):
        raise NobodyToRefer(_("Enter a name, a household or an address: a referral is never empty."))
    for listed in subject.reachable.all():
        if listed.details == whole and listed.age == age:
            return listed
    child = seal_child(subject, whole, age=age, how=how, by=by)
    ledger.record(by, "noted a child within reach", child, reason=how, changed={**whole, "age": age})
    answered_yes = [q for q, a in answers_in_force(subject).items() if a.answer == Finding.YES and q in ACCESS_QUESTIONS]
    assessment = subject.assessment
    if assessment is not None and assessment.obliges_referral:
        owe_for_children(subject, cause="finding", why=f"{assessment.get_finding_display()}: {assessment.rationale}", by=by)
    elif answered_yes:
        why = _("Yes: %(question)s") % {"question": Question(answered_yes[0]).label}
        owe_for_children(subject, cause=f"yes {answered_yes[0]}", why=why, by=by)
    return child


@transaction.atomic
def owe_for_overdue(*, clock: Clock) -> bool:
    """“Not yet known” for more than 5 working days counts as a reason to refer (our policy): the owner owes it, and a person sends it.

    Each child known is referred; where each of them is referred already, or none is known, an enquiry is owed, and where
    none is known a supervisor's review too. Run twice it owes nothing twice. Returns whether something new is owed.
    """
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("record__agency", "record__owner").filter(record=clock.record).first()
    )
    if case is None or not case.is_open or not clock.is_running or clock.due_at >= moment.now():
        return False
    number, _space, question = clock.about.partition(" ")
    cause = f"overdue {question}"
    subject = case.subjects.filter(number=number).first()
    if subject is None or subject.obligations.filter(cause=cause).exists():
        return False
    if question in Question.values and question not in ACCESS_QUESTIONS:
        return False  # it weighs, but is no access by itself: its clock is late and stays so
    subject.case = case
    before = subject.obligations.count()
    label = Question(question).label if question in Question.values else _("the overall finding")
    why = _("Not yet known for more than 5 working days (our policy): %(question)s") % {"question": label}
    if owe_for_children(subject, cause=cause, why=why, by=CLOCK):
        return True
    if subject.reachable.exists():
        owe(subject, Obliged.ENQUIRE, key=cause, cause=cause, why=why, by=CLOCK)
    else:
        owe_review_and_enquiry(subject, cause=cause, why=why, by=CLOCK)
    return bool(subject.obligations.count() > before)


def _same(was: AccessAnswer, given: Answer) -> bool:
    return (was.answer, was.source, was.source_date, was.note) == (
        given.answer,
        given.source.strip(),
        given.source_date,
        given.note.strip(),
    )


def _must_agree(finding: str, answers: Mapping[str, AccessAnswer]) -> None:
    """“No access found” stands only on a no to every question about access. Raises FindingContradictsAnswers."""
    if finding != AccessFinding.NOT_FOUND:
        return
    for question in ACCESS_QUESTIONS:
        answer = answers.get(question)
        if answer is None or answer.answer != Finding.NO:
            said = answer.get_answer_display() if answer else _("not asked yet")
            raise FindingContradictsAnswers(
                _("“No access found” needs a No to every question about access. “%(question)s” is: %(said)s.")
                % {"question": question.label, "said": said}
            )
