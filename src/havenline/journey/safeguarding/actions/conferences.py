"""What the conference service changes: rooms, hours, when chairs are there and who is away, and what a case needs of a room."""

from collections.abc import Collection
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding.actions.refusals import SettingNotPossible
from havenline.journey.safeguarding.models import Away, ChairsWeek, ChildCase, ConferenceNeed, ConferenceRoom, Sitting

SERVICE = (Role.CONFERENCE_CHAIR, Role.TEAM_MANAGER)
LONGEST_AWAY = 366  # days


@transaction.atomic
def add_room(*, name: str, places: int, accessible: bool, by: Membership) -> ConferenceRoom:
    """Raises SettingNotPossible, NotYourRole."""
    by.must_be(*SERVICE)
    name = name.strip()
    if not name or places < 1:
        raise SettingNotPossible(_("Enter the room’s name, and how many people fit into it."))
    if ConferenceRoom.objects.filter(agency_id=by.agency_id, name=name, given_up_at=None).exists():
        raise SettingNotPossible(_("There is a room of that name. Give this one another name."))
    room = ConferenceRoom.objects.create(agency_id=by.agency_id, name=name, places=places, accessible=accessible)
    ledger.record(by, "added a conference room", room, changed={"places": places, "accessible": accessible})
    return room


@transaction.atomic
def give_up_room(*, room: ConferenceRoom, by: Membership) -> None:
    """It is no longer offered. What is booked in it stays, to be moved by a person. Raises SettingNotPossible, NotYourRole."""
    by.must_be(*SERVICE)
    mine = ConferenceRoom.objects.filter(pk=room.pk, agency_id=by.agency_id, given_up_at=None)
    if not mine.update(given_up_at=moment.now()):
        raise SettingNotPossible(_("This room was given up already."))
    ledger.record(by, "gave up a conference room", room)


@transaction.atomic
def take_room_back(*, room: ConferenceRoom, by: Membership) -> None:
    """It is offered again. Raises SettingNotPossible, NotYourRole."""
    by.must_be(*SERVICE)
    if ConferenceRoom.objects.filter(agency_id=by.agency_id, name=room.name, given_up_at=None).exists():
        raise SettingNotPossible(_("There is a room of that name by now. Give that one up first."))
    if not ConferenceRoom.objects.filter(pk=room.pk, agency_id=by.agency_id).exclude(given_up_at=None).update(given_up_at=None):
        raise SettingNotPossible(_("This room is offered already."))
    ledger.record(by, "took a conference room back", room)


@transaction.atomic
def add_sitting(*, begins: time, ends: time, by: Membership) -> Sitting:
    """A part of each working day for one conference. The first that is entered takes the place of the usual ones.

    Raises SettingNotPossible, NotYourRole.
    """
    by.must_be(*SERVICE)
    if ends <= begins:
        raise SettingNotPossible(_("Enter an end that is after the beginning."))
    if Sitting.objects.filter(agency_id=by.agency_id, begins__lt=ends, ends__gt=begins).exists():
        raise SettingNotPossible(_("It overlaps another sitting. Sittings stand one after the other."))
    sitting = Sitting.objects.create(agency_id=by.agency_id, begins=begins, ends=ends)
    ledger.record(by, "added a sitting", sitting, changed={"begins": begins, "ends": ends})
    return sitting


@transaction.atomic
def remove_sitting(*, sitting: Sitting, by: Membership) -> None:
    """What is booked in it stays. Raises SettingNotPossible, NotYourRole."""
    by.must_be(*SERVICE)
    about = sitting.ledger_object
    if not Sitting.objects.filter(pk=sitting.pk, agency_id=by.agency_id).delete()[0]:
        raise SettingNotPossible(_("This sitting was removed already."))
    ledger.record(by, "removed a sitting", about)


@transaction.atomic
def set_chairs_week(*, chair: Membership, weekdays: Collection[int], most_a_day: int, by: Membership) -> ChairsWeek:
    """On which days of the week (0 is Monday) a chair leads conferences. Raises SettingNotPossible, NotYourRole."""
    by.must_be(*SERVICE)
    if chair.agency_id != by.agency_id or chair.role != Role.CONFERENCE_CHAIR:
        raise SettingNotPossible(_("Choose a conference chair of your own agency."))
    if not 1 <= most_a_day <= 8 or not set(weekdays) <= set(range(5)):
        raise SettingNotPossible(_("Enter how many conferences they lead in one day: 1 to 8."))
    said = "".join(str(each) for each in sorted(set(weekdays)))
    week, _new = ChairsWeek.objects.update_or_create(chair=chair, defaults={"weekdays": said, "most_a_day": most_a_day})
    ledger.record(by, "set a chair’s week", week, changed={"weekdays": said, "most": most_a_day})
    return week


@transaction.atomic
def say_away(*, who: Membership, since: date, until: date, by: Membership) -> Away:
    """Somebody of the agency is not there. What is booked for them stays, and shows as a conflict.

    Raises SettingNotPossible, NotYourRole.
    """
    by.must_be(*SERVICE)
    if who.agency_id != by.agency_id:
        raise SettingNotPossible(_("Choose somebody of your own agency."))
    if until < since or (until - since).days > LONGEST_AWAY:
        raise SettingNotPossible(_("Enter a last day that is on or after the first, and within a year of it."))
    before = Away.objects.filter(who=who, since=since, until=until, taken_back_at=None).first()
    if before is not None:
        return before
    away = Away.objects.create(who=who, since=since, until=until, recorded_at=moment.now(), by=by)
    ledger.record(by, "noted an absence", away, changed={"since": since, "until": until})
    return away


@transaction.atomic
def take_away_back(*, away: Away, by: Membership) -> None:
    """They are there after all. Raises SettingNotPossible, NotYourRole."""
    by.must_be(*SERVICE)
    if not Away.objects.filter(pk=away.pk, who__agency_id=by.agency_id, taken_back_at=None).update(taken_back_at=moment.now()):
        raise SettingNotPossible(_("This absence was taken back already."))
    ledger.record(by, "took an absence back", away)


@transaction.atomic
def say_need(*, child_case: ChildCase, people: int, step_free: bool, by: Membership) -> ConferenceNeed:
    """How many come to the conferences on this case, and whether one of them cannot climb a step.

    Raises NotPartyToRecord, SettingNotPossible.
    """
    by.must_be_party_to(child_case)
    if not 2 <= people <= 60:
        raise SettingNotPossible(_("Enter how many people come: 2 to 60."))
    need, _new = ConferenceNeed.objects.update_or_create(child_case=child_case, defaults={"people": people, "step_free": step_free})
    ledger.record(by, "said what a conference needs", need, changed={"people": people, "step_free": step_free})
    return need
