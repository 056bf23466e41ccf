"""A case ends only through the gate; a case that ended without a subject opens again by itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.models import Sighting
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.investigation.actions.errors import CaseNotThroughTheGate, ReferralUnanswered
from havenline.journey.investigation.actions.rights import another_person, locked, needs_words, open_case
from havenline.journey.investigation.events import case_closed, case_reopened
from havenline.journey.investigation.gate import accepted_by_another_force, likely_ending, what_blocks
from havenline.journey.investigation.models import Case, Ending, Reopening, Watch
from havenline.journey.investigation.policies import REOPENED

SET_BY_THE_GATE = (
    "closed_at",
    "closed_by",
    "reason_sealed",
    "access_reviewed_at",
    "referrals_answered_at",
    "duties_settled_at",
    "contact_abuse_recorded_at",
    "supervisor_agreed_at",
    "supervisor_agreed_by",
    "agreement_sealed",
    "watched_since",
    "accepted_elsewhere",
)


@transaction.atomic
def agree_no_subject(*, case: Case, words: str, by: Membership) -> Case:
    """A supervisor agrees that no subject can be identified. Raises NotYourRole, RationaleMissing, CaseNotThroughTheGate."""
    by.must_be(Role.POLICE_SUPERVISOR)
    case = open_case(case, by)
    words = needs_words(words, _("Say why no further step would identify anybody."))
    missing = [block for block in what_blocks(case, Ending.NO_SUBJECT) if block.about in {"steps", "subject"}]
    if missing:
        raise CaseNotThroughTheGate(missing)
    if case.supervisor_agreed_at is None:
        case.supervisor_agreed_at, case.supervisor_agreed_by = moment.now(), by
        case.agreement_sealed = case.record.ledger_seal().seal("agreement", words)
        case.save(update_fields=["supervisor_agreed_at", "supervisor_agreed_by", "agreement_sealed"])
        ledger.record(by, "agreed that no subject can be identified", case, reason="no_subject", words=words)
    return case


@transaction.atomic
def close_case(*, case: Case, by: Membership, reason: str = "", ending: str | None = None) -> Case:
    """Close a case through the gate. Closing it again changes nothing.

    Raises ReferralUnanswered or CaseNotThroughTheGate with everything that is missing, RationaleMissing, AnotherPersonNeeded.
    """
    case = locked(case, by)
    if not case.is_open:
        return case
    ending = ending or likely_ending(case)
    blocks = what_blocks(case, ending)
    if blocks:
        refused = ReferralUnanswered if any(block.about == "referral" for block in blocks) else CaseNotThroughTheGate
        raise refused(blocks)
    reason = needs_words(reason, _("Say why the case ends."))
    if ending == Ending.NO_SUBJECT:
        another_person(by, case.supervisor_agreed_by)
    at = moment.now()
    case.ending, case.closed_at, case.closed_by = ending, at, by
    case.reason_sealed = case.record.ledger_seal().seal("reason", reason)
    if ending == Ending.ANOTHER_FORCE:
        case.accepted_elsewhere = accepted_by_another_force(case)
    else:
        case.referrals_answered_at = case.duties_settled_at = at
    if ending == Ending.SUBJECT:
        case.access_reviewed_at = at
        case.contact_abuse_recorded_at = at if case.has_images else None
    if ending == Ending.NO_SUBJECT:
        case.watched_since = at
        for sighting in Sighting.objects.filter(record=case.record):
            Watch.objects.get_or_create(case=case, identifier_id=sighting.identifier_id, until=None, defaults={"since": at})
    case.save()
    case.record.closed_at = at
    case.record.save(update_fields=["closed_at"])
    for rule, about in case.record.clocks.running().values_list("rule", "about"):
        clocks.void(record=case.record, rule=rule, about=about, reason=_("the case was closed"), by=by)
    ledger.record(by, "closed the case", case, reason=ending, changed={"ending": ending}, words=reason, station="Case closed")
    case_closed.send(sender=Case, case=case)
    return case


@transaction.atomic
def reopen(*, case: Case, why: str, sighting: Sighting | None = None) -> Reopening | None:
    """Open a closed case again, by what happened (no person asks): its watches end, its owner and supervisors get it as work.

    Where a watched identifier was seen is not told: whoever holds that record gets the task to look. An open case stays as it is.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("record__agency", "record__owner__agency").get(pk=case.pk)
    if case.is_open:
        return None
    at = moment.now()
    for column in SET_BY_THE_GATE:
        setattr(case, column, None)
    case.ending = ""
    case.save()
    case.record.closed_at = None
    case.record.save(update_fields=["closed_at"])
    case.watches.filter(until=None).update(until=at)
    reopening = Reopening.objects.create(case=case, why=why, sighting=sighting, at=at)
    ledger.record(CLOCK, "opened the case again", reopening, reason=why, station="Case opened again")
    record = case.record
    clocks.start(record=record, rule=REOPENED, agency=record.agency, owner=record.owner, by=CLOCK)
    asker = record.owner or Membership.objects.supervising(record.agency).first()
    if sighting is not None and asker is not None:
        identifiers.ask_owners(identifier=sighting.identifier, record=record, by=asker)
    case_reopened.send(sender=Case, case=case, reopening=reopening)
    return reopening


def on_identifier_seen(sender: object, sighting: Sighting, **_rest: object) -> None:
    """A watched identifier was seen in another record."""
    for watch in (
        Watch.objects.filter(identifier=sighting.identifier, until=None).exclude(case__record=sighting.record).select_related("case")
    ):
        reopen(case=watch.case, why=Reopening.Why.SEEN_AGAIN, sighting=sighting)


def on_handover_returned(sender: object, hand_over: HandOver, **_rest: object) -> None:
    """The force that had accepted the case gave it back."""
    for case in Case.objects.filter(accepted_elsewhere=hand_over, closed_at__isnull=False):
        reopen(case=case, why=Reopening.Why.GIVEN_BACK)
