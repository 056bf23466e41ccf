#!/usr/bin/env python3
"""Check the lines that a reporter found behind their receipt, with nothing but Python and the two files beside it.

    python3 verify_receipt.py RECEIPT.txt KEY [KEY ...]

KEY: the key of the public log, as its page /log/ shows it. They hold if the salt and what is said give the commitment that the log
promised, or that stands in its tree: then whoever runs the log cannot deny it.
"""

import base64
import hashlib
import sys

from verify_ledger import check_checkpoint, read_key, sha256, signed
from verify_record import decoded, root_from


def check(whole, keys):
    """What holds, as words. Raises ValueError."""
    head, _blank, rest = whole.replace("\r\n", "\n").strip().partition("\n\n")
    first, said, salt = head.split("\n")
    if [first, salt[:5]] != ["havenline receipt v1", "salt "]:
        raise ValueError("These are not all of the lines.")
    hashed = hashlib.sha256(b"havenline commitment v1\n" + said.encode() + b"\n" + decoded(salt[5:]))
    leaf, rest = base64.b64encode(hashed.digest()).decode(), rest + "\n"
    if rest.startswith("havenline promise v1\n"):
        for name, _id in keys:
            text = f"havenline promise v1\n{name}\n{said}\ncommitment {leaf}\n"
            if rest.startswith(text + "\n") and promised(text, rest, keys):
                return f"{name} has promised: a report, {said}, will stand in it."
        raise ValueError("It is not what was promised, or no key that you gave has signed it.")
    head, _blank, checkpoint = rest.partition("\n\n")
    first, place, *path = head.split("\n")
    index, size = int(place.split(" ")[1]), int(checkpoint.split("\n")[1])
    if [first, place] != ["c2sp.org/tlog-proof@v1", f"index {index}"] or not 0 <= index < size:
        raise ValueError("The proof was changed.")
    root = root_from(sha256(b"\x00" + leaf.encode()), index, size, [decoded(one) for one in path])
    if 1 not in check_checkpoint(checkpoint, keys, size, root):
        raise ValueError("It is signed by no key that you gave.")
    return f"A report, {said}, stands in {checkpoint.partition(chr(10))[0]}, at place {index + 1}."


def promised(text, whole, keys):
    """Whether one of these keys signed the text."""
    for line in whole[len(text) + 1 :].splitlines():
        dash, name, content = line.split(" ")
        raw = decoded(content)
        kind, public = keys.get((name, raw[:4]), (0, b""))
        if dash == "—" and kind == 1 and signed(public, text.encode(), raw[4:]):
            return True
    return False


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            print(check(file.read(), dict(map(read_key, sys.argv[2:]))))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        sys.exit(f"It does not hold. {error}")
