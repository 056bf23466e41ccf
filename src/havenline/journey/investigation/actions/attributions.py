"""An identifier belongs to a person: proposed with evidence, reviewed by another; when it was wrong, taken back from all who were told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import CORRECTION
from havenline.foundation.identifiers.models import Identifier, Kind
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.investigation.actions.errors import AlreadyDone, NotYourCase, SourceMissing
from havenline.journey.investigation.actions.rights import another_person, needs_words, open_subject_of
from havenline.journey.investigation.events import attribution_retracted, subject_identified
from havenline.journey.investigation.models import Attribution, AttributionState, Obligation, Obliged, Subject

STANDING = (AttributionState.PROPOSED, AttributionState.REVIEWED)
TOLD = (State.SENT, State.DELIVERED, State.ACCEPTED, State.RETURNED, State.ANSWERED)


@transaction.atomic
def propose_attribution(
    *,
    subject: Subject,
    identifier: Identifier,
    evidence: str,
    by: Membership,
    seen_at: datetime | None = None,
    port: int | None = None,
) -> Attribution:
    """Propose that an identifier of the case belongs to the subject. An IP address is shared: it needs the exact time of use.

    Proposing it twice gives the same one back. Raises RationaleMissing, SourceMissing, NotYourCase for one that is not the case's.
    """
    subject = open_subject_of(subject, by)
    evidence = needs_words(evidence, _("Say what shows that it belongs to this person."))
    if not identifier.sightings.filter(record=subject.case.record).exists():
        raise NotYourCase(_("Note the identifier in the case first, with where it was seen."))
    if identifier.kind == Kind.IP_ADDRESS and seen_at is None:
        raise SourceMissing(_("Enter the exact time of use: an IP address is shared by many."))
    if seen_at is not None and seen_at > moment.now():
        raise SourceMissing(_("Enter a time that is now or earlier."))
    standing = subject.attributions.filter(identifier=identifier, state__in=STANDING).first()
    if standing is not None:
        return standing
    attribution = Attribution.objects.create(
        case=subject.case,
        subject=subject,
        identifier=identifier,
        evidence_sealed=subject.case.record.ledger_seal().seal("evidence", evidence),
        seen_at=seen_at,
        port=port,
        by=by,
        at=moment.now(),
    )
    ledger.record(by, "proposed an attribution", attribution, changed={"identifier": identifier.canonical}, words=evidence)
    return attribution


@transaction.atomic
def review_attribution(*, attribution: Attribution, agrees: bool, words: str, by: Membership) -> Attribution:
    """Another person reviews it; the first that stands identifies the subject. Raises AnotherPersonNeeded, AlreadyDone."""
    subject = open_subject_of(attribution.subject, by)
    attribution = Attribution.objects.select_related("by", "reviewed_by__person", "identifier").get(pk=attribution.pk)
    attribution.subject, attribution.case = subject, subject.case
    another_person(by, attribution.by)
    if attribution.state != AttributionState.PROPOSED:
        raise AlreadyDone(_("This is %(state)s by now. Nothing was changed.") % {"state": attribution.get_state_display().lower()})
    if not agrees:
        words = needs_words(words, _("Say why it does not stand."))
    attribution.state = AttributionState.REVIEWED if agrees else AttributionState.REFUSED
    attribution.reviewed_by, attribution.reviewed_at = by, moment.now()
    if words.strip():
        attribution.review_sealed = subject.case.record.ledger_seal().seal("attribution review", words.strip())
    attribution.save(update_fields=["state", "reviewed_by", "reviewed_at", "review_sealed"])
    first = agrees and subject.identified_at is None
    ledger.record(
        by,
        "reviewed an attribution" if agrees else "refused an attribution",
        attribution,
        reason=attribution.state,
        words=words.strip(),
        station="Subject identified" if first else "",
    )
    if first:
        subject.identified_at = moment.now()
        subject.save(update_fields=["identified_at"])
        subject_identified.send(sender=Subject, subject=subject)
    return attribution


@transaction.atomic
def retract_attribution(*, attribution: Attribution, reason: str, by: Membership) -> Attribution:
    """Take an attribution back. Everybody who was told of the subject gets a correction, which is sent now and must be taken up.

    With the last reviewed one the subject's name goes too (unless a recorded emergency bears it). Raises RationaleMissing, AlreadyDone.
    """
    subject = open_subject_of(attribution.subject, by)
    reason = needs_words(reason, _("Say why it no longer stands, in words that everybody who was told will read."))
    attribution = Attribution.objects.select_related("identifier", "by", "reviewed_by").get(pk=attribution.pk)
    attribution.subject, attribution.case = subject, subject.case
    if attribution.state not in STANDING:
        raise AlreadyDone(_("This is %(state)s by now. Nothing was changed.") % {"state": attribution.get_state_display().lower()})
    was_reviewed = attribution.state == AttributionState.REVIEWED
    attribution.state = AttributionState.RETRACTED
    attribution.retracted_by, attribution.retracted_at = by, moment.now()
    attribution.retraction_sealed = subject.case.record.ledger_seal().seal("retraction", reason)
    attribution.save(update_fields=["state", "retracted_by", "retracted_at", "retraction_sealed"])
    ledger.record(by, "retracted an attribution", attribution, reason="retracted", words=reason)
    if was_reviewed and not subject.attributions.filter(state=AttributionState.REVIEWED).exists():
        subject.identified_at = None
        if subject.emergency_at is None and subject.name_sealed:
            subject.name_sealed, subject.born_on_sealed, subject.named_at = None, None, None
            ledger.record(by, "took the subject’s name back", subject, reason="retracted")
        subject.save(update_fields=["identified_at", "name_sealed", "born_on_sealed", "named_at"])
    if was_reviewed:
        _correct_what_was_told(attribution, reason, by)
    attribution_retracted.send(sender=Attribution, attribution=attribution)
    return attribution


def _correct_what_was_told(attribution: Attribution, reason: str, by: Membership) -> None:
    subject = attribution.subject
    case = subject.case
    sent = HandOver.objects.filter(source=case.record, sent_at__isnull=False).exclude(purpose=CORRECTION.code)
    for hand_over in sent.select_related("to_agency", "from_agency", "record"):
        if not _names(hand_over, subject):
            continue
        correction = handover.owe(
            source=case.record,
            purpose=CORRECTION,
            obligation=f"attribution {attribution.pk}, {hand_over.reference}",
            from_agency=case.record.agency,
            to_agency=hand_over.to_agency,
            package={
                "corrects": hand_over.reference,
                "subject": {"number": subject.number},
                "identifier": {"kind": attribution.identifier.kind, "shown": attribution.identifier.shown},
                "said": str(_("We told you that this identifier belongs to the subject. That no longer stands.")),
                "why": reason,
                "still_identified": subject.identified_at is not None,
                "from_person": by.short_name,
                "from_agency": case.record.agency.name,
            },
            by=by,
        )
        if correction.state == State.OWED:
            handover.send(hand_over=correction, by=by, words=reason)
        Obligation.objects.get_or_create(
            subject=subject,
            key=f"correct {attribution.pk} {hand_over.pk}",
            defaults={
                "what": Obliged.CORRECT,
                "hand_over": correction,
                "cause": "retraction",
                "why": str(_("An attribution was retracted that %(reference)s told of.") % {"reference": hand_over.reference}),
                "owed_at": moment.now(),
            },
        )


def _names(hand_over: HandOver, subject: Subject) -> bool:
    """Whether the package told of this subject."""
    package = hand_over.contents()
    told = [package.get("subject") or {}, *(package.get("subjects") or [])]
    return any(one.get("number") == subject.number for one in told)
