"""Reading the ledger: its proof, its export, and the entries of one record."""

import json
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from havenline.engines import proof
from havenline.foundation.ledger.kinds import of_kind
from havenline.foundation.ledger.models import Checkpoint, Entry, Link, Subtree, Waiting


@dataclass(frozen=True)
class Said:
    """An entry as it is read: who did what to what, when, and its place in the chain (None while it waits)."""

    id: str
    sequence: int | None
    at: datetime
    actor: str
    agency: str
    role: str
    verb: str
    object: str
    record: str
    reason: str
    words: str
    to: str
    station: str
    look: bool
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """The result of a whole check: links that hold, the head, and committed entries that wait for the appender."""

    count: int
    head: str
    waiting: int
    last: datetime | None  # when the newest entry was made: after a restore, what came later is lost


def read(entry: Entry) -> Said:
    """Unfold an entry's text."""
    body: dict[str, Any] = json.loads(entry.body)
    link = getattr(entry, "link", None)
    return Said(
        id=str(entry.id),
        sequence=link.sequence if link else None,
        at=datetime.fromisoformat(body["at"]),
        actor=body["actor"],
        agency=body["agency"],
        role=body["role"],
        verb=body["verb"],
        object=body["object"],
        record=body["record"],
        reason=body.get("reason", ""),
        words=body.get("words", ""),
        to=body.get("to", ""),
        station=body.get("station", ""),
        look=body.get("look", False),
        shown=tuple(body.get("shown", ())),
    )


def of_records(references: list[str], *, looks: bool = False) -> list[Said]:
    """Every entry of these records, oldest first; looks only where asked for."""
    entries = Entry.objects.filter(record__in=references).select_related("link").order_by("at", "id")
    return [said for said in map(read, entries) if looks or not said.look]


def waiting() -> int:
    """How many committed entries wait for the appender."""
    return Waiting.objects.count()


def oldest_waiting() -> datetime | None:
    return Waiting.objects.order_by("entry__at").values_list("entry__at", flat=True).first()


def head() -> tuple[int, str]:
    """The last link's place and hash."""
    last = Link.objects.order_by("-sequence").values_list("sequence", "hash").first()
    return last or (0, proof.GENESIS)


def read_hashes(level: int, first: int, last: int) -> list[bytes]:
    """What is stored of the tree: the leaves (level 0), or one hash for each 2^level of them."""
    if level:
        subtrees = Subtree.objects.filter(level=level, index__gte=first, index__lt=last).order_by("index")
        found = [bytes.fromhex(one) for one in subtrees.values_list("hash", flat=True)]
    else:
        links = Link.objects.filter(sequence__gt=first, sequence__lte=last).order_by("sequence")
        found = [bytes.fromhex(one) for one in links.values_list("entry__hash", flat=True)]
    if len(found) != last - first:
        raise proof.Broken(first + len(found) + 1, "the tree", f"of the hashes of level {level}, {last - first - len(found)} are missing.")
    return found


def tree() -> proof.Tree:
    """The Merkle tree over every link."""
    return proof.Tree(head()[0], read_hashes)


def verify() -> Verified:
    """Prove the whole chain, its tree and its checkpoints as they are stored. Linear in the entries, raises proof.Broken at the first
    that does not fit. Who signed is another question: `havenline ledger verify FILE --key` asks it.
    """
    with closing(_links()) as links:  # a break leaves the cursor in the middle
        checked = proof.check_links(_grown(links))
    lost = Entry.objects.filter(link=None, waiting=None).order_by("at", "id").first()
    if lost is not None:
        raise proof.Broken(checked.count + 1, str(lost.id), "it stands in no chain and waits for none: it was put in from outside.")
    last = Entry.objects.order_by("-at").values_list("at", flat=True).first()
    return Verified(count=checked.count, head=checked.head, waiting=waiting(), last=last)


def _links() -> Generator[tuple[int, str, str, str, str], None, None]:
    for link in Link.objects.select_related("entry").order_by("sequence").iterator(chunk_size=2000):
        entry = link.entry
        body = json.loads(entry.body) if proof.entry_hash(entry.body) == entry.hash else None
        if body and (body["record"], body["actor"], body["agency"]) != (entry.record, entry.actor, entry.agency):
            raise proof.Broken(link.sequence, str(entry.id), "its columns were changed and no longer say what its text says.")
        yield link.sequence, str(entry.id), entry.body, entry.hash, link.hash


def _grown(links: Iterator[tuple[int, str, str, str, str]]) -> Iterator[tuple[int, str, str, str, str]]:
    """The same links; before each, what the tree over those checked so far must agree with."""
    frontier, row = proof.Frontier(), proof.Frontier()
    signed = dict(Checkpoint.objects.values_list("size", "root"))
    rows = dict(Subtree.objects.filter(level=proof.STRIDE).values_list("index", "hash"))

    def must_agree() -> None:
        at = frontier.size
        if at in signed and signed.pop(at) != frontier.root().hex():
            raise proof.Broken(at, f"the checkpoint of {at}", "the entries up to here are other ones than were signed.")
        if row.size == 1 << proof.STRIDE and rows.pop((at >> proof.STRIDE) - 1, "") != row.root().hex():
            raise proof.Broken(at, "the tree", "the stored hash over the 256 entries up to here is another, or missing.")

    for link in links:
        must_agree()
        yield link  # checked against the chain before this goes on
        leaf = bytes.fromhex(link[3])
        row = proof.Frontier() if row.size == 1 << proof.STRIDE else row
        frontier.append(leaf)
        row.append(leaf)
    must_agree()
    if beyond := [*signed, *(index + 1 << proof.STRIDE for index in rows)]:
        raise proof.Broken(frontier.size + 1, "the tree", f"{max(beyond)} entries were chained, and only {frontier.size} are here.")


def export_lines(*, keys: Sequence[str] = (), upto: Checkpoint | None = None) -> Iterator[str]:
    """The chained ledger, one JSON object a line, with its checkpoints; the last line names the head.

    `keys`: the ledger's public keys. `upto`: the checkpoint that it ends with, so that every entry of the file is signed; else where it
    ends now. Of earlier checkpoints it carries the last of each day, the last that a witness cosigned, and at each change of key the one
    that both keys signed: so far whoever was told the old one alone can follow.
    """
    count, head_hash = head()
    if upto is not None:
        count, head_hash = Link.objects.values_list("sequence", "hash").get(pk=upto.size)
    told = _checkpoints_to_tell(count)
    yield proof.line_of_keys(keys)
    links = Link.objects.filter(sequence__lte=count).select_related("entry").order_by("sequence")
    for link in links.iterator(chunk_size=2000):
        yield proof.line_of_entry(link.sequence, link.entry.body, link.entry.hash, link.hash)
        if proof.KEY_CHANGED in link.entry.body:
            told.update(
                Checkpoint.objects.filter(size__gte=link.sequence, size__lte=count).order_by("size").values_list("size", flat=True)[:1]
            )
        if link.sequence in told:
            yield proof.line_of_checkpoint(whole_checkpoint(Checkpoint.objects.get(pk=link.sequence)))
    yield proof.line_of_head(count, head_hash)


def _checkpoints_to_tell(count: int) -> set[int]:
    signed = Checkpoint.objects.filter(size__lte=count).order_by("size")
    by_day = {at.date(): size for size, at in signed.values_list("size", "signed_at")}  # the later of a day takes its place
    last = signed.values_list("size", flat=True).last()
    witnessed = signed.filter(cosignatures__isnull=False).values_list("size", flat=True).last()
    return {*by_day.values(), *(size for size in (last, witnessed) if size)}


def whole_checkpoint(checkpoint: Checkpoint) -> str:
    """The signed note with the lines of its witnesses."""
    return checkpoint.text + "".join(checkpoint.cosignatures.order_by("witness").values_list("line", flat=True))


def proof_of(link: Link, checkpoint: Checkpoint) -> str:
    """That this entry stands under this checkpoint, as a C2SP tlog-proof."""
    path = tree().inclusion(link.sequence - 1, checkpoint.size)
    return proof.write_proof(sequence=link.sequence, path=path, checkpoint=whole_checkpoint(checkpoint))


def vouched_by(digest: str) -> Entry | None:
    """The entry that names this digest, or whose own hash it is."""
    found = Entry.objects.select_related("link").filter(vouched__digest=digest).first()
    return found or Entry.objects.select_related("link").filter(hash=digest).first()


def last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


@dataclass(frozen=True)
class Page:
    """Entries, newest first, and the keys of the pages on both sides ("" where there is none)."""

    entries: list[Said]
    earlier: str
    later: str


def in_its_place(entry: Entry) -> Entry:
    """The same, read again with its place in the chain, if it has one by now."""
    return Entry.objects.select_related("link").get(pk=entry.pk)


def page(
    *,
    record: str = "",
    actors: Collection[str] | None = None,
    agency: str = "",
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: str = "",
    after: str = "",
    size: int = 50,
) -> Page:
    """One page by keyset (an entry's moment and id), so that the millionth is as quick as the first. A key that is none begins anew."""
    entries = Entry.objects.select_related("link")
    if record:
        entries = entries.filter(record=record)
    if actors is not None:
        entries = entries.filter(actor__in=actors)
    if agency:
        entries = entries.filter(agency=agency)
    if kind:
        entries = entries.filter(of_kind(kind))
    if since:
        entries = entries.filter(at__gte=since)
    if until:
        entries = entries.filter(at__lt=until)
    if key := _key(after):
        at, entry = key
        found = list(entries.filter(Q(at__gt=at) | Q(at=at, id__gt=entry)).order_by("at", "id")[: size + 1])
        more_later, found = len(found) > size, found[:size][::-1]
        more_earlier = True
    else:
        if key := _key(before):
            at, entry = key
            entries = entries.filter(Q(at__lt=at) | Q(at=at, id__lt=entry))
        found = list(entries.order_by("-at", "-id")[: size + 1])
        more_earlier, found = len(found) > size, found[:size]
        more_later = bool(key)
    return Page(
        entries=[read(entry) for entry in found],
        earlier=_key_of(found[-1]) if found and more_earlier else "",
        later=_key_of(found[0]) if found and more_later else "",
    )


def _key_of(entry: Entry) -> str:
    return f"{entry.at.isoformat()}~{entry.id}"


def _key(text: str) -> tuple[datetime, UUID] | None:
    at, _tilde, entry = text.partition("~")
    try:
        key = datetime.fromisoformat(at.replace(" ", "+")), UUID(entry)
    except ValueError:
        return None
    return key if key[0].tzinfo else None
