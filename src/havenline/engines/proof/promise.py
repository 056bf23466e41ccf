"""What a reporter holds to prove that their report cannot be denied: a salt that nobody else has, and a promise or a proof.

The public log holds nothing but `commitment(said, salt)`: 32 bytes that say nothing to whoever has no salt, and derive from no receipt.
Until they are published the log promises them, signed; then the statement carries a C2SP tlog-proof. One function checks both.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from havenline.engines.proof import note
from havenline.engines.proof.copy import check_proof
from havenline.engines.proof.note import BadNote, Note, SigningKey, VerifierKey
from havenline.engines.proof.tree import NotProved, Tree, grown

FIRST = "havenline receipt v1"
PROMISE = "havenline promise v1"
HEAD = re.compile(rf"{FIRST}\n([a-z ]{{3,40}} on \d{{4}}-\d\d-\d\d)\nsalt ([A-Za-z0-9+/]{{43}}=)")


@dataclass(frozen=True)
class Shown:
    """What a statement was found to show, such as “received on 2026-11-18”; promised or published."""

    said: str
    is_published: bool
    log: str


def commitment(said: str, salt: bytes) -> str:
    """The leaf, as its line in the log: base64 of SHA-256 over what is said and 32 random bytes."""
    return note.encoded(hashlib.sha256(b"havenline commitment v1\n" + f"{said}\n".encode() + salt).digest())


def leaf_hash(line: str) -> bytes:
    return hashlib.sha256(b"\x00" + line.encode()).digest()


def promised(said: str, leaf: str, key: SigningKey) -> str:
    """The signed promise that this leaf will stand in the log. It can be taken for no checkpoint: its second line is no number."""
    return note.signed(_promise(key.name, said, leaf), [key])


def _promise(log: str, said: str, leaf: str) -> str:
    return f"{PROMISE}\n{log}\n{said}\ncommitment {leaf}\n"


def statement(*, said: str, salt: bytes, shown_by: str) -> str:
    """What the reporter keeps. `shown_by`: the promise, or the tlog-proof of the leaf."""
    return f"{FIRST}\n{said}\nsalt {note.encoded(salt)}\n\n{shown_by}"


def check_statement(whole: str, keys: Iterable[VerifierKey]) -> Shown:
    """Raises NotProved."""
    known = list(keys)
    head, _blank, rest = whole.replace("\r\n", "\n").strip().partition("\n\n")
    read = HEAD.fullmatch(head)
    if not read:
        raise NotProved("This is no statement of a receipt: take all of it, from its first line.")
    try:
        said, leaf, rest = read[1], commitment(read[1], note.decoded(read[2])), f"{rest}\n"
    except ValueError as error:
        raise NotProved("Its salt was not copied whole.") from error
    if not rest.startswith(f"{PROMISE}\n"):
        _sequence, opened = check_proof(leaf, rest, known)
        return Shown(said, True, opened.checkpoint.origin)
    try:
        found = Note.read(rest)
        signed = [key for key, _line in found.signed_by(known) if found.text == _promise(key.name, said, leaf)]
    except BadNote as error:
        raise NotProved(f"The promise does not hold. {error}") from error
    if not signed:
        raise NotProved("The promise is not of this and its salt, or is signed by no key that you know.")
    return Shown(said, False, signed[0].name)


def tree_of(lines: Sequence[str]) -> Tree:
    """The tree over a whole log that is at hand."""
    levels: dict[int, list[bytes]] = {0: [leaf_hash(line) for line in lines]}
    for level, _index, one in grown(0, levels[0], lambda level, first, last: levels[level][first:last]):
        levels.setdefault(level, []).append(one)
    return Tree(len(lines), lambda level, first, last: levels[level][first:last])
