"""A case that began before it was entered here, on paper or in an older system: its clocks run from its true day."""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.clocks_of_case import keep_clocks
from havenline.journey.safeguarding.actions.refusals import DateNotPossible, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked, put_on_record
from havenline.journey.safeguarding.models import ChildCase


@transaction.atomic
def began_earlier(*, child_case: ChildCase, began_on: date, source: str, by: Membership, answered_on: date | None = None) -> ChildCase:
    """Say on which day the referral truly came, and where that stands; what the case went through is then recorded late, day by day.

    The day of the hand-over stays beside it, put right. `answered_on`: when the referrer was told, as far as the file says. It can be
    said again where the day was wrong. Raises DateNotPossible, ReasonMissing, CaseClosed, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if not source.strip():
        raise ReasonMissing(_("Say where this day stands: which file or system, and where it is kept."))
    first = procedure.guidance().editions[0].in_force_from
    if not first <= began_on <= moment.today():
        raise DateNotPossible(
            _("Enter a day from %(first)s, when the first edition came into force, until today.") % {"first": date_format(first, "j F Y")}
        )
    standing = path.standing_events(child_case)
    referral = next(event for event in standing if event.step == path.REFERRAL)
    others = [event for event in standing if event.step not in path.OF_THE_HAND_OVER]
    if others and min(event.happened_on for event in others) < began_on:
        raise DateNotPossible(_("What is recorded happened before that day. Put those steps right first."))
    if answered_on is not None and not began_on <= answered_on <= moment.today():
        raise DateNotPossible(_("Enter a day of the answer from the referral until today."))
    if referral.happened_on != began_on:
        put_on_record(
            child_case,
            step=path.REFERRAL,
            outcome="",
            happened_on=began_on,
            happened_at=None,
            by=by,
            recorder=by,
            note=source,
            corrects=referral,
            verb="put a step right",
        )
        child_case.started_on = began_on
        child_case.save(update_fields=["started_on"])
    if answered_on is not None and not any(event.step == path.ANSWER for event in standing):
        put_on_record(child_case, step=path.ANSWER, outcome="", happened_on=answered_on, happened_at=None, by=by, recorder=by, note=source)
    ledger.record(by, "said when the case began", child_case, changed={"began": began_on, "answered": answered_on}, words=source)
    keep_clocks(child_case=child_case, by=by, reason="the case began on another day")
    return child_case
