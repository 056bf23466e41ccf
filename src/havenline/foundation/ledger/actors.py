"""Who can act: a person in one membership, an API key, a reporter, or the clock. And what they act on."""

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
