#!/usr/bin/env python3
"""Check a copy of a record, made for a court, with nothing but Python and verify_ledger.py beside it: both are all that you trust.

    python3 verify_record.py COPY.txt KEY [KEY ...]

It holds if its text has the SHA-256 that the ledger's entry names, the entry stands at its place in the tree (RFC 6962, 2.1.1), and the
tree's root was signed by a KEY that you were told by another way.
"""

import base64
import hashlib
import json
import sys

from verify_ledger import check_checkpoint, read_key, sha256

LINE = "\n===== Proof. Whoever changes anything above this line will be found out. =====\n"


def decoded(text):
    """The bytes of base64, of which each has one way to be written. Raises ValueError."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("some of it is written otherwise than it was")
    return raw


def root_from(leaf, index, size, path):
    """The root to which this path leads from the leaf (RFC 9162, 2.1.3.2)."""
    last = size - 1
    for one in path:
        if index & 1 or index == last:
            leaf = sha256(b"\x01" + one + leaf)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha256(b"\x01" + leaf + one)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("The proof is too short.")
    return leaf


def check(whole, keys):
    """What holds, as words. Raises ValueError."""
    text, line, rest = whole.replace("\r\n", "\n").strip().rpartition(LINE)
    entry, _blank, proof = (rest + "\n").partition("\n\n")
    if not line or hashlib.sha256(text.strip().encode()).hexdigest() != json.loads(entry)["digest"]:
        raise ValueError("Its text is not the one that the entry vouches for.")
    head, _blank, checkpoint = proof.partition("\n\n")
    first, said, *path = head.split("\n")
    index, size = int(said.split(" ")[1]), int(checkpoint.split("\n")[1])
    if [first, said] != ["c2sp.org/tlog-proof@v1", f"index {index}"] or not 0 <= index < size:
        raise ValueError("Its proof was changed.")
    root = root_from(sha256(b"\x00" + entry.encode()), index, size, [decoded(one) for one in path])
    kinds = check_checkpoint(checkpoint, keys, size, root)
    if 1 not in kinds:
        raise ValueError("It is signed by no key that you gave.")
    return f"It is as it was made. Entry {index + 1} vouches for it. Witnessed: {'yes' if 4 in kinds else 'no'}."


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            print(check(file.read(), dict(map(read_key, sys.argv[2:]))))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        sys.exit(f"It does not hold. {error}")
