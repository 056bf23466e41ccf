"""Who can act: a person in one membership, an API key, a reporter, or the clock. And what they act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class Actor(Protocol):
    """Whoever stands behind an entry."""

    @property
    def ledger_name(self) -> str: ...  # "person:8f2c…", "key:…", "reporter", "clock"

    @property
    def ledger_agency(self) -> str: ...  # the agency's slug, or ""

    @property
    def ledger_role(self) -> str: ...


class Seal(Protocol):
    """A record's own key, as far as the ledger needs it."""

    def mac(self, message: bytes) -> str: ...

    def seal_words(self, words: str) -> str: ...


@runtime_checkable
class OnTheLedger(Protocol):
    """Whatever an entry speaks of."""

    @property
    def ledger_object(self) -> str: ...  # "case", "access assessment 12"

    @property
    def ledger_record(self) -> str: ...  # the record's reference, or ""

    def ledger_seal(self) -> Seal | None: ...


class OnNoFile:
    """Whatever belongs to no record (an agency, a host): its entries name none, and are sealed with no key."""

    ledger_record = ""

    def ledger_seal(self) -> None:
        return None


@dataclass(frozen=True)
class Nobody:
    """An actor that is no person of an agency."""

    ledger_name: str
    ledger_agency: str = ""
    ledger_role: str = ""


REPORTER = Nobody("reporter")
CLOCK = Nobody("clock")
INSTALLATION = Nobody("installation")  # set-up, demo and command line, before anybody can sign in


# By whose key records are opened now (foundation.sealing). It stands here because the ledger, the first of all rooms, is the
# installation's own: an entry is sealed with a record's key, whoever acts.
THE_INSTALLATION = "desk"
_acts_for: ContextVar[str] = ContextVar("acts_for", default=THE_INSTALLATION)


@contextmanager
def acting_for(holder: str) -> Iterator[None]:
    """Inside, this holder acts: its wraps alone open records. Outside the installation does: its worker, its command line."""
    before = _acts_for.set(holder)
    try:
        yield
    finally:
        _acts_for.reset(before)


def acts_for() -> str:
    """Who acts now."""
    return _acts_for.get()
