"""Opening and closing covers; who is party to a record; who must not learn of it."""

from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.people.roles import SUPERVISORS, AgencyKind, FileKind, Role
from havenline.foundation.records import queries
from havenline.foundation.records.models import AUDIENCE_OF, Lineage, OtherNumber, Party, Record, Silence, new_reference
from havenline.foundation.records.queries import whole_path
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import holders

SILENCE_REVIEWED_AFTER = timedelta(days=28)  # our policy, shown as such


class Silenced(PermissionError):
    """This would tell somebody who must not learn of the record; names who can lift the silence."""

    def __init__(self, silence: Silence) -> None:
        self.silence = silence
        agency = silence.agreed_by.agency if silence.agreed_by else silence.record.agency
        role = Role(SUPERVISORS[agency.kind]).label if agency.kind in SUPERVISORS else ""
        super().__init__(
            _("This would tell %(audience)s. Silence until it is lifted by: %(role)s, %(agency)s.")
            % {"audience": silence.get_audience_display(), "role": role, "agency": agency.name}
        )


class NotYoursToLift(PermissionError):
    """A silence is lifted by a supervisor of the agency that agreed it."""


class ReasonMissing(ValueError):
    """A silence is agreed and lifted with a reason in words."""


class NotOfThisAgency(ValueError):
    """The agency that owns a record names who holds it, from its own people."""


@transaction.atomic(savepoint=False)  # whoever opens a record has no use for half of it
def open_record(
    *, kind: str, agency: Agency, owner: Membership | None = None, arose_from: Record | None = None, how: str = ""
) -> tuple[Record, sealing.RecordKey]:
    """Open a cover with its own key, and make its agency party to it, and oversight (which reads traces, never contents).

    Writes no entry of its own: the room's action that opens its file does, in the same transaction.
    """
    [(record, key)] = open_records(kind=kind, agency=agency, owner=owner, number=1)
    if arose_from is not None:
        Lineage.objects.create(source=arose_from, result=record, how=how or "gave rise to")
    return record, key


@transaction.atomic(savepoint=False)
def open_records(*, kind: str, agency: Agency, number: int, owner: Membership | None = None) -> list[tuple[Record, sealing.RecordKey]]:
    """So many covers at once, each as `open_record` makes it, in a few statements whatever their number."""
    at = moment.now()
    for attempt in range(5):
        try:
            with transaction.atomic():
                opened = Record.objects.bulk_create(
                    Record(reference=new_reference(kind), kind=kind, opened_at=at, agency=agency, owner=owner) for _one in range(number)
                )
            break
        except IntegrityError:  # a reference was given before
            if attempt == 4:
                raise
    parties = {agency: "its own file"}
    for oversight in Agency.objects.filter(kind=AgencyKind.OVERSIGHT):
        parties.setdefault(oversight, "oversight: trace and ledger")
    # What arrives from outside is wrapped to the desk's pinned key alone; the worker wraps it for the parties as it opens it.
    holding = [party.holder for party in parties] + _besides(kind) if settings.WRAPS_FOR_PARTIES else []
    keys = sealing.new_keys([record.reference for record in opened], parties=holding)
    # A new record has no parties yet: all of them in one statement, with no look first.
    Party.objects.bulk_create(
        Party(record=record, agency=party, purpose=purpose, since=at) for record in opened for party, purpose in parties.items()
    )
    return list(zip(opened, keys, strict=True))


def make_party(*, record: Record, agency: Agency, purpose: str, lawful_basis: str = "") -> Party:
    """Let an agency see a record. Called inside the action that has the reason; doing it twice changes nothing."""
    party, made = Party.objects.get_or_create(
        record=record, agency=agency, until=None, defaults={"purpose": purpose, "since": moment.now(), "lawful_basis": lawful_basis}
    )
    if made:
        wrap_for_parties(record)
    return party


@transaction.atomic
def wrap_for_parties(record: Record) -> None:
    """Let the agencies that are party now, and whoever broke the glass of it, open the record, and no other any more.

    Called in the transaction of what changed that, by the round that finds a share's or a break-glass's end, and at an arrival.
    """
    sealing.wrap_for(record.reference, [*(one.holder for one in queries.holding_now(record)), *_besides(record.kind)])


def _besides(kind: str) -> list[str]:
    """A notice's host answers it at the API, by a link."""
    return [holders.API] if kind == FileKind.NOTICE else []


def without_a_wrap() -> QuerySet[Record]:
    """Records that a party with a key pair cannot open: they were there before agencies had keys. `wrap_for_parties` mends each."""
    return queries.without_a_wrap([one.slug for one in Agency.objects.all() if holders.has_pair(one.holder)])


@transaction.atomic
def end_party(*, record: Record, agency: Agency, reason: str, by: Membership) -> None:
    """End another agency's sight of a record. Raises NotOfThisAgency: only its owner does, and never its own."""
    by.must_be_party_to(record)
    if by.agency_id != record.agency_id or agency.pk == record.agency_id:
        raise NotOfThisAgency(_("%(agency)s holds this: it says who else may see it.") % {"agency": record.agency.name})
    Party.objects.filter(record=record, agency=agency, until=None).update(until=moment.now())
    wrap_for_parties(record)
    ledger.record(by, "ended an agency’s sight of the record", record, to=agency.slug, words=reason)


@transaction.atomic
def assign(*, record: Record, owner: Membership | None = None, cover: Membership | None = None, by: Membership) -> Record:
    """Name who holds a record, and who covers for them. Raises NotOfThisAgency, and NotPartyToRecord for either."""
    by.must_be_party_to(record)
    for person in (by, owner, cover):
        if person is not None and person.agency_id != record.agency_id:
            raise NotOfThisAgency(_("%(agency)s holds this: it names its own people.") % {"agency": record.agency.name})
    for person in (owner, cover):
        if person is not None and record.kind not in person.sees:  # of a restricted record they are party once they are named
            raise NotPartyToRecord(_("%(name)s does not work on files of this kind.") % {"name": person.name})
    if owner is not None:
        record.owner = owner
    if cover is not None:
        record.cover = cover
    record.save(update_fields=["owner", "cover"])
    ledger.record(by, "named who holds it", record, changed={"owner": record.owner_id, "cover": record.cover_id})
    return record


@transaction.atomic
def keep_silent(
    *, record: Record, audience: str, reason: str, by: Membership | None, actor: Actor, review_on: date | None = None
) -> Silence:
    """Say who must not learn of a record. Saying it twice changes nothing.

    A silence holds on the whole path, so a school or a platform, which sees one record of it, agrees none on what others own:
    raises NotOfThisAgency.
    """
    if by is not None and by.agency.kind in AUDIENCE_OF and by.agency_id != record.agency_id:
        raise NotOfThisAgency(_("%(agency)s holds this: it says who must not learn of it.") % {"agency": record.agency.name})
    silence, made = Silence.objects.get_or_create(
        record=record,
        audience=audience,
        lifted_at=None,
        defaults={
            "reason": reason,
            "agreed_by": by,
            "since": moment.now(),
            "review_on": review_on or moment.day_of(moment.now() + SILENCE_REVIEWED_AFTER),
        },
    )
    if made:
        ledger.record(actor, "agreed a silence", record, reason=audience, words=reason)
    return silence


@transaction.atomic
def lift_silence(*, silence: Silence, reason: str, by: Membership) -> None:
    """Lifting twice changes nothing. Raises NotYoursToLift, ReasonMissing."""
    silence = Silence.objects.select_for_update(of=("self",)).select_related("record", "agreed_by").get(pk=silence.pk)
    if silence.lifted_at is not None:
        return
    agency_id = silence.agreed_by.agency_id if silence.agreed_by else silence.record.agency_id
    if by.agency_id != agency_id or not by.supervises:
        raise NotYoursToLift(_("A silence is lifted by a supervisor of the agency that agreed it."))
    if not reason.strip():
        raise ReasonMissing(_("Say why the silence is lifted: it stands on the ledger under your name."))
    silence.lifted_at, silence.lifted_by = moment.now(), by
    silence.save(update_fields=["lifted_at", "lifted_by"])
    ledger.record(by, "lifted a silence", silence.record, reason=silence.audience, words=reason)


def must_not_be_silent(record: Record, *audiences: str) -> None:
    """Every outward act asks this first, of every record on the same path: what one agency must not say, another must not say either.

    Raises Silenced.
    """
    silence = Silence.objects.filter(record__in=whole_path(record), audience__in=audiences, lifted_at=None).first()
    if silence is not None:
        raise Silenced(silence)


@transaction.atomic
def note_other_number(*, record: Record, system: str, number: str, by: Membership) -> OtherNumber:
    """Keep the record's number in another system."""
    by.must_be_party_to(record)
    noted, _made = OtherNumber.objects.get_or_create(record=record, system=system.strip(), number=number.strip())
    ledger.record(by, "noted another system’s number", record, changed={"system": system, "number": number})
    return noted
