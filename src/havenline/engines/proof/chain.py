"""The chain: each link binds one entry to everything before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
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


def check_export(lines: Iterable[str]) -> Checked:
    """Check an exported ledger (one JSON object a line) with no database.

    Raises Broken at the first line that does not fit, and at a file that was cut short of the head it announces.
    """
    announced: dict[str, object] = {}

    def links() -> Iterator[tuple[int, str, str, str, str]]:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                if "head" in row:
                    announced.update(row)
                    continue
                yield (int(row["sequence"]), str(row["entry"]), str(row["body"]), str(row["hash"]), str(row["link"]))
            except (ValueError, KeyError, TypeError) as error:
                raise Broken(number, f"line {number}", "this line cannot be read.") from error

    checked = check_links(links())
    if not announced:
        raise Broken(checked.count + 1, "the last line", "the file was cut short: its last line, which names the head, is missing.")
    if announced["head"] != checked.head or announced["count"] != checked.count:
        raise Broken(checked.count, "the last line", "the file names another head than its entries give.")
    return checked
