"""The gate: what stands between a case and its end. Every ending, every case (MODEL.md).

With a subject: access assessed, reviewed by another person, every obliged referral answered, every child's duty settled,
and (images) contact abuse asked about. Without one: identification steps, a supervisor who agrees, a watch on each identifier.
Or another force accepted it. The action asks here; the database checks columns and rows again (migration 0002).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import TO_ANOTHER_FORCE
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.foundation.records.queries import ancestry
from havenline.journey.investigation.models import AccessFinding, Case, Ending, Finding, Obligation, Question, Subject
from havenline.journey.investigation.queries import answers_in_force
from havenline.journey.triage.models import ChildDuty


@dataclass(frozen=True)
class Block:
    """One thing that is missing, and where it is put right. `about`: referral, assessment, review, duty, contact_abuse, steps, …"""

    about: str
    text: str
    view: str
    reference: str
    anchor: str = ""

    @property
    def url(self) -> str:
        """Only the desk has these pages; the gate is asked elsewhere too."""
        page = reverse(f"investigation:{self.view}", args=[self.reference])
        return f"{page}#{self.anchor}" if self.anchor else page


def likely_ending(case: Case) -> str:
    """The ending that the case heads for: with a subject where one stands in it, else without."""
    return Ending.SUBJECT if case.subjects.exists() else Ending.NO_SUBJECT


def what_blocks(case: Case, ending: str | None = None) -> list[Block]:
    """Everything that is missing for this ending (the likely one, if none is named); empty when the gate is open."""
    ending = ending or likely_ending(case)
    if ending == Ending.ANOTHER_FORCE:
        blocks = _another_force(case)
    elif ending == Ending.NO_SUBJECT:
        blocks = [*_no_subject(case), *_obligations(case)]
    else:
        blocks = [*_with_subject(case), *_obligations(case)]
    return [*blocks, *_unanswered_senders(case), *([] if ending == Ending.ANOTHER_FORCE else _child_duties(case))]


def _with_subject(case: Case) -> list[Block]:
    subjects = list(case.subjects.all())
    if not subjects:
        return [Block("subject", _("No subject stands in the case"), *_at_case(case, "subjects"))]
    return [block for subject in subjects for block in _subject(subject, case)]


def _subject(subject: Subject, case: Case) -> list[Block]:
    blocks = []
    named = {"subject": subject.number}
    if not subject.may_be_named:
        blocks.append(Block("attribution", _("%(subject)s has no reviewed attribution") % named, *_at_subject(subject, "attributions")))
    assessment = subject.assessment
    if assessment is None:
        blocks.append(Block("assessment", _("Access to children of %(subject)s is not assessed") % named, *_at_subject(subject, "finding")))
    elif assessment.finding == AccessFinding.NOT_YET_KNOWN:
        text = _("The finding on %(subject)s is not yet known; it obliges a referral that is answered") % named
        blocks.append(Block("referral", text, *_at_subject(subject, "finding")))
    elif not assessment.review_agrees:
        text = _("The assessment has no reviewer") if assessment.reviewed_by_id is None else _("The reviewer sent the assessment back")
        blocks.append(Block("review", text, *_at_subject(subject, "review")))
    blocks += _questions(subject, not_known_counts=assessment is None or assessment.finding != AccessFinding.CANNOT_BE_EXCLUDED)
    if case.has_images and not subject.contact_abuse_findings.exists():
        blocks.append(
            Block("contact_abuse", _("Nothing is recorded on contact abuse by %(subject)s") % named, *_at_subject(subject, "contact-abuse"))
        )
    return blocks


def _questions(subject: Subject, *, not_known_counts: bool) -> list[Block]:
    """“Cannot be excluded” takes each not yet known for a yes: it obliges the same, so these no longer block."""
    answers = answers_in_force(subject)
    blocks = []
    unasked = [question for question in Question.values if question not in answers]
    if unasked:
        text = ngettext("%(n)s question is not answered", "%(n)s questions are not answered", len(unasked)) % {"n": _counted(len(unasked))}
        blocks.append(Block("questions", text, *_at_subject(subject, f"question-{unasked[0]}")))
    not_known = [question for question, answer in answers.items() if answer.answer == Finding.NOT_YET_KNOWN]
    if not_known and not_known_counts:
        text = ngettext("%(n)s question is not yet known", "%(n)s questions are not yet known", len(not_known)) % {
            "n": _counted(len(not_known))
        }
        blocks.append(Block("questions", text, *_at_subject(subject, f"question-{not_known[0]}")))
    return blocks


def _counted(count: int) -> str:
    return {
        1: _("One"),
        2: _("Two"),
        3: _("Three"),
        4: _("Four"),
        5: _("Five"),
        6: _("Six"),
        7: _("Seven"),
        8: _("Eight"),
        9: _("Nine"),
    }.get(count, str(count))


def _obligations(case: Case) -> list[Block]:
    owed = Obligation.objects.filter(subject__case=case).select_related("hand_over__record", "hand_over__to_agency", "subject")
    return [
        Block("referral", _unmet(obligation), *_at_subject(obligation.subject, f"obligation-{obligation.pk}"))
        for obligation in owed
        if not obligation.is_met
    ]


def _unmet(obligation: Obligation) -> str:
    hand_over = obligation.hand_over
    if hand_over is None:
        return _("%(what)s: to do") % {"what": obligation.get_what_display()}
    words = {"reference": hand_over.reference, "agency": hand_over.to_agency.name, "what": hand_over.title}
    if hand_over.state == State.OWED:
        return _("%(what)s %(reference)s to %(agency)s is owed and was not sent") % words
    if hand_over.state == State.RETURNED:
        return _("%(what)s %(reference)s was returned by %(agency)s") % words
    if hand_over.state == State.WITHDRAWN:
        return _("%(what)s %(reference)s was withdrawn and not settled") % words
    return _("%(what)s %(reference)s is not answered") % words


def _no_subject(case: Case) -> list[Block]:
    blocks = []
    identified = case.subjects.exclude(identified_at=None).first()
    if identified is not None:
        text = _("%(subject)s is identified, so the case ends with a subject") % {"subject": identified.number}
        blocks.append(Block("subject", text, *_at_subject(identified, "attributions")))
    if not case.identification_steps.exists():
        blocks.append(Block("steps", _("No identification step is listed"), *_at_case(case, "steps")))
    if case.supervisor_agreed_at is None:
        blocks.append(Block("agreement", _("A supervisor has not agreed that no subject can be identified"), "no_subject", case.reference))
    return blocks


def _another_force(case: Case) -> list[Block]:
    blocks = []
    if accepted_by_another_force(case) is None:
        blocks.append(Block("transfer", _("No other force has accepted the case"), *_at_case(case, "transfer")))
    return blocks + [
        Block("referral", _unmet(obligation), *_at_subject(obligation.subject, f"obligation-{obligation.pk}"))
        for obligation in Obligation.objects.filter(subject__case=case).select_related(
            "hand_over__record", "hand_over__to_agency", "subject"
        )
        if obligation.is_ours_to_do
    ]


def accepted_by_another_force(case: Case) -> HandOver | None:
    """The transfer that another force accepted."""
    return (
        HandOver.objects.filter(source=case.record, purpose=TO_ANOTHER_FORCE.code, state__in=[State.ACCEPTED, State.ANSWERED])
        .select_related("record", "to_agency")
        .first()
    )


def _unanswered_senders(case: Case) -> list[Block]:
    """Whoever sent the referral waits for the answer."""
    waiting = HandOver.objects.filter(record__gave_rise_to__result=case.record, state=State.ACCEPTED).select_related(
        "record", "from_agency"
    )
    return [
        Block(
            "answer",
            _("%(agency)s waits for the answer to %(reference)s") % {"agency": h.from_agency.name, "reference": h.reference},
            *_at_case(case, "referrals-in"),
        )
        for h in waiting
        if h.what_for.answered_within is not None
    ]


def _child_duties(case: Case) -> list[Block]:
    """Each child of the reports that the case goes back to: a referral that was taken up, or a recorded reason against one."""
    reports = Record.objects.filter(pk__in=ancestry(case.record), kind=FileKind.REPORT)
    blocks = []
    with beyond_need_to_know():  # the duty is the hotline's, the gate is ours
        duties = list(ChildDuty.objects.filter(report__record__in=reports).select_related("report__record", "hand_over"))
    for duty in duties:
        if not is_settled(duty):
            text = _("A child in report %(report)s has no referral that was taken up, and no reason against one") % {
                "report": duty.report.reference
            }
            blocks.append(Block("duty", text, *_at_case(case, "referrals-in")))
    return list(dict.fromkeys(blocks))


def is_settled(duty: ChildDuty) -> bool:
    """A duty is settled by a reason, or by a referral that its receiver took up: the sender keeps it until then."""
    if duty.settled_at is None:
        return False
    if duty.reason_against_sealed:
        return True
    return duty.hand_over is not None and duty.hand_over.state in {State.ACCEPTED, State.ANSWERED}


def _at_case(case: Case, place: str) -> tuple[str, str, str]:
    return "case", case.reference, place


def _at_subject(subject: Subject, place: str) -> tuple[str, str, str]:
    return "subject", subject.number, place
