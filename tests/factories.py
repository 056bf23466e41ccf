"""Agencies, people and files for tests, made as the product makes them. Content by SAFETY.md: plainly fictitious, benign."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from itertools import count
from typing import Any

from havenline.engines.proof import canonical
from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import REFERRAL_TO_POLICE, REFERRAL_TO_SOCIAL_CARE, Purpose
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Refusal
from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.people.roles import AgencyKind, FileKind, Team
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.sealing import holders
from havenline.journey.intake.models import Report, Urgency

_numbers = count(1)
SINCE = datetime(2020, 1, 1, tzinfo=UTC)  # so that tests may stand on an earlier day

NAMES = {
    AgencyKind.HOTLINE: "Northmere Hotline",
    AgencyKind.POLICE: "Northmere Police",
    AgencyKind.SOCIAL_CARE: "Northmere social care",
    AgencyKind.INTELLIGENCE: "Intelligence service",
    AgencyKind.HEALTH: "Northmere Health",
    AgencyKind.LADO: "Northmere designated officer",
    AgencyKind.SCHOOL: "Alder Road School",
    AgencyKind.PLATFORM: "chat.example",
    AgencyKind.OVERSIGHT: "Oversight",
    AgencyKind.INSTALLATION: "This installation",
    AgencyKind.OUTSIDE: "Somebody without an account",
}


def agency(kind: str, name: str = "", *, office_hours: bool = False) -> Agency:
    """An agency of that kind; the same name gives the same one."""
    name = name or NAMES[AgencyKind(kind)]
    hours = {"opens": time(9), "closes": time(17)} if office_hours else {}
    made, _new = Agency.objects.get_or_create(
        slug=name.lower().replace(" ", "-").replace(".", "-"), defaults={"name": name, "kind": kind, **hours}
    )
    holders.make_pair(made.holder)
    return made


def member(role: str, of: Agency, name: str = "", *, team: str = Team.NONE, password: str | None = None) -> Membership:
    """A person acting in one role of an agency."""
    number = next(_numbers)
    person = Person.objects.create_user(email=f"person{number}@havenline.example", password=password, name=name or f"Person {number}")
    return Membership.objects.create(person=person, agency=of, role=role, team=team, since=SINCE)


def report(at: Agency, *, kind: str = "contact", danger: str = "no", answers: dict[str, Any] | None = None) -> Report:
    """A report at a hotline, as it lies there opened."""
    record, key = records.open_record(kind=FileKind.REPORT, agency=at)
    sealed = key.seal("answers", canonical(answers or {"kind": kind, "happened": "An adult stranger asked to meet a child."}))
    return Report.objects.create(
        record=record,
        hotline=at,
        channel="form",
        kind=kind,
        danger=danger,
        urgency=Urgency.of(danger=danger),
        source="parent",
        sealed=sealed,
        submission=f"submission-{next(_numbers)}",
        received_at=moment.now(),
        opened_at=moment.now(),
    )


IDENTIFIERS = ({"kind": "account", "shown": "riverwalk_77 at chat.example"}, {"kind": "mail", "shown": "r.w77@mail.example"})


def referral_to_police(of: Report, to: Agency, by: Membership, *, identifiers: Sequence[dict[str, str]] = IDENTIFIERS) -> HandOver:
    """A hotline's referral, sent."""
    package = {
        "report": of.reference,
        "kind": of.kind,
        "channel": of.channel,
        "received": of.received_at.isoformat(),
        "danger": of.danger,
        "answers": of.answers(),
        "items": [],
        "identifiers": list(identifiers),
        "children": [],
        "reason": "An adult stranger asked to meet a child.",
        "decided_by": by.short_name,
        "assessed": True,
    }
    owed = handover.owe(
        source=of.record,
        purpose=REFERRAL_TO_POLICE,
        obligation="decision 1",
        from_agency=by.agency,
        to_agency=to,
        package=package,
        by=by,
    )
    return handover.send(hand_over=owed, by=by)


def record(kind: str, of: Agency, **more: Any) -> Record:
    """A bare cover, for what needs no room's own row."""
    made, _key = records.open_record(kind=kind, agency=of, **more)
    return made


def hand_over(
    *,
    purpose: Purpose = REFERRAL_TO_SOCIAL_CARE,
    of: Agency | None = None,
    to: Agency | None = None,
    source: Record | None = None,
    obligation: str = "a duty",
    urgent: bool = False,
    package: dict[str, Any] | None = None,
) -> HandOver:
    """One that is owed: from police to social care, unless told otherwise."""
    of = of or agency(AgencyKind.POLICE)
    return handover.owe(
        source=source or record(FileKind.CASE, of),
        purpose=purpose,
        obligation=obligation,
        from_agency=of,
        to_agency=to or agency(purpose.to),
        package={"concern": "An adult stranger asked to meet the child."} if package is None else package,
        by=INSTALLATION,
        urgent=urgent,
    )


def refusal(kind: str = "rewrite") -> Refusal:
    """A witness that holds something else than this ledger says now."""
    said = {"size": 18, "known_size": 12, "sent": "old 12\n\n", "answered": "422\n", "at": moment.now(), "again_at": moment.now()}
    return Refusal.objects.create(witness="witness.example.org/w1", kind=kind, **said)
