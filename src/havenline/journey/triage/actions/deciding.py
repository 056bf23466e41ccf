"""The decision: where the report goes, with its reason. For a minute it can be taken back; then it is carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import REFERRAL_TO_POLICE, REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.work import acting
from havenline.foundation.work import actions as background
from havenline.journey.intake import actions as intake
from havenline.journey.intake import queries as intake_queries
from havenline.journey.intake.models import Channel, Danger, Report, ReportKind, Station
from havenline.journey.triage import packages
from havenline.journey.triage.actions.children import settle_child
from havenline.journey.triage.actions.claiming import ANALYSTS, claim, end_claims, hour, locked, must_hold
from havenline.journey.triage.actions.links import answer_link
from havenline.journey.triage.actions.listing import list_what_was_graded
from havenline.journey.triage.actions.withdrawn import give_back_pending, rests_on_withdrawn
from havenline.journey.triage.errors import NotReadyToDecide, ReportChanged, TooLateToTakeBack
from havenline.journey.triage.events import decision_carried_out, decision_made, decision_taken_back
from havenline.journey.triage.hosts import CRIMINAL, at_hosts
from havenline.journey.triage.models import ChildDuty, Decision, LinkAnswer
from havenline.journey.triage.standing import doubters, standing


@dataclass(frozen=True)
class ForChild:
    """What is decided for one child: the area that it is referred to, or the reason against."""

    refer_to: Agency | None = None
    reason_against: str = ""


@transaction.atomic
def decide(
    *,
    report: Report,
    by: Membership,
    reason: str,
    could_be_read: str,
    police: Agency | None = None,
    notice_to_host: bool = False,
    close: bool = False,
    children: Mapping[int, ForChild] | None = None,
    for_one_person: Mapping[int, str] | None = None,
    answer: str = "",
    cannot_wait: bool = False,
    seen: int | None = None,
) -> Decision:
    """Decide where the report goes: police, social care for each child so settled, the hosts of what was graded, closed with an
    answer, in any combination.

    `children`: what is decided for each duty, by its key. `for_one_person`: for each item by its number, whether its link could
    have been made for one person (yes, no, unknown); what was answered before counts on. `answer`: own words to the reporter;
    empty, or where the person reported could read it, the neutral wording goes. `seen`: how many messages the page showed.
    Raises NotReadyToDecide with everything that stands open, ReportChanged, and what `must_hold` raises.
    """
    report = locked(report)
    must_hold(report, by)
    if seen is not None and report.messages.filter(from_reporter=True).count() > seen:
        raise ReportChanged(_("The reporter wrote while you decided. Read that first; what you typed is kept below."))
    for key, chosen in (children or {}).items():
        duty = report.child_duties.get(pk=key)
        if duty.hand_over_id is None and (chosen.refer_to is not None or chosen.reason_against.strip()):
            settle_child(duty=duty, by=by, refer_to=chosen.refer_to, reason_against=chosen.reason_against)
    to_care = _to_refer(report).exists()
    if notice_to_host:
        _answer_links(report, for_one_person or {}, by)
    open_reasons = _stands_open(
        report,
        decided=bool(police or to_care or notice_to_host or close),
        notice_to_host=notice_to_host,
        reason=reason,
        could_be_read=could_be_read,
        cannot_wait=cannot_wait and report.danger == Danger.NOW,
        to_police=police is not None,
    )
    if open_reasons:
        raise NotReadyToDecide(open_reasons)
    wording = _wording(report, could_be_read, answer)
    words = {Decision.Wording.OWN: answer.strip(), Decision.Wording.NEUTRAL: intake_queries.neutral_words(report)}.get(wording, "")
    key_of = report.ledger_seal()
    now = moment.now()
    decision = Decision.objects.create(
        report=report,
        by=by,
        at=now,
        police=police,
        refer_to_social_care=to_care,
        notice_to_host=notice_to_host,
        close=close,
        cannot_wait=cannot_wait,
        reason_sealed=key_of.seal("reason", reason.strip()),
        could_be_read=could_be_read,
        wording=wording,
        answer_sealed=key_of.seal("answer", words),
        takes_effect_at=now + timedelta(seconds=settings.DEPLOYMENT.seconds_to_take_back),
    )
    said = {
        "police": police and police.slug,
        "social_care": to_care,
        "host": notice_to_host,
        "close": close,
        "could_be_read": could_be_read,
        "wording": wording,
    }
    ledger.record(by, "decided", decision, reason=_in_short(decision), changed=said, words=reason.strip(), station="Read and decided")
    from havenline.journey.triage import tasks  # tasks imports these actions

    tasks.carry_out.using(run_after=decision.takes_effect_at).enqueue(decision.pk)
    decision_made.send(sender=Decision, decision=decision)
    return decision


@transaction.atomic
def take_back(*, decision: Decision, by: Membership) -> Decision:
    """Take a decision back before it is carried out: nothing has left. The report is the analyst's again. Raises TooLateToTakeBack."""
    by.must_be(*ANALYSTS)
    by.must_be_party_to(decision.report)
    report = locked(decision.report)
    decision = Decision.objects.select_related("by__person").get(pk=decision.pk)
    if decision.taken_back_at is not None:
        return decision
    if decision.carried_out_at is not None:
        raise TooLateToTakeBack(
            _("This was carried out at %(at)s. Until it is taken up, what was sent can be withdrawn from the referral, with a reason.")
            % {"at": hour(decision.carried_out_at)}
        )
    decision.taken_back_at = moment.now()
    decision.save(update_fields=["taken_back_at"])
    ledger.record(by, "took a decision back", decision)
    claim(report=report, by=by, how="took it back")
    decision_taken_back.send(sender=Decision, decision=decision, by=by)
    return decision


def send_now(*, decision: Decision, by: Membership) -> Decision:
    """Don't wait for the minute to end. Raises NotYourRole, NotPartyToRecord."""
    by.must_be(*ANALYSTS)
    by.must_be_party_to(decision.report)
    with transaction.atomic():
        Decision.objects.filter(pk=decision.pk, carried_out_at=None, taken_back_at=None).update(takes_effect_at=moment.now())
        return carry_out(decision=decision)


@transaction.atomic
def carry_out(*, decision: Decision) -> Decision:
    """Do what was decided, once: list what was graded, hand over, keep silent, answer, take the report out of the queue.

    Before its minute ended it does nothing.

    What cannot be done (nobody to receive it, a silence) stays on the decision as its problem, and on the screens of the hotline.
    """
    report = locked(decision.report)
    decision = Decision.objects.select_related("by__person", "by__agency", "police").get(pk=decision.pk)
    if not decision.is_pending or decision.takes_effect_at > moment.now():
        return decision
    by = decision.by
    if (refused := acting.why_not(by, report.record)) is not None:
        return _give_back(decision, refused)
    if not decision.cannot_wait and rests_on_withdrawn(report):
        give_back_pending(report)
        decision.refresh_from_db()
        return decision
    problems = list_what_was_graded(decision=decision)
    end_claims(report, "decided")
    _withdraw_what_goes_elsewhere(decision, report)
    if decision.police is not None:
        records.keep_silent(
            record=report.record,
            audience=Silence.Audience.SUBJECT,
            reason=_("Referred to police: nobody near the person reported is told before police say so."),
            by=by,
            actor=by,
        )
        _hand_over_to_police(decision, report)
    for duty in _to_refer(report):
        _refer(duty, decision, report)
    _answer(decision, report, problems)
    decision.carried_out_at, decision.problem = moment.now(), " ".join(problems)[:300]
    decision.save(update_fields=["carried_out_at", "problem", "answer"])
    Report.objects.filter(pk=report.pk).update(waits_since=None)
    ledger.record(CLOCK, "carried a decision out", decision, reason="with a problem" if problems else "done")
    decision_carried_out.send(sender=Decision, decision=decision)
    return decision


def _give_back(decision: Decision, why: acting.WhyNot) -> Decision:
    """Whoever decided may act on it no more: nothing leaves in their name, and the report is back in the queue."""
    decision.taken_back_at = moment.now()
    said = {"who": decision.by.short_name}
    if why == acting.WhyNot.LEFT:
        decision.problem = _("%(who)s no longer acts for the hotline, so nothing was sent. Decide it again.") % said
    else:
        decision.problem = _("%(who)s no longer sees this report, so nothing was sent. Decide it again.") % said
    decision.save(update_fields=["taken_back_at", "problem"])
    end_claims(decision.report, "left")
    ledger.record(CLOCK, "took a decision back", decision, reason="whoever decided left" if why == acting.WhyNot.LEFT else "not party")
    background.refuse(task=_("A decision of triage"), by=decision.by, record=decision.report.record, why=why)
    return decision


def _wording(report: Report, could_be_read: str, answer: str) -> Decision.Wording:
    audience = Silence.Audience.HOST if report.channel == Channel.PLATFORM else Silence.Audience.REPORTER
    try:
        records.must_not_be_silent(report.record, audience)
    except records.Silenced:
        return Decision.Wording.NONE
    return Decision.Wording.OWN if could_be_read == Decision.CouldBeRead.NO and answer.strip() else Decision.Wording.NEUTRAL


def _answer_links(report: Report, answers: Mapping[int, str], by: Membership) -> None:
    for one in at_hosts(report):
        given = answers.get(one.item.number, "")
        if given in LinkAnswer.ForOnePerson.values and (one.answer is None or one.answer.answer != given):
            answer_link(item=one.item, answer=given, by=by)


def _stands_open(
    report: Report, *, decided: bool, notice_to_host: bool, reason: str, could_be_read: str, cannot_wait: bool, to_police: bool
) -> list[tuple[str, str]]:
    """Everything that must be settled before a decision, each with the part of the page that settles it."""
    reasons: list[tuple[str, str]] = []
    if not cannot_wait:
        for item in report.items.all():
            if standing(item) is not None:
                continue
            if doubters(item):
                reasons.append((_("Item %(n)s waits for a second person’s grade.") % {"n": item.number}, f"item-{item.number}"))
            else:
                reasons.append((_("Grade item %(n)s.") % {"n": item.number}, f"item-{item.number}"))
    if to_police and not cannot_wait:
        reasons += _likeness_alone(report)
    for duty in report.child_duties.filter(settled_at=None):
        reasons.append((_("Choose a referral for “%(child)s”, or say why there is none.") % {"child": duty.label}, f"child-{duty.pk}"))
    if notice_to_host:
        reasons += _open_towards_hosts(report)
    if not decided:
        reasons.append((_("Choose where the report goes: police, social care, its host, or closed with an answer."), "decision"))
    if not reason.strip():
        reasons.append((_("Give the reason for your decision."), "reason"))
    if could_be_read not in Decision.CouldBeRead.values:
        reasons.append((_("Answer whether the person reported could read the answer."), "could_be_read"))
    return reasons


def _likeness_alone(report: Report) -> list[tuple[str, str]]:
    """A referral to police that would rest on nothing but items accepted unseen: a likeness starts no act against a person.

    What somebody told of a contact, a conversation or a child stands by itself.
    """
    if report.kind not in {ReportKind.WEB_PAGE, ReportKind.OTHER} or report.child_duties.exists():
        return []
    criminal = [(item, found) for item in report.items.all() if (found := standing(item)) is not None and found.grade in CRIMINAL]
    if not criminal or any(found.was_seen for _item, found in criminal):
        return []
    number = criminal[0][0].number
    words = _("Item %(n)s was accepted unseen, for its likeness. Look at it and grade it: a likeness alone starts no act against a person.")
    return [(words % {"n": number}, f"item-{number}")]


def _open_towards_hosts(report: Report) -> list[tuple[str, str]]:
    found = at_hosts(report)
    if not found:
        return [(_("There is nothing to ask a host: no item with a web address is graded A, B or C."), "notice")]
    question = _("Answer whether the link of item %(n)s could have been made for one person.")
    return [(question % {"n": one.item.number}, f"link-{one.item.number}") for one in found if one.answer is None]


def _in_short(decision: Decision) -> str:
    parts = [
        "police" if decision.police_id else "",
        "social_care" if decision.refer_to_social_care else "",
        "host" if decision.notice_to_host else "",
        "close" if decision.close else "",
    ]
    return "+".join(part for part in parts if part)


def _hand_over_to_police(decision: Decision, report: Report) -> None:
    assert decision.police is not None  # noqa: S101  (the caller looked)
    package = packages.to_police(report, reason=decision.reason, decided_by=decision.by, assessed=not decision.cannot_wait)
    # A returned referral is sent again; whatever is decided later than one that was taken up is a referral of its own.
    returned = HandOver.objects.filter(
        source=report.record, purpose=REFERRAL_TO_POLICE.code, to_agency=decision.police, state__in=(State.OWED, State.RETURNED)
    ).first()
    owed = returned or handover.owe(
        source=report.record,
        purpose=REFERRAL_TO_POLICE,
        obligation=f"decision {decision.pk}",
        from_agency=decision.by.agency,
        to_agency=decision.police,
        package=package,
        by=decision.by,
        urgent=report.danger == Danger.NOW,
    )
    handover.send(hand_over=owed, by=decision.by, package=package)


def _withdraw_what_goes_elsewhere(decision: Decision, report: Report) -> None:
    """What came back and is not sent to the same agency again ends here, with the reason: else it would wait at the desk for ever."""
    for returned in HandOver.objects.filter(source=report.record, from_agency=decision.by.agency, state=State.RETURNED):
        if returned.purpose == REFERRAL_TO_POLICE.code:
            again = returned.to_agency_id == decision.police_id
        else:
            duties = report.child_duties.filter(refer_to=returned.to_agency_id)
            again = returned.obligation in {_obligation(duty) for duty in duties}
        if not again:
            handover.withdraw(hand_over=returned, words=decision.reason, by=decision.by)


def _obligation(duty: ChildDuty) -> str:
    return f"child duty {duty.pk}"


def _to_refer(report: Report) -> QuerySet[ChildDuty]:
    """Children to be referred: not yet, or returned by social care and decided again."""
    unsent = Q(hand_over=None) | Q(hand_over__state=State.RETURNED)
    return report.child_duties.filter(unsent, refer_to__isnull=False).select_related("refer_to", "hand_over", "report__record")


def _refer(duty: ChildDuty, decision: Decision, report: Report) -> None:
    assert duty.refer_to is not None  # noqa: S101  (the caller looked)
    urgent = report.danger == "now"
    package = packages.to_social_care(duty, report, why=decision.reason, decided_by=decision.by, urgent=urgent)
    owed = handover.owe(
        source=report.record,
        purpose=REFERRAL_TO_SOCIAL_CARE,
        obligation=_obligation(duty),
        from_agency=decision.by.agency,
        to_agency=duty.refer_to,
        package=package,
        by=decision.by,
        urgent=urgent,
    )
    if owed.state in (State.OWED, State.RETURNED):
        handover.send(hand_over=owed, by=decision.by, package=package)
    duty.hand_over = owed
    duty.save(update_fields=["hand_over"])


def _answer(decision: Decision, report: Report, problems: list[str]) -> None:
    words = decision.answer_words
    if not words:
        return
    try:
        with transaction.atomic():
            decision.answer = intake.write_to_reporter(report=report, words=words, by=decision.by)
            if decision.could_be_read == Decision.CouldBeRead.NO and report.channel != Channel.PLATFORM:
                station = Station.POLICE_TOLD if decision.police_id else Station.CLOSED if decision.close else Station.READ
                intake.release_station(report=report, station=station, by=decision.by)
    except (records.Silenced, IntegrityError) as refused:
        problems.append(str(refused))
