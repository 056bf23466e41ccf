"""Writing the ledger: an entry joins the transaction of what it records."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.actions.chaining import append_committed
from havenline.foundation.ledger.actors import THE_INSTALLATION, Actor, OnTheLedger, Seal, acting_for
from havenline.foundation.ledger.models import Entry, Vouched, Waiting


class NoTransaction(Exception):
    """An entry was to be written outside the transaction of what it records."""


class NoSeal(Exception):
    """Somebody's words were to stand on the ledger for ever: what the entry is about has no key to seal them with."""


def record(
    by: Actor,
    verb: str,
    about: OnTheLedger | str,
    *,
    changed: Mapping[str, Any] | None = None,
    reason: str = "",
    words: str = "",
    to: str = "",
    station: str = "",
    seal: Seal | None = None,
    look: bool = False,
    shown: Collection[str] = (),
    digest: str = "",
) -> Entry:
    """Write one entry into the running transaction.

    `verb`: what was done, in the past tense ("claimed", "referred to police"). `changed`: what the act set; only its
    HMAC under the record's key is kept. `reason`: a code; `words`: the reason in words, sealed with the record.
    `to`: the agency that something was disclosed to. `station`: the name under which this step stands on the trace's
    line, if it is one of its stations. `seal`: the record's key where the process cannot unwrap it (the public one).
    `shown`: which fields a look showed that are withheld from others. `digest`: of a copy that leaves, which this entry
    vouches for in clear; nobody must be able to guess what it is of.
    Raises NoTransaction, NoSeal.
    """
    said = Said(
        about, changed=changed, reason=reason, words=words, to=to, station=station, seal=seal, look=look, shown=shown, digest=digest
    )
    return record_all(by, verb, [said])[0]


@dataclass(frozen=True)
class Said:
    """What an entry says, beside who did what: the arguments of `record`."""

    about: OnTheLedger | str
    changed: Mapping[str, Any] | None = None
    reason: str = ""
    words: str = ""
    to: str = ""
    station: str = ""
    seal: Seal | None = None
    look: bool = False
    shown: Collection[str] = ()
    digest: str = ""


def record_all(by: Actor, verb: str, each: Sequence[Said]) -> list[Entry]:
    """The same act on several records: an entry for each, as `record` writes it, in two statements. Raises NoTransaction, NoSeal."""
    if not connection.in_atomic_block:
        raise NoTransaction(f"“{verb}” must be recorded in the transaction that does it.")
    entries = Entry.objects.bulk_create([_entry(by, verb, said) for said in each])
    Waiting.objects.bulk_create([Waiting(entry=entry) for entry in entries])
    vouched = [Vouched(digest=said.digest, entry=entry) for said, entry in zip(each, entries, strict=True) if said.digest]
    if vouched:
        Vouched.objects.bulk_create(vouched)
    is_list = all(said.look and isinstance(said.about, str) for said in each)  # no page names its place in the chain: nobody waits for it
    if settings.LEDGER_APPENDS and not is_list and not any(one[1] is _chain for one in connection.run_on_commit):
        transaction.on_commit(_chain, robust=True)  # once for all entries of a transaction
    return entries


def _entry(by: Actor, verb: str, said: Said) -> Entry:
    about, seal = said.about, said.seal
    on_record = "" if isinstance(about, str) else about.ledger_record
    if seal is None and not isinstance(about, str) and (said.changed or said.words):
        with acting_for(THE_INSTALLATION):
            seal = about.ledger_seal()
    at = moment.now().astimezone(UTC)
    body: dict[str, Any] = {
        "v": 1,
        "at": at.isoformat(timespec="microseconds"),
        "actor": by.ledger_name,
        "agency": by.ledger_agency,
        "role": by.ledger_role,
        "verb": verb,
        "object": about if isinstance(about, str) else about.ledger_object,
        "record": on_record,
    }
    if said.look:
        body["look"] = True
    if said.shown:
        body["shown"] = sorted(said.shown)
    if said.changed:
        changed = proof.canonical(json.loads(json.dumps(said.changed, cls=DjangoJSONEncoder))).encode()
        body["changed"] = seal.mac(changed) if seal else proof.entry_hash(changed.decode())
    if said.reason:
        body["reason"] = said.reason
    if said.words:
        if seal is None:
            raise NoSeal(f"“{verb}” says words about what has no key: keep them where they can be erased, and name a code.")
        body["words"] = seal.seal_words(said.words)
    if said.to:
        body["to"] = said.to
    if said.station:
        body["station"] = said.station
    if said.digest:
        body["digest"] = said.digest
    text = proof.canonical(body)
    return Entry(body=text, hash=proof.entry_hash(text), at=at, record=on_record, actor=by.ledger_name, agency=by.ledger_agency)


def _chain() -> None:
    append_committed()


def looked(by: Actor, about: OnTheLedger | str, *, reason: str, words: str = "", shown: Collection[str] = ()) -> Entry:
    """Record that somebody saw this (Data Protection Act 2018, s. 62: consultation). A list view is one entry.

    `shown`: the fields that it showed and that are withheld from others, by their codes.
    """
    with transaction.atomic():
        return record(by, "looked at", about, reason=reason, words=words, shown=shown, look=True)
