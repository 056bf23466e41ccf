"""Danger now that nobody claims: raised, unassessed, to the on-call analyst and the police control room, at any hour."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import DANGER_NOW
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.post import actions as post
from havenline.journey.intake.models import Danger, Report
from havenline.journey.triage import packages
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.events import alarm_raised
from havenline.journey.triage.models import Alarm, Claim
from havenline.journey.triage.queries import on_call_now


def raise_alarms() -> list[Alarm]:
    """Raise every report in danger that waits unclaimed for longer than our policy allows; once for each group alike."""
    since = moment.now() - timedelta(minutes=settings.DEPLOYMENT.minutes_unclaimed)
    held = Claim.objects.filter(report=OuterRef("pk"), ended_at=None, until__gt=moment.now())
    in_danger = Report.objects.filter(
        ~Exists(held), danger=Danger.NOW, waits_since__lte=since, opened_at__isnull=False, alarm=None, record__erased_at=None
    )
    raised = []
    for report in in_danger.select_related("record__agency").order_by("waits_since"):
        if report.group and Alarm.objects.filter(group=report.group, confirmed_at=None).exists():
            continue
        try:
            raised.append(_raise(report))
        except IntegrityError:
            continue  # another worker raised it at the same moment
    return raised


@transaction.atomic
def _raise(report: Report) -> Alarm:
    on_call = on_call_now(report.record.agency)
    problems = [] if on_call else [_("Nobody is on call at the hotline.")]
    answers = report.answers()
    police = serving(AgencyKind.POLICE, str(answers["child"]["town"]))
    alarm = Alarm.objects.create(report=report, group=report.group, at=moment.now(), on_call=on_call)
    if on_call is not None:
        post.message_waits(receiver=on_call, by=CLOCK)
    if police is None:
        problems.append(_("No police are set up here."))
    else:
        owed = handover.owe(
            source=report.record,
            purpose=DANGER_NOW,
            obligation="danger now",
            from_agency=report.record.agency,
            to_agency=police,
            package=packages.to_police(report, reason=_("Danger now, and nobody has read it yet."), decided_by=None, assessed=False),
            by=CLOCK,
            urgent=True,
        )
        alarm.hand_over = handover.send(hand_over=owed) if owed.state == State.OWED else owed
        if alarm.hand_over.problem:
            problems.append(alarm.hand_over.problem)
    alarm.problem = " ".join(problems)[:200]
    alarm.save(update_fields=["hand_over", "problem"])
    ledger.record(
        CLOCK,
        "raised an alarm, unassessed",
        alarm,
        reason="reached nobody" if problems else "reached",
        to=police.slug if police else "",
        station="Alarm raised",
    )
    alarm_raised.send(sender=Alarm, alarm=alarm)
    return alarm


@transaction.atomic
def confirm_alarm(*, alarm: Alarm, by: Membership) -> Alarm:
    """A person says that they have it. Confirming it again changes nothing."""
    by.must_be(*ANALYSTS)
    by.must_be_party_to(alarm.report)
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if alarm.confirmed_at is None:
        alarm.confirmed_at, alarm.confirmed_by = moment.now(), by
        alarm.save(update_fields=["confirmed_at", "confirmed_by"])
        ledger.record(by, "confirmed an alarm", alarm)
    return alarm


@transaction.atomic
def confirm_accepted(*, hand_over: HandOver, by: Membership) -> None:
    """The control room took the alarm up: a person has it. A hand-over that is no alarm changes nothing."""
    for alarm in Alarm.objects.filter(hand_over=hand_over, confirmed_at=None):
        alarm.confirmed_at, alarm.confirmed_by = moment.now(), by
        alarm.save(update_fields=["confirmed_at", "confirmed_by"])
        ledger.record(by, "confirmed an alarm", alarm, reason="taken up by police")
