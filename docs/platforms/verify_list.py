#!/usr/bin/env python3
"""Check a list that Havenline served, with nothing but Python 3.8 or later: all that you trust is on this page.

    python3 verify_list.py FILE --key KEY [--key KEY ...] [--signature NOTE]

FILE: a snapshot, or a page of changes; or, with --signature, an edition of a URL list. KEY: a public key that signs lists, as somebody
told you by another way. Exit code 0: it is whole, as it was written and signed; and for an edition, that it has not expired. Else 1.
"""

import argparse
import base64
import hashlib
import json
import sys
from datetime import UTC, datetime

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_ONE = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)


def sha256(content):
    return hashlib.sha256(content).digest()


# Ed25519: points of the curve as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032, 5.1).
def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return ((f - e) * (d - c) % P, (d + c) * (f + e) % P, (d - c) * (d + c) % P, (f - e) * (f + e) % P)


def times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def point_of(content):
    y, sign = int.from_bytes(content, "little") & (2**255 - 1), content[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (not x and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def written(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    """Whether [S]B - [k]A gives R."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L:
        return False
    (x, y, z, t), hashed = point_of(public), hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(hashed, "little") % L
    return written(add(times(s, BASE), times(k, (P - x, y, z, P - t)))) == signature[:32]


def read_key(text):
    """(name, id) and the public key of name+id+base64, as C2SP signed-note writes it."""
    name, said, material = text.strip().split("+", 2)
    raw = base64.b64decode(material)
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw)[:4].hex() != said:
        raise ValueError(f"The key of {name} was not copied whole.")
    return (name, bytes.fromhex(said)), raw[1:]


def signer(text, lines, keys):
    """Who of these signed the text. Raises ValueError where nobody did, or a signature does not hold."""
    for line in lines:
        dash, name, content = line.split(" ")
        raw = base64.b64decode(content)
        public = keys.get((name, raw[:4]))
        if public is None:
            continue
        if dash != "—" or not signed(public, text.encode(), raw[4:]):
            raise ValueError(f"The signature of {name} does not hold.")
        return name
    raise ValueError("It is signed by no key that you gave.")


def check_list(content, keys):
    """What a snapshot or a page of changes is, in words. Raises ValueError."""
    body, newline, signature = content[:-1].rpartition(b"\n")
    before, also_newline, last = body.rpartition(b"\n")
    if not (content.endswith(b"\n") and newline and also_newline and signature.startswith("—".encode())):
        raise ValueError("It ends before its signature: it was cut off.")
    last, before = last + b"\n", before + b"\n"
    name = signer("havenline list seal\n" + last.decode(), [signature.decode()], keys)
    seal, lines = json.loads(last), before.splitlines()
    if hashlib.sha256(before).hexdigest() != seal["sha256"]:
        raise ValueError("What stands in it is not what was signed.")
    if len(lines) - 1 != seal["count"]:
        raise ValueError("It has another number of values than its seal says.")
    head = json.loads(lines[0])
    gone = sum(json.loads(line)["state"] == "withdrawn" for line in lines[1:])
    more = ", and there is more: go on with its cursor" if seal["more"] else ""
    what = f"{head['what']} of {head['list']}, made {head['made_at']}"
    return f"{what}: {seal['count']} values, {gone} of them withdrawn{more}. Signed by {name}."


def check_edition(content, note, keys):
    """What an edition is, in words. Raises ValueError."""
    text, _blank, lines = note.rpartition("\n\n")
    name = signer(text + "\n", lines.splitlines(), keys)
    first, known_list, form, number, expires, count, digest = text.split("\n")
    if first != "havenline list edition" or hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("The file is not the one that was signed.")
    if datetime.strptime(expires, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= datetime.now(UTC):
        raise ValueError(f"It was signed by {name}, and has expired at {expires}: read the next edition.")
    return f"Edition {number} of {known_list} ({form}): {count} lines, until {expires}. Signed by {name}."


def main():
    parser = argparse.ArgumentParser(description="Check a list that Havenline served.")
    parser.add_argument("file")
    parser.add_argument("--key", action="append", required=True)
    parser.add_argument("--signature", default="")
    said = parser.parse_args()
    keys = dict(map(read_key, said.key))
    with open(said.file, "rb") as file:
        content = file.read()
    if not said.signature:
        return check_list(content, keys)
    with open(said.signature, encoding="utf-8") as file:
        return check_edition(content, file.read(), keys)


if __name__ == "__main__":
    try:
        print(main())
    except (ValueError, KeyError, TypeError, IndexError) as error:
        sys.exit(f"It does not hold. {error}")
