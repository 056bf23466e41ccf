"""Who may ask what, as every worker has it in memory: read anew twice a second, so that no look-up asks the database.

A key that is no key costs one SHA-256 and one look into a table.
"""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from havenline.foundation import moment
from havenline.foundation.lists.models import KnownList, ListReader
from havenline.foundation.people.models import Agency, ApiKey
from havenline.foundation.people.roles import AgencyKind, Scope
from havenline.foundation.recognition.models import Pause

# Whose keys are told how near something is, within a radius of their choice, and how many entries there are: those who work on the lists.
# For everybody else that would be a map of the way around them.
TOLD_HOW_NEAR = frozenset({AgencyKind.HOTLINE, AgencyKind.POLICE, AgencyKind.INTELLIGENCE})


@dataclass(frozen=True, slots=True)
class Reads:
    """What one agency may do with one list. `sees`: its entries' grades, and what their source says of them, too."""

    pk: int
    slug: str
    bank: str
    name: str
    own: bool
    sees: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """One key, as it stands now."""

    key: int
    line: int
    prefix: str
    agency: int
    may_match: bool
    may_list: bool
    told_how_near: bool
    paused: bool
    expires_at: float
    matches: Mapping[int, Reads] = field(repr=False)
    lists: frozenset[int] = field(repr=False)


def hash_of(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def read() -> dict[str, Grant]:
    """Every key that opens something here, by the SHA-256 of what is shown: an equal hash is the key."""
    now = moment.now()
    keys = (
        ApiKey.objects.select_related("agency")
        .filter(revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(Q(answerable=None) | Q(answerable__is_active=True))
    )
    wanted = [key for key in keys if Scope.MATCH in key.scopes or Scope.CURATE in key.scopes]
    if not wanted:
        return {}
    paused = set(Pause.objects.open().values_list("key_id", flat=True))
    matched = _matched_by_agency({key.agency for key in wanted})
    found = {}
    for key in wanted:
        reads = matched[key.agency_id]
        found[key.hash] = Grant(
            key=key.pk,
            line=key.line,
            prefix=key.prefix,
            agency=key.agency_id,
            may_match=Scope.MATCH in key.scopes,
            may_list=Scope.CURATE in key.scopes,
            told_how_near=key.agency.kind in TOLD_HOW_NEAR,
            paused=key.line in paused,
            expires_at=key.expires_at.timestamp() if key.expires_at else float("inf"),
            matches=reads,
            lists=frozenset(reads),
        )
    return found


def _matched_by_agency(agencies: set[Agency]) -> dict[int, dict[int, Reads]]:
    """As `KnownList.objects.matched_for` says it, for all of them in two questions; a list that is held is not matched."""
    now = moment.now()
    lists = {one.pk: one for one in KnownList.objects.filter(is_matched=True, closed_at=None, held_at=None)}
    found: dict[int, dict[int, Reads]] = defaultdict(dict)
    for one in lists.values():
        found[one.agency_id][one.pk] = Reads(one.pk, one.slug, bank_of(one.slug), one.name, own=True, sees=True)
    readers = ListReader.objects.filter(known_list__in=lists, agency__in=agencies, may_match=True, since__lte=now)
    for reader in readers.filter(Q(until=None) | Q(until__gt=now)):
        one = lists[reader.known_list_id]
        if one.agency_id != reader.agency_id:
            found[reader.agency_id][one.pk] = Reads(one.pk, one.slug, bank_of(one.slug), one.name, own=False, sees=reader.may_see)
    return found


def bank_of(slug: str) -> str:
    """What HMA would call a list: its banks have names such as `MY_BANK`."""
    return slug.upper().replace("-", "_")


class Grants:
    """The grants of this process, kept fresh by whoever calls `refresh`."""

    def __init__(self) -> None:
        self._by_hash: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def refresh(self) -> None:
        by_hash = read()
        with self._lock:
            self._by_hash = by_hash

    def of(self, raw: str, *, at: float) -> Grant | None:
        """The grant of a key as it was shown; None where it opens nothing."""
        grant = self._by_hash.get(hash_of(raw))
        return None if grant is None or grant.expires_at <= at else grant
