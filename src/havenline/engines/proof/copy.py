"""A copy of a record that carries its own proof: readable text, the entry that vouches for it, and a C2SP tlog-proof of that entry.

Whoever has the ledger's public key can check it alone: the text has the digest that the entry names, the entry stands at its place in the
tree, and the tree's root was signed. Line ends and the space around the whole may change on the way; nothing else.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from havenline.engines.proof import note
from havenline.engines.proof.checkpoint import Opened, open_checkpoint
from havenline.engines.proof.entry import entry_hash
from havenline.engines.proof.note import BadNote, VerifierKey
from havenline.engines.proof.tree import NotProved, verify_inclusion

LINE = "===== Proof. Whoever changes anything above this line will be found out. ====="
PROOF = "c2sp.org/tlog-proof@v1"
INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
MOST_HASHES = 63


@dataclass(frozen=True)
class CheckedCopy:
    """What a copy was shown to be: the place of the entry that vouches for it, that entry, and who signed."""

    sequence: int
    entry: dict[str, Any]
    digest: str
    opened: Opened


def digest_of(text: str) -> str:
    """SHA-256 of a text as it is read, in hexadecimal: whatever its line ends, without the space around it."""
    return hashlib.sha256(_as_read(text).encode()).hexdigest()


def _as_read(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def write_proof(*, sequence: int, path: Sequence[bytes], checkpoint: str) -> str:
    """A tlog-proof of the entry at that place, counted from 1."""
    return f"{PROOF}\nindex {sequence - 1}\n{''.join(note.encoded(one) + chr(10) for one in path)}\n{checkpoint}"


def write_copy(text: str, *, entry: str, proof: str) -> str:
    """The whole file: what is read, the entry that names its digest, and the entry's proof."""
    return f"{_as_read(text)}\n\n{LINE}\n{entry}\n\n{proof}"


def check_copy(whole: str, keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey] = ()) -> CheckedCopy:
    """Raises NotProved, saying what was changed."""
    text, line, rest = _as_read(whole).rpartition(f"\n{LINE}\n")
    if not line:
        raise NotProved("It has no proof: take the whole of it, with every line below the line that begins with =====.")
    entry, _blank, proof = rest.partition("\n\n")
    said = _entry(entry)
    digest = digest_of(text)
    if said.get("digest") != digest:
        raise NotProved("Its text was changed: it is not the one that the ledger’s entry vouches for.")
    sequence, opened = check_proof(entry, proof + "\n", keys, witnesses)
    return CheckedCopy(sequence, said, digest, opened)


def check_proof(entry: str, proof: str, keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey] = ()) -> tuple[int, Opened]:
    """That an entry stands where a tlog-proof says, under a checkpoint that one of these keys signed. Raises NotProved."""
    head, _blank, checkpoint = proof.partition("\n\n")
    first, index, *hashes = [*head.split("\n"), ""]
    said = INDEX.fullmatch(index)
    try:
        path = [note.decoded(one) for one in hashes[:-1]]
    except ValueError as error:
        raise NotProved("Its proof was changed: a line of it cannot be read.") from error
    if first != PROOF or not said or len(path) > MOST_HASHES:
        raise NotProved("Its proof was changed: it is none that can be read.")
    try:
        opened = open_checkpoint(checkpoint, keys, witnesses)
    except BadNote as error:
        raise NotProved(f"Its proof does not hold. {error}") from error
    try:
        leaf = bytes.fromhex(entry_hash(entry))
        verify_inclusion(leaf=leaf, index=int(said[1]), size=opened.checkpoint.size, path=path, root=opened.checkpoint.root)
    except NotProved as error:
        raise NotProved(f"The entry that vouches for it is not the one that stands in the ledger. {error}") from error
    return int(said[1]) + 1, opened


def _entry(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotProved("Its proof was changed: the ledger’s entry cannot be read.")
    return said
