#!/usr/bin/env python3
"""Check an exported ledger of Havenline with nothing but Python 3.8 or later: all that you trust is on this page.

    python3 verify_ledger.py LEDGER.jsonl [KEY ...]

KEY: the public key of the ledger, or of a witness, as somebody told you by another way. Exit code 0: it holds; 1: it does not, and the
first entry that does not fit is named. Without a key it shows that the file agrees with itself, and not who wrote it.

What holds: each entry's text gives its hash; each link stands on the one before; the tree of RFC 6962 over all entries has, at each
checkpoint, the root that was signed (Ed25519, RFC 8032); and, with a key, the last entry stands under a checkpoint signed by it.
"""

import base64
import hashlib
import json
import sys

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
    """(name, id) and (kind, public) of name+id+base64, as C2SP signed-note writes it."""
    name, said, material = text.strip().split("+", 2)
    raw = base64.b64decode(material, validate=True)
    found = sha256(name.encode() + b"\n" + raw)[:4]
    if found.hex() != said or len(raw) != 33 or raw[0] not in (1, 4):
        sys.exit("This key was not copied whole: " + text)
    return (name, found), (raw[0], raw[1:])


def root_of(complete):
    """The root of the tree whose complete subtrees have these roots, the largest first."""
    found = complete[-1] if complete else sha256(b"")
    for left in reversed(complete[:-1]):
        found = sha256(b"\x01" + left + found)
    return found


def check_checkpoint(whole, keys, size, root):
    """The kinds of the keys that signed this note; it must speak of these entries. Raises ValueError."""
    body, blank, lines = whole.rpartition("\n\n")
    (origin, said, said_root), text, kinds = body.split("\n")[:3], body + "\n", []
    for line in lines.splitlines():
        dash, name, content = line.split(" ")
        raw = base64.b64decode(content, validate=True)
        kind, public = keys.get((name, raw[:4]), (0, b""))
        message, signature = text.encode(), raw[4:]
        if kind == 4:  # a witness signs the time too (C2SP tlog-cosignature)
            message, signature = b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[4:12], "big") + message, raw[12:]
        if dash != "—" or base64.b64encode(raw).decode() != content or (kind and not signed(public, message, signature)):
            raise ValueError("a signature of " + name + " does not hold")
        if kind == 4 or (kind == 1 and name == origin):
            kinds.append(kind)
    if not blank or (1 in kinds and (int(said) != size or base64.b64decode(said_root) != root)):
        raise ValueError("the entries up to here are other ones than were signed")
    return kinds


def check(lines, keys):
    """What holds, as words. Raises ValueError that names the first entry that does not fit."""
    size, head, complete, last, witnessed, ended, own = 0, "0" * 64, [], 0, 0, False, {}
    for line in lines:
        row = json.loads(line)
        if ended:
            raise ValueError("Something was put in after the last line.")
        if set(row) == {"sequence", "body", "hash", "link"}:
            size += 1
            leaf = sha256(b"\x00" + row["body"].encode())
            link = hashlib.sha256(f"\x01{head}:{size}:{leaf.hex()}".encode()).hexdigest()
            if [row["sequence"], row["hash"], row["link"]] != [size, leaf.hex(), link]:
                raise ValueError(f"Entry {size} does not fit: {row['body']:.300}")
            head, rest = link, size
            while not rest & 1:
                leaf, rest = sha256(b"\x01" + complete.pop() + leaf), rest >> 1
            complete.append(leaf)
        elif set(row) == {"checkpoint"}:
            kinds = check_checkpoint(row["checkpoint"], keys or own, size, root_of(complete))
            last, witnessed = (size if 1 in kinds else last), (size if 1 in kinds and 4 in kinds else witnessed)
        elif set(row) == {"keys"} and not size:
            own = dict(map(read_key, row["keys"]))
        elif set(row) == {"count", "head"} and [row["count"], row["head"]] == [size, head]:
            ended = True
        else:
            raise ValueError(f"After entry {size} stands a line that does not fit.")
    if not ended:
        raise ValueError(f"The file was cut short after entry {size}.")
    if any(kind == 1 for kind, _public in keys.values()) and last < size:
        raise ValueError(f"Entry {last + 1} and all after it stand under no checkpoint signed by a key that you gave.")
    return f"{size} entries hold. Signed: {last}{'' if keys else ', by a key that only the file names'}. Witnessed: {witnessed}."


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            print(check(file, dict(map(read_key, sys.argv[2:]))))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"It does not hold. {error}")
