"""The chain: each link binds one entry to everything before it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from havenline.engines.proof.entry import entry_hash

GENESIS = "0" * 64


@dataclass(frozen=True)
class Checked:
    """What a check found: how many links hold, and the hash of the last."""

    count: int
    head: str


class Broken(Exception):
    """The first place that does not fit. `sequence` counts from 1; `entry` is that entry's identifier."""

    def __init__(self, sequence: int, entry: str, why: str) -> None:
        super().__init__(f"Entry {sequence} ({entry}): {why}")
        self.sequence, self.entry, self.why = sequence, entry, why


def link_hash(previous: str, sequence: int, hash_of_entry: str) -> str:
    """SHA-256 over the previous link, the place and the entry, in hexadecimal."""
    return hashlib.sha256(b"\x01" + f"{previous}:{sequence}:{hash_of_entry}".encode()).hexdigest()


def check_links(links: Iterable[tuple[int, str, str, str, str]], *, start: Checked | None = None) -> Checked:
    """Check links in order, each `(sequence, entry id, entry text, entry hash, link hash)`.

    Linear in the number of links, constant in memory. Raises Broken at the first that does not fit.
    """
    at = start or Checked(0, GENESIS)
    count, head = at.count, at.head
    for sequence, entry, body, stored_hash, stored_link in links:
        if sequence != count + 1:
            raise Broken(count + 1, entry, f"the chain continues at {sequence}: an entry is missing or was put in.")
        if entry_hash(body) != stored_hash:
            raise Broken(sequence, entry, "its text was changed after it was written.")
        expected = link_hash(head, sequence, stored_hash)
        if expected != stored_link:
            raise Broken(sequence, entry, "its link does not follow from the one before.")
        count, head = sequence, stored_link
    return Checked(count, head)
