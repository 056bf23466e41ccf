"""Lists for tests of exchange, with benign values: digests of short words, and random bits for PDQ."""

import hashlib
import random
from datetime import datetime
from typing import Any

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.actions import make_api_key
from havenline.foundation.people.models import Agency, ApiKey
from havenline.foundation.people.roles import Scope
from tests import factories

BASE = datetime(2026, 11, 18, 10, 6, tzinfo=moment.LONDON)


def hash_list(name: str = "Northmere hashes", *, origin: str = "own", kind: str = "hash") -> KnownList:
    return lists.make_list(
        name=name, kind=kind, origin=origin, agency=factories.agency("hotline"), by=INSTALLATION, licence="For matching alone."
    )


def sha256(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def md5(word: str) -> str:
    return hashlib.md5(word.encode()).hexdigest()  # noqa: S324  (a list's digest, no secret)


def pdq(number: int) -> str:
    return random.Random(number).randbytes(32).hex()


def add(to: KnownList, *values: tuple[str, str], grade: str = "", **more: Any) -> list[ListEntry]:
    new = [lists.NewEntry(signal, value, 90 if signal == "pdq" else None, grade) for signal, value in values]
    return lists.add_entries(known_list=to, new=new, by=INSTALLATION, **more).entries


def withdraw(of: KnownList, value: str) -> None:
    lists.withdraw(entry=of.entries.get(value=value, withdrawn_at=None), by=INSTALLATION)


def key_for(*readable: KnownList, agency: Agency | None = None, scopes: tuple[str, ...] = (Scope.LISTS,)) -> tuple[ApiKey, str]:
    """A platform's key, whose agency is sent these lists."""
    agency = agency or factories.agency("platform")
    for one in readable:
        lists.let_read(known_list=one, agency=agency, by=INSTALLATION, may_be_sent=True)
    return make_api_key(agency=agency, by=INSTALLATION, scopes=scopes)


def bearer(raw: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {raw}"}
