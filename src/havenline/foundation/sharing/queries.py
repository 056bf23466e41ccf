"""Who sees a record, who has looked at it, and what was opened by break-glass."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.queries import Said
from havenline.foundation.people.models import Agency, ApiKey, Membership, Person
from havenline.foundation.people.roles import MAY_SEE, ROLES_OF, AgencyKind, Role
from havenline.foundation.records.masking import Field
from havenline.foundation.records.models import BrokenGlass, Party, Record


def parties_now(record: Record) -> QuerySet[Party]:
    """Who sees it now, the owner first."""
    at = moment.now()
    return (
        Party.objects.filter(Q(until=None) | Q(until__gt=at), record=record, since__lte=at)
        .select_related("agency", "shared_by__person")
        .order_by("since", "pk")
    )


def could_be_shared_with(record: Record, *, by: Membership) -> QuerySet[Agency]:
    """Agencies that do not see it and in which somebody works on files of its kind."""
    kinds = [kind for kind, roles in ROLES_OF.items() if any(record.kind in MAY_SEE[role] for role in roles)]
    seeing = parties_now(record).values("agency_id")
    return Agency.objects.filter(kind__in=kinds).exclude(pk__in=seeing).exclude(kind=AgencyKind.OVERSIGHT).exclude(pk=by.agency_id)


def reads_all_of_it(record: Record, *, by: Membership) -> bool:
    """The agency that holds a record, and oversight, read on what terms others see it and who of them looked; others read of themselves."""
    return by.agency_id == record.agency_id or by.agency.kind == AgencyKind.OVERSIGHT


def may_share(record: Record, *, by: Membership) -> bool:
    """Whoever holds or covers it, or a supervisor, of the agency that it belongs to."""
    return by.agency_id == record.agency_id and (by.supervises or by.pk in (record.owner_id, record.cover_id))


# The codes under which rooms record a look, in words; a code that reads as words already needs none.
REASONS: dict[str, Any] = {
    "owner": _("holds it"),
    "cover": _("covers for whoever holds it"),
    "supervision": _("supervises the team"),
    "team": _("works in its team"),
    "assigned": _("it is theirs to work on"),
    "area": _("works in its area"),
    "own_decision": _("decided it"),
    "to_grade": _("looked at an item to grade it"),
    "printed": _("printed it"),
    "copied_out": _("copied it out as text, for another system"),
    "trace": _("read its trace"),
    "who sees it": _("asked who sees it"),
    "break_glass": _("broke the glass"),
}


@dataclass(frozen=True)
class Look:
    """One look at a record: who, of which agency and role, when and why."""

    at: datetime
    who: str
    agency: str
    kind: str
    role: str
    why: str
    sequence: int | None


def looks_at(record: Record, *, by: Membership) -> list[Look]:
    """Everybody who looked, newest first, for the team that holds the record and for oversight; another agency reads its own looks.

    So a school does not learn that police read its notice. Oversight's own looks are seen by oversight alone.
    """
    said = [one for one in ledger.of_records([record.reference], looks=True) if one.look and may_read_look(one, by=by)]
    if not reads_all_of_it(record, by=by):
        said = [one for one in said if one.agency == by.agency.slug]
    agencies = {agency.slug: agency for agency in Agency.objects.filter(slug__in={one.agency for one in said})}
    names = _names(said)
    roles = dict(Role.choices)
    return [
        Look(
            at=one.at,
            who=names[one.actor],
            agency=agencies[one.agency].name if one.agency in agencies else one.agency,
            kind=agencies[one.agency].kind if one.agency in agencies else "clock",
            role=str(roles.get(one.role, one.role)),
            why=_why(one),
            sequence=one.sequence,
        )
        for one in reversed(said)
    ]


def _why(look: Said) -> str:
    """Why, and which fields it showed that are withheld from others."""
    fields = dict(Field.choices)
    why = str(REASONS.get(look.reason, look.reason.replace("_", " ")))
    return "; ".join([why, *(gettext("read %(field)s") % {"field": fields.get(code, code)} for code in look.shown)])


def may_read_look(said: Said, *, by: Membership) -> bool:
    return said.role != Role.AUDITOR or by.agency.kind == AgencyKind.OVERSIGHT


def _names(said: list[Said]) -> dict[str, str]:
    ids = {one.actor.removeprefix("person:") for one in said if one.actor.startswith("person:")}
    prefixes = {one.actor.removeprefix("key:") for one in said if one.actor.startswith("key:")}
    people = {f"person:{person.pk}": person.name for person in Person.objects.filter(pk__in=ids)}
    keys = {f"key:{key.prefix}": str(key) for key in ApiKey.objects.filter(prefix__in=prefixes)}
    known = people | keys
    return {one.actor: known.get(one.actor) or _in_words(one.actor) for one in said}


def _in_words(actor: str) -> str:
    if actor.startswith("host-link:"):
        return str(_("The host"))
    return {"clock": str(_("Havenline")), "installation": str(_("Whoever runs this installation"))}.get(actor, actor)


# Break-glass


def _glass() -> QuerySet[BrokenGlass]:
    return BrokenGlass.objects.select_related("record__agency", "by__person", "by__agency", "answered_by__person", "reviewed_by__person")


def own_glass(*, by: Membership) -> QuerySet[BrokenGlass]:
    """What this person opened or asked for, newest first."""
    return _glass().filter(by=by)


def glass_of_our_records(*, by: Membership) -> QuerySet[BrokenGlass]:
    """What others opened, or ask to open, of the records of this supervisor's agency, newest first."""
    return _glass().filter(record__agency_id=by.agency_id) if by.supervises else _glass().none()


def glass_to_review(*, by: Membership) -> QuerySet[BrokenGlass]:
    """For oversight: what was opened and nobody reviewed, oldest first. Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    return _glass().filter(opened_at__isnull=False, reviewed_at=None).order_by("opened_at")


def glass_reviewed(*, by: Membership) -> QuerySet[BrokenGlass]:
    """For oversight: what was reviewed, newest first. Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    return _glass().filter(reviewed_at__isnull=False).order_by("-reviewed_at")


def glass_that_waits(*, by: Membership) -> int:
    """How many of our records were opened, or are asked for, that no supervisor here has noted. Asks nothing for who supervises nobody."""
    if not by.supervises or by.role == Role.AUDITOR:
        return 0
    waits = Q(opened_at=None, refused_at=None) | Q(opened_at__isnull=False, seen_by_holder_at=None)
    return BrokenGlass.objects.filter(waits, record__agency_id=by.agency_id).count()


def glass_for(pk: int, *, by: Membership) -> BrokenGlass | None:
    """One that this person opened, whose record they supervise, or that they review; else it does not exist."""
    mine = Q(by=by)
    if by.role == Role.AUDITOR:
        mine = Q()
    elif by.supervises:
        mine |= Q(record__agency_id=by.agency_id)
    return _glass().filter(mine, pk=pk).first()


def reads_by_break_glass(record: Record, *, by: Membership) -> BrokenGlass | None:
    """The break-glass by which this person reads the record now, where they are not party to it."""
    if not by.may_break_glass:
        return None
    at = moment.now()
    open_now = BrokenGlass.objects.filter(record=record, by=by, opened_at__lte=at, ends_at__gt=at).first()
    return open_now if open_now and not Record.objects.party_to(by).filter(pk=record.pk).exists() else None
