"""Writing the ledger: an entry joins the transaction of what it records; one appender chains what was committed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import QuerySet

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION, Actor, OnTheLedger, Seal
from havenline.foundation.ledger.models import Checkpoint, Entry, Link, Subtree, Vouched, Waiting
from havenline.foundation.ledger.queries import read_hashes, tree

APPENDER_LOCK = 0x4C454447  # "LEDG": the advisory lock of the one appender
BATCH = 500


class NoTransaction(Exception):
    """An entry was to be written outside the transaction of what it records."""


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
    Raises NoTransaction.
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
    """The same act on several records: an entry for each, as `record` writes it, in two statements. Raises NoTransaction."""
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
        body["words"] = seal.seal_words(said.words) if seal else said.words
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


def _waiting() -> QuerySet[Entry]:
    """The oldest that wait, at most `BATCH`. Few are asked for by name: a join would read the whole ledger to find them."""
    few = list(Waiting.objects.values_list("entry_id", flat=True)[: BATCH + 1])
    entries = Entry.objects.filter(pk__in=few) if len(few) <= BATCH else Entry.objects.filter(waiting__isnull=False)
    return entries.order_by("at", "id")[:BATCH]


def looked(by: Actor, about: OnTheLedger | str, *, reason: str, words: str = "", shown: Collection[str] = ()) -> Entry:
    """Record that somebody saw this (Data Protection Act 2018, s. 62: consultation). A list view is one entry.

    `shown`: the fields that it showed and that are withheld from others, by their codes.
    """
    with transaction.atomic():
        return record(by, "looked at", about, reason=reason, words=words, shown=shown, look=True)


def append_committed(*, limit: int | None = None) -> int:
    """Chain every committed entry that has no link yet, oldest first; return how many.

    Safe to run anywhere and any number of times: one appender at a time, by an advisory lock on PostgreSQL
    and by the database's single writer on SQLite. Costs what waits, whatever the ledger holds.
    """
    appended = 0
    while limit is None or appended < limit:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPENDER_LOCK])
            waiting = list(_waiting())
            if not waiting:
                return appended
            last = Link.objects.order_by("-sequence").values_list("sequence", "hash").first()
            sequence, head = last or (0, proof.GENESIS)
            links, before = [], sequence
            for entry in waiting:
                sequence += 1
                head = proof.link_hash(head, sequence, entry.hash)
                links.append(Link(sequence=sequence, entry=entry, hash=head))
            _grow(before, [bytes.fromhex(entry.hash) for entry in waiting])
            Link.objects.bulk_create(links)
            Waiting.objects.filter(entry__in=waiting).delete()
            appended += len(links)
        if len(links) < BATCH:
            return appended  # what was committed meanwhile has an appender of its own, or the worker's next turn
    return appended


def _grow(size: int, leaves: list[bytes]) -> None:
    """Keep what these leaves make full of the tree, in the transaction of their links."""
    full = proof.grown(size, leaves, read_hashes)
    if full:
        Subtree.objects.bulk_create([Subtree(level=level, index=index, hash=one.hex()) for level, index, one in full])


def sign_checkpoint(*keys: proof.SigningKey) -> Checkpoint | None:
    """The checkpoint of the ledger as it stands, signed by these keys unless it was signed before; None while it is empty.

    It is no entry of its own: it speaks of the ledger, and would let it grow for ever. Safe to run anywhere and any number of times.
    """
    with transaction.atomic():
        now = tree()
        if not now.size:
            return None
        found = Checkpoint.objects.filter(pk=now.size).first()
        if found is None:
            said = proof.Checkpoint(keys[0].name, now.size, now.root())
            signed = Checkpoint(size=now.size, root=said.root.hex(), text=said.signed(*keys), signed_at=moment.now())
            Checkpoint.objects.bulk_create([signed], ignore_conflicts=True)  # another process may sign the same, word for word
            found = Checkpoint.objects.get(pk=now.size)
        return found


def change_key(*, old: proof.SigningKey, new: proof.SigningKey) -> Checkpoint:
    """Say on the ledger that its key is another from here on, and sign that with both: who knows one of them can follow.

    Under another name it is another log to witnesses, signed by the new key alone.
    """
    with transaction.atomic():
        record(INSTALLATION, proof.KEY_CHANGED, f"ledger, from {old.public} to {new.public}")
    append_committed()
    signed = sign_checkpoint(old, new) if old.name == new.name else sign_checkpoint(new)
    assert signed is not None  # noqa: S101  (the entry stands)
    return signed
