"""An entry is canonical JSON (RFC 8785), hashed exactly as it is stored."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical(body: Mapping[str, Any]) -> str:
    """The one way to write `body` down (RFC 8785). Raises ValueError for what JSON cannot hold."""
    try:
        return rfc8785.dumps(dict(body)).decode()
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"This entry cannot be written canonically: {error}") from error


def entry_hash(body: str) -> str:
    """SHA-256 of the entry's text as stored, in hexadecimal.

    The prefix keeps a leaf from ever being taken for a link (RFC 6962, 2.1).
    """
    return hashlib.sha256(b"\x00" + body.encode()).hexdigest()
