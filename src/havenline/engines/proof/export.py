"""An exported ledger, one JSON object a line, checked as it is read: with no database, in little memory.

`{"keys": […]}` first: what its checkpoints are signed with, to be compared with what you were told by another way. Then entry by entry
`{"sequence", "body", "hash", "link"}`; after the entry at which it was signed, `{"checkpoint": …}`; and last `{"count", "head"}`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from havenline.engines.proof.chain import GENESIS, Broken, Checked, link_hash
from havenline.engines.proof.checkpoint import Checkpoint, open_checkpoint
from havenline.engines.proof.entry import canonical, entry_hash
from havenline.engines.proof.note import BadKey, BadNote, VerifierKey
from havenline.engines.proof.tree import Frontier

KEY_CHANGED = "changed the key of the ledger"  # the verb of the entry that names an old key and its new one
OF_AN_ENTRY = {"sequence", "body", "hash", "link"}


@dataclass(frozen=True)
class CheckedExport(Checked):
    """What a whole file was found to be."""

    root: str = ""  # of the tree over all entries, in hexadecimal
    signed: int = 0  # how many entries, from the first, stand under a checkpoint signed by a key that is known
    signed_by: tuple[str, ...] = ()  # the keys that signed the last of these; without `keys` the file's own, which prove nothing yet
    witnessed: int = 0  # how many a witness that is known has cosigned
    witnesses: tuple[str, ...] = ()


@dataclass
class _Signed:
    """What the checkpoints so far have shown."""

    size: int = 0
    by: tuple[str, ...] = ()
    witnessed: int = 0
    witnesses: tuple[str, ...] = ()
    passed_over: str = ""
    own_keys: list[VerifierKey] = field(default_factory=list)


def check_export(
    lines: Iterable[str],
    *,
    keys: Iterable[VerifierKey] = (),
    witnesses: Iterable[VerifierKey] = (),
    kept: Iterable[Checkpoint] = (),
    progress: Callable[[int], None] = lambda _count: None,
) -> CheckedExport:
    """Check a file line by line. Raises Broken at the first that does not fit, and at a file that was cut short.

    `keys`: the ledger's, as you were told them by another way; then every entry must stand under a checkpoint signed by one of them.
    `witnesses`: whose cosignatures count. `kept`: checkpoints of other days, which must be this ledger's beginning.
    """
    known, outside = list(keys), list(witnesses)
    at_size: dict[int, list[Checkpoint]] = {}
    for one in kept:
        at_size.setdefault(one.size, []).append(one)
    tree, signed = Frontier(), _Signed()
    head, key_change, ended = GENESIS, "", False
    for number, row in _rows(lines):
        if ended:
            raise Broken(tree.size + 1, f"line {number}", "something was put in after the last line, which names the head.")
        if row.keys() == OF_AN_ENTRY:
            head = _entry(row, number, tree, head)
            if KEY_CHANGED in row["body"]:
                key_change = f" Its entry {tree.size} says that its key was changed: ask for the new one by another way, and give both."
            for one in at_size.pop(tree.size, ()):
                if one.root != tree.root():
                    raise Broken(tree.size, _name(row["body"]), f"{_upto(tree.size)} other ones than the checkpoint that you kept.")
            if not tree.size % 20_000:
                progress(tree.size)
        elif row.keys() == {"checkpoint"}:
            _checkpoint(row["checkpoint"], number, tree, signed, known or signed.own_keys, outside)
        elif row.keys() == {"keys"} and not tree.size:
            signed.own_keys = _keys(row["keys"], number)
        elif row.keys() == {"count", "head"}:
            ended = True
            if row["head"] != head or row["count"] != tree.size:
                raise Broken(tree.size, "the last line", "the file names another head than its entries give.")
        else:
            raise Broken(tree.size + 1, f"line {number}", "this line is none of a ledger.")
    if not ended:
        raise Broken(tree.size + 1, "the last line", "the file was cut short: its last line, which names the head, is missing.")
    if at_size:
        raise Broken(tree.size + 1, "the last line", f"the file was cut short: a checkpoint that you kept counts {max(at_size)} entries.")
    if known and signed.size < tree.size:
        raise Broken(
            signed.size + 1,
            "and all after it",
            f"not under a checkpoint signed by a key that you gave.{signed.passed_over}{key_change}",
        )
    return CheckedExport(tree.size, head, tree.root().hex(), signed.size, signed.by, signed.witnessed, signed.witnesses)


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError
            yield number, row
    except (ValueError, RecursionError) as error:  # what is no UTF-8 among them
        raise Broken(number, f"line {number}", "this line cannot be read.") from error


def _entry(row: dict[str, Any], number: int, tree: Frontier, head: str) -> str:
    """The link of an entry that fits where it stands."""
    sequence, body, stored = row["sequence"], row["body"], row["hash"]
    if not (isinstance(body, str) and isinstance(stored, str)):
        raise Broken(tree.size + 1, f"line {number}", "this line cannot be read.")
    if sequence != tree.size + 1 or isinstance(sequence, bool):
        raise Broken(tree.size + 1, _name(body), f"the chain continues at {sequence}: an entry is missing, was moved or was put in.")
    if entry_hash(body) != stored:
        raise Broken(sequence, _name(body), "its text was changed after it was written.")
    link = link_hash(head, sequence, stored)
    if link != row["link"]:
        raise Broken(sequence, _name(body), "its link does not follow from the one before.")
    tree.append(bytes.fromhex(stored))
    return link


def _name(body: object) -> str:
    """What an entry says of itself, in short: its moment and its verb."""
    try:
        said = json.loads(body) if isinstance(body, str) else {}
        return f"{str(said['at'])[:19]}, “{str(said['verb'])[:60]}”"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "its text says nothing"


def _checkpoint(whole: object, number: int, tree: Frontier, signed: _Signed, keys: list[VerifierKey], witnesses: list[VerifierKey]) -> None:
    try:
        opened = open_checkpoint(str(whole), keys, witnesses)
    except BadNote as error:
        if "no key that you know" not in str(error):
            raise Broken(tree.size, f"the checkpoint of line {number}", str(error)) from error
        signed.passed_over = f" {error}"
        return
    if opened.checkpoint.size != tree.size:
        raise Broken(
            tree.size, f"the checkpoint of line {number}", f"it counts {opened.checkpoint.size} entries, and {tree.size} stand before it."
        )
    if opened.checkpoint.root != tree.root():
        raise Broken(tree.size, f"the checkpoint of line {number}", f"{_upto(tree.size)} other ones than were signed.")
    signed.size, signed.by = tree.size, tuple(map(str, opened.signed))
    if opened.cosigned:
        signed.witnessed, signed.witnesses = tree.size, tuple(key.name for key, _line in opened.cosigned)


def _upto(size: int) -> str:
    return f"the {size} entries up to here are"


def _keys(said: object, number: int) -> list[VerifierKey]:
    try:
        return [VerifierKey.read(str(one)) for one in said] if isinstance(said, list) else []
    except BadKey as error:
        raise Broken(0, f"line {number}", str(error)) from error


def line_of_keys(keys: Iterable[str]) -> str:
    return canonical({"keys": list(keys)})


def line_of_entry(sequence: int, body: str, hash_of_entry: str, link: str) -> str:
    return canonical({"sequence": sequence, "body": body, "hash": hash_of_entry, "link": link})


def line_of_checkpoint(whole: str) -> str:
    return canonical({"checkpoint": whole})


def line_of_head(count: int, head: str) -> str:
    return canonical({"count": count, "head": head})


def count_of(line: str) -> int:
    """How many entries the last line of a file counts."""
    return int(json.loads(line)["count"])
