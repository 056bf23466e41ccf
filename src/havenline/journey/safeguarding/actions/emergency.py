"""Emergency action, at any stage: recorded in one act, and its people told in the same."""

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover.actions import office_hours
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Team
from havenline.foundation.post import actions as post
from havenline.foundation.post.models import Letter
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.asking_to_act import ask_to_act
from havenline.journey.safeguarding.actions.refusals import NotOfThisCase, TimeMissing
from havenline.journey.safeguarding.actions.steps import locked, record_step
from havenline.journey.safeguarding.models import CaseEvent, ChildCase, ToldAtOnce
from havenline.journey.safeguarding.queries import partners

Why = ToldAtOnce.Why


@transaction.atomic
def act_in_emergency(
    *,
    child_case: ChildCase,
    outcome: str,
    happened_on: date,
    by: Membership,
    happened_at: time | None = None,
    note: str = "",
    seen: int | None = None,
) -> CaseEvent:
    """Record what was done to make the child safe, tell the area's people who must know, and ask whoever else works on the child to act.

    Its clock runs from that hour. The same form twice tells nobody twice. Raises TimeMissing, and what `record_step` raises.
    """
    if happened_at is None:
        raise TimeMissing(_("Enter the time: its hours are counted from then."))
    event = record_step(
        child_case=child_case,
        step=path.EMERGENCY,
        outcome=outcome,
        happened_on=happened_on,
        happened_at=happened_at,
        note=note,
        by=by,
        seen=seen,
    )
    if not event.told_at_once.exists():
        tell_at_once(event, by=by)
    return event


def tell_at_once(event: CaseEvent, *, by: Membership) -> None:
    """Write to whoever must know of those who see the case, and ask police and health; that there is nobody is kept, too.

    Checks nothing: the actions do.
    """
    for person, why in to_tell(event.child_case, besides=by):
        _tell(event, person, why, by=by)
    ask_to_act(event, by=by)
    if not event.told_at_once.exists():
        ledger.record(by, "had nobody to tell of an emergency", event, reason=path.EMERGENCY)


def to_tell(child_case: ChildCase, *, besides: Membership) -> list[tuple[Membership, Why]]:
    """Who holds, covers and manages the case (without a manager: the area's), and out of hours whoever is on emergency duty; and of
    other areas that are party to it whoever acts on it there.

    Only who may see this case and acts now: of a restricted one a duty worker learns nothing by a letter that they cannot read.
    """
    agency = child_case.record.agency
    area = Membership.objects.current().filter(agency=agency).select_related("person")
    named = [(child_case.record.owner_id, Why.HOLDER), (child_case.record.cover_id, Why.COVER), (child_case.manager_id, Why.MANAGER)]
    found = [(person, why) for pk, why in named if pk for person in area.filter(pk=pk)]
    if not any(why == Why.MANAGER for _person, why in found):
        found += [(person, Why.MANAGER) for person in Membership.objects.supervising(agency).select_related("person")]
    if not office_hours(agency):
        found += [(person, Why.DUTY) for person in area.filter(team=Team.EMERGENCY_DUTY)]
    found += [(person, Why.PARTNER) for person in partners.who_act(child_case)]
    people: dict[object, tuple[Membership, Why]] = {}
    for person, why in found:
        if person.person_id != besides.person_id and person.can_act_on(child_case.record):
            people.setdefault(person.person_id, (person, why))
    return list(people.values())


def _tell(event: CaseEvent, person: Membership, why: Why, *, by: Membership) -> None:
    letter = post.message_waits(receiver=person, by=by)
    if letter is None:  # one that says the same has not left yet
        letter = Letter.objects.filter(to=person.person.email, why=post.MESSAGE_WAITS, state=Letter.State.QUEUED).last()
    told = ToldAtOnce.objects.create(child_case=event.child_case, event=event, person=person, why=why, told_at=moment.now(), letter=letter)
    ledger.record(by, "told of an emergency", told, reason=why.value, changed={"membership": person.pk})


@transaction.atomic
def say_i_have_it(*, told: ToldAtOnce, by: Membership) -> ToldAtOnce:
    """Whoever was told of an emergency says that they have it. Twice is once. Raises NotOfThisCase."""
    locked(told.child_case, by=by, may_be_closed=True)
    told = ToldAtOnce.objects.select_for_update().get(pk=told.pk)
    if told.person_id != by.pk:
        raise NotOfThisCase(_("Somebody else was told: they say it themselves."))
    if told.has_it_at is None:
        told.has_it_at = moment.now()
        told.save(update_fields=["has_it_at"])
        ledger.record(by, "has an emergency in hand", told, reason=path.EMERGENCY)
    return told
