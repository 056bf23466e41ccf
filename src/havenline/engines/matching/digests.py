"""Exact digests: MD5, SHA-1 and SHA-256, as 32, 40 or 64 hexadecimal digits and as bytes."""

import re

from havenline.engines.matching.errors import MatchingError

LENGTHS = {"md5": 16, "sha1": 20, "sha256": 32}  # in bytes
_DIGITS = re.compile(r"(?:[0-9a-f]{2})+", re.IGNORECASE)


class NotADigest(MatchingError):
    """What was given is no digest of this kind; says what one looks like."""


def parse(kind: str, text: str) -> bytes:
    """The bytes of a written digest; either case is read. `kind`: a key of LENGTHS. Raises NotADigest."""
    wanted = 2 * LENGTHS[kind]
    if len(text) != wanted or not _DIGITS.fullmatch(text):
        raise NotADigest(f"{kind} has {wanted} hexadecimal digits.")
    return bytes.fromhex(text)


def written(digest: bytes) -> str:
    """As lists keep it: lower case."""
    return digest.hex()
