"""When protection ends: the help that goes on, with who holds it and a first date; and that date, once it was kept."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.rules import Policy
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.findable import make_words_findable
from havenline.journey.safeguarding.actions.refusals import DateNotPossible, NotOfThisCase, ReasonMissing, StepNotNext
from havenline.journey.safeguarding.actions.steps import locked
from havenline.journey.safeguarding.models import ChildCase, StepDown


@transaction.atomic
def step_down(
    *,
    child_case: ChildCase,
    to: str,
    words: str,
    by: Membership,
    holder: Membership | None = None,
    first_on: date | None = None,
    begun_on: date | None = None,
) -> StepDown:
    """Say which help goes on. Another one takes the place of what was said before; its clock runs to the first date, and is the holder's.

    `begun_on`: it began already, before this could be recorded; then no clock is needed.
    Raises ReasonMissing, DateNotPossible, NotOfThisCase, StepNotNext (protection has not ended), CaseClosed, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if not path.protection_ended(child_case):
        raise StepNotNext(_("This is said once the plan has ended, or a conference has made none. What is recorded has not come to that."))
    if not words.strip():
        raise ReasonMissing(_("Say what help goes on, or why none does."))
    helps = StepDown.To(to) != StepDown.To.NOTHING
    if helps and begun_on is not None:
        _may_have_begun(child_case, begun_on)
        first_on = begun_on
    if helps and (holder is None or first_on is None):
        raise ReasonMissing(_("Enter who holds it from now on, and the day of the first visit or meeting."))
    if holder is not None:
        if holder.agency_id != child_case.record.agency_id:
            raise NotOfThisCase(_("Choose somebody of this area."))
        holder.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
        if not Membership.objects.current().filter(pk=holder.pk).exists():
            raise NotOfThisCase(_("%(who)s does not act here any more. Choose who holds it now.") % {"who": holder.name})
    if helps and first_on is not None and begun_on is None and first_on <= moment.today():
        raise DateNotPossible(_("Enter a first day that is still to come, or say on which day it has begun."))
    standing = child_case.steps_down.filter(ended_at=None).first()
    new = (to, holder if helps else None, first_on if helps else None, begun_on if helps else None, words.strip())
    if standing is not None and (standing.to, standing.holder, standing.first_on, standing.begun_on, standing.words) == new:
        return standing
    _take_back(child_case, by=by)
    row = StepDown.objects.create(
        child_case=child_case,
        to=to,
        holder=new[1],
        first_on=new[2],
        begun_on=new[3],
        words_sealed=child_case.ledger_seal().seal("words", words.strip()),
        recorded_at=moment.now(),
        by=by,
    )
    make_words_findable(child_case, words)
    ledger.record(by, "stepped down to other help", row, reason=to, changed={"holder": row.holder_id, "first": row.first_on}, words=words)
    run_to_first_date(row, by=by)
    return row


def run_to_first_date(row: StepDown, *, by: Membership) -> None:
    """Its clock runs from the day it was recorded, unless the help has begun. Checks nothing: the actions do."""
    if row.first_on is None or row.begun_on is not None:
        return
    clocks.start(
        record=row.child_case.record,
        rule=Policy(
            path.FIRST_DATE_OF_HELP,
            str(_("First date of the help that goes on")),
            (row.first_on - moment.day_of(row.recorded_at)).days,
            "calendar days",
            str(_("On the day that was agreed, %(day)s") % {"day": date_format(row.first_on, "j F Y")}),
        ),
        agency=row.child_case.record.agency,
        owner=row.holder,
        started=row.recorded_at,
        by=by,
    )


def _may_have_begun(child_case: ChildCase, on: date) -> None:
    """Raises DateNotPossible: the help follows the protection, which may have ended before that was recorded here."""
    first = path.protection_ended_on(child_case) or child_case.started_on
    if not first <= on <= moment.today():
        raise DateNotPossible(_("Enter a day from the end of protection, %(day)s, until today.") % {"day": date_format(first, "j F Y")})


@transaction.atomic
def take_back_step_down(*, row: StepDown, by: Membership) -> None:
    """It was recorded by mistake: the row stays, ended. Twice is once. Raises CaseClosed."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(row.child_case, by=by)
    if child_case.steps_down.filter(pk=row.pk, ended_at=None).exists():
        _take_back(child_case, by=by)


def _take_back(child_case: ChildCase, *, by: Membership) -> None:
    for earlier in child_case.steps_down.filter(ended_at=None):
        earlier.ended_at = moment.now()
        earlier.save(update_fields=["ended_at"])
        ledger.record(by, "took a step down back", earlier, reason=earlier.to)
    clocks.void(record=child_case.record, rule=path.FIRST_DATE_OF_HELP, reason="taken back, or put otherwise", by=by)


@transaction.atomic
def help_began(*, row: StepDown, on: date, by: Membership) -> StepDown:
    """The first visit or meeting of the new help took place: its clock stops, and the case can close.

    Raises DateNotPossible, NotOfThisCase, CaseClosed.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(row.child_case, by=by)
    row = StepDown.objects.select_for_update(of=("self",)).select_related("child_case__record").get(pk=row.pk)
    if row.ended_at is not None or row.first_on is None:
        raise NotOfThisCase(_("There is no help here that could begin: look at the case again."))
    _may_have_begun(child_case, on)
    if row.begun_on is None:
        row.begun_on = on
        row.save(update_fields=["begun_on"])
        # Kept or late by the day on which it began, not by the day on which somebody writes that down.
        began = moment.now() if on == moment.today() else datetime.combine(on, time(12), tzinfo=moment.LONDON)
        clocks.stop(record=child_case.record, rule=path.FIRST_DATE_OF_HELP, by=by, at=began)
        ledger.record(by, "began the help that goes on", row, reason=row.to, changed={"on": on})
    return row
