"""What rides in a public form: sealed by the server, so that nothing stays on the device and nobody can change it.

JSON under form.key (ChaCha20-Poly1305, bound to its purpose), base64url. No cookie and no draft.
"""

import base64
import binascii
import hashlib
import json
import os
import zlib
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from havenline.foundation import moment
from havenline.foundation.sealing import keys

NONCE = 12
LIMIT = 1_000_000  # characters of the sealed field
LARGEST = 4_000_000  # bytes of JSON, so that a small field cannot unfold into a huge one
KEPT_FOR = {"report": 12 * 3600, "receipt": 3600, "reading": 15 * 60}  # seconds


class Unreadable(Exception):
    """The field was altered, cut off, or sealed by another installation."""


class Expired(Exception):
    """The page stood open for too long; what it held is given back."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        super().__init__("The page stood open for too long.")


class TooLarge(Exception):
    """More than a form can carry."""


def seal(purpose: str, content: dict[str, Any]) -> str:
    """Seal what a form carries. Raises TooLarge."""
    text = json.dumps({**content, "at": int(moment.now().timestamp())}, separators=(",", ":"), ensure_ascii=False)
    packed = zlib.compress(text.encode(), 6)
    nonce = os.urandom(NONCE)
    sealed = base64.urlsafe_b64encode(nonce + ChaCha20Poly1305(_key()).encrypt(nonce, packed, _bound_to(purpose))).decode()
    if len(sealed) > LIMIT or len(text) > LARGEST:
        raise TooLarge
    return sealed


def unseal(purpose: str, sealed: str) -> dict[str, Any]:
    """Open what `seal` sealed. Raises Unreadable, Expired."""
    if not sealed or len(sealed) > LIMIT:
        raise Unreadable
    try:
        raw = base64.b64decode(sealed.encode("ascii"), altchars=b"-_", validate=True)
        packed = ChaCha20Poly1305(_key()).decrypt(raw[:NONCE], raw[NONCE:], _bound_to(purpose))
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, LARGEST * 4)
        content: dict[str, Any] = json.loads(text)
    except (InvalidTag, binascii.Error, UnicodeError, ValueError, zlib.error) as error:
        raise Unreadable from error
    if moment.now().timestamp() - content["at"] > KEPT_FOR[purpose]:
        raise Expired(content)
    return content


def _key() -> bytes:
    return hashlib.sha256(b"what rides in the form\0" + keys.secret("form.key")).digest()


def _bound_to(purpose: str) -> bytes:
    return f"form v1 {purpose}".encode()
