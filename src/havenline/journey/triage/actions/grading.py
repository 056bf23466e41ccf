"""Grading items. Havenline never fetches or shows one: an analyst looks in the hotline's own isolated viewer, and the look is counted."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.identifiers.models import Kind
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import ReportedItem
from havenline.journey.triage.actions.claiming import ANALYSTS, locked, must_hold, must_not_be_decided
from havenline.journey.triage.actions.wellbeing import count_look, count_spared
from havenline.journey.triage.errors import CannotCarryOver, SecondPersonNeeded
from havenline.journey.triage.models import Assessment, Grade
from havenline.journey.triage.recognised import was_withdrawn_since
from havenline.journey.triage.standing import doubters, standing


@transaction.atomic
def grade(*, item: ReportedItem, grade: str, by: Membership) -> Assessment:
    """Grade one item by its letter. *Unsure* asks a second person, who needs no claim.

    An item that was not looked at before counts as looked at by whoever grades it.
    Raises SecondPersonNeeded, ClaimRanOut, NotClaimed, ClaimedByAnother, AlreadyDecided, LimitReached, OnBreak.
    """
    report = locked(item.report)
    may_grade(item, by)
    count_look(item=item, by=by, grade=Grade(grade))
    made = Assessment.objects.create(item=item, grade=Grade(grade), by=by, at=moment.now())
    ledger.record(by, "asked a second person" if grade == Grade.UNSURE else "graded an item", report, changed={str(item.number): grade})
    return made


@transaction.atomic
def carry_over(*, item: ReportedItem, earlier: Assessment, by: Membership) -> Assessment:
    """Confirm that an earlier grade holds, without a second look: only for the same SHA-256, exactly.

    A page behind an address changes, so a web address is graded anew. Raises CannotCarryOver and what `grade` raises.
    """
    report = locked(item.report)
    may_grade(item, by)
    by.must_be_party_to(earlier.item.report)
    same = earlier.item.identifier_id == item.identifier_id and item.identifier.kind == Kind.SHA256 and earlier.was_seen
    if same and (earlier.withdrawn_at is not None or was_withdrawn_since(earlier, by=by)):
        raise CannotCarryOver(_("What was listed of that item was withdrawn since: look at this one and grade it."))
    if not same or earlier.grade in {Grade.UNSURE, Grade.CANNOT_BE_ASSESSED}:
        raise CannotCarryOver(_("A grade carries over only to the same SHA-256. Grade this item."))
    made = Assessment.objects.create(
        item=item, grade=earlier.grade, by=by, at=moment.now(), how=Assessment.How.CARRIED_OVER, carried_over_from=earlier
    )
    count_spared(item=item, grade=earlier.grade, by=by)
    ledger.record(by, "carried a grade over", report, changed={str(item.number): earlier.grade}, reason="same_sha256")
    return made


@transaction.atomic
def look_at_item(*, item: ReportedItem, by: Membership) -> str:
    """The item's address or hash, for the isolated viewer. The look is on the ledger. Raises what `grade` raises."""
    locked(item.report)
    may_grade(item, by)
    count_look(item=item, by=by)
    ledger.looked(by, item, reason="to_grade")
    return item.identifier.shown


def may_grade(item: ReportedItem, by: Membership) -> None:
    """Whoever holds the claim; for an item of which somebody was unsure, anyone else at the desk."""
    unsure = doubters(item)
    if unsure and standing(item) is None:
        by.must_be(*ANALYSTS)
        by.must_be_party_to(item.report)
        must_not_be_decided(item.report)
        if by.person_id in unsure:
            raise SecondPersonNeeded(_("You were unsure of item %(number)s: another person grades it.") % {"number": item.number})
        return
    must_hold(item.report, by)
