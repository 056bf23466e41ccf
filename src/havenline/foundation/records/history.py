"""What the ledger says of one record, for the record's own page: what was done, and who read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.queries import Said
from havenline.foundation.people.models import Person
from havenline.foundation.people.roles import Role
from havenline.foundation.records.models import Record

READERS_SHOWN = 8
LEFT_OUT = {
    "started a clock",
    "stopped a clock",
    "voided a clock",
    "reopened a clock",
    "counted a clock again",
}  # each clock stands on the page itself


@dataclass(frozen=True)
class Recorded:
    """An act; `sequence`: its place in the chain, None while it waits."""

    at: datetime
    who: str
    verb: str
    sequence: int | None


@dataclass(frozen=True)
class Seen:
    """A person who read it for one reason: when last, how often, and the entry of the last time."""

    who: str
    at: datetime
    why: str
    times: int
    entry: int | None


def recorded(record: Record, *, at_most: int | None = None) -> list[Recorded]:
    """Everything that was done, newest first; looks and clocks are left out."""
    said = [one for one in ledger.of_records([record.reference]) if one.verb not in LEFT_OUT]
    newest = said[::-1][:at_most]
    names = _names(newest)
    return [Recorded(one.at, names[one.actor], one.verb, one.sequence) for one in newest]


def seen_by(record: Record, *, reasons: Mapping[str, str]) -> list[Seen]:
    """Who read it, and why, newest first: one line for each person and reason. `reasons`: this room's codes, in words.

    Oversight's own looks are seen by oversight alone.
    """
    looks: dict[tuple[str, str], tuple[Said, int]] = {}
    for said in ledger.of_records([record.reference], looks=True):
        if said.look and said.role != Role.AUDITOR:
            _before, times = looks.pop((said.actor, said.reason), (said, 0))
            looks[said.actor, said.reason] = (said, times + 1)
    newest = list(reversed(looks.values()))[:READERS_SHOWN]
    names = _names([said for said, _times in newest])
    return [Seen(names[said.actor], said.at, reasons.get(said.reason, said.reason), times, said.sequence) for said, times in newest]


def _names(entries: Iterable[Said]) -> dict[str, str]:
    """Each actor of these entries as it is called on a page."""
    actors = {said.actor for said in entries}
    keys = [actor.removeprefix("person:") for actor in actors if actor.startswith("person:")]
    names = {f"person:{person.pk}": person.short_name for person in Person.objects.filter(pk__in=keys)}
    return {actor: names.get(actor) or _in_words(actor) for actor in actors}


def _in_words(actor: str) -> str:
    if actor.startswith("host-link:"):
        return _("The host")
    return _("Havenline") if actor == "clock" else actor
