"""Whoever referred, as a page names them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from havenline.foundation.handover.models import HandOver
from havenline.journey.safeguarding.models import ChildCase, ToldReferral


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
