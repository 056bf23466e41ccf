"""Whoever referred, as a page names them."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import MAY_SEE, FileKind
from havenline.foundation.records.models import Silence
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import ChildCase, ToldReferral
from havenline.journey.safeguarding.models.invitation import MUST_NOT_LEARN

Source = ToldReferral.Source
_REFERRED_AS = {Source.POLICE: "police", Source.HEALTH: "health", Source.ANOTHER_AREA: "social_care"}


@dataclass(frozen=True)
class Told:
    """Whoever referred, in the words of a page. `anonymous`: no name was left."""

    name: str
    how: str = ""
    recorded_by: str = ""


def referrer_of(child_case: ChildCase) -> Told:
    """Whoever referred this case; of one that came with a census nobody is held."""
    return told_by(child_case.referral) if child_case.referral else Told(_("Census"))


def told_by(hand_over: HandOver) -> Told:
    """An agency by its name; somebody without an account by what they are and how they told it."""
    if not hand_over.from_outside:
        return Told(hand_over.from_agency.name)
    told = ToldReferral.objects.filter(hand_over=hand_over).select_related("recorded_by__person").first()
    if told is None:
        return Told(hand_over.from_agency.name)
    return Told(told.get_source_display(), told.get_channel_display().lower(), told.recorded_by.short_name)


def must_not_learn(child_case: ChildCase, agency: str) -> tuple[str, ...]:
    """Silences under which an agency, as papers name it, must not learn of this case: a health visitor who referred is the reporter."""
    found = MUST_NOT_LEARN.get(agency, ())
    sources = [source for source, of in _REFERRED_AS.items() if of == agency]
    if ToldReferral.objects.filter(hand_over=child_case.referral_id, source__in=sources).exists():
        return (*found, Silence.Audience.REPORTER)
    return found


def told_together(child_case: ChildCase, *, by: Membership) -> list[ChildCase]:
    """Other children's cases of the same telling that are decided and not answered: whoever referred hears of all of them at once."""
    told = ToldReferral.objects.filter(hand_over=child_case.referral_id).first()
    if told is None:
        return []
    found: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(
        referral__told__submission=told.submission, referral__state=State.ACCEPTED
    )
    others = (
        found.exclude(pk=child_case.pk).select_related("record", "child", "referral__from_agency").order_by("referral__told__number", "pk")
    )
    return [one for one in others if any(event.step == path.DECISION and event.outcome for event in path.standing_events(one))]


def is_read_by_somebody(hand_over: HandOver) -> bool:
    """Whether somebody acts for the sender now who can read an answer here."""
    roles = [role for role, kinds in MAY_SEE.items() if FileKind.HAND_OVER in kinds]
    return Membership.objects.current().filter(agency=hand_over.from_agency_id, role__in=roles).exists()
