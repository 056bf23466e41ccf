"""A place in the diary is taken only if it is free, by one at a time."""

from datetime import date, time

from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.actions.refusals import PlaceNotFree
from havenline.journey.safeguarding.models import ChildCase, ConferenceRoom
from havenline.journey.safeguarding.queries import diary


def must_be_free(
    child_case: ChildCase,
    *,
    step: str,
    on: date,
    begins: time,
    minutes: int,
    room: ConferenceRoom | None,
    chair: Membership | None,
    by: Membership,
) -> None:
    """Called inside a booking, which may move the one that stands for the same step. The room, the chair and whoever holds the case are
    locked, in this order: of two people who book at once the second is told. Raises PlaceNotFree.
    """
    if child_case.record.agency_id != by.agency_id:
        raise PlaceNotFree(_("Rooms and chairs are booked by the area that holds the case."))
    if room is not None and not ConferenceRoom.objects.select_for_update(no_key=True).filter(
        pk=room.pk, agency_id=by.agency_id, given_up_at=None
    ):
        raise PlaceNotFree(_("This room is not offered any more. Choose another."))
    there = {one.pk for one in (chair, child_case.record.owner) if one is not None}
    list(Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=there).order_by("pk"))
    if chair is not None and chair not in diary.chairs_of(by.agency):
        raise PlaceNotFree(_("%(who)s does not chair conferences here any more. Choose another.") % {"who": chair.short_name})
    told = diary.why_not_free(child_case, step=step, on=on, begins=begins, minutes=minutes, room=room, chair=chair, by=by)
    if told:
        raise PlaceNotFree(told)
