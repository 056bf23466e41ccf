"""A receipt is looked up where its secret is: the public process asks the process that answers receipts, at the desk's host.

One POST over a unix socket or private HTTP, of bounded size and time. The digits go sealed to the desk's key, which is signed; the
answer comes sealed to a key made for this one question, always as long: whoever listens between the hosts learns nothing.
"""

import http.client
import json
import socket
from dataclasses import dataclass
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings

from havenline.foundation.sealing import desk_key, holders
from havenline.foundation.sealing.actions import SUITE

QUESTION, ANSWER = b"receipt question v1", b"receipt answer v1"
LARGEST = 2048  # bytes of either
LONG = 200  # bytes of an answer before it is sealed
WITHIN = 30.0  # seconds: a guess waits for its slot
TOO_MANY, BUSY = "too many", "busy"
_at_once = BoundedSemaphore(4)  # half of the public process's threads: whoever reports needs the others


class NobodyAnswers(OSError):
    """The process that answers receipts is away: nothing was looked up."""


class NoQuestion(ValueError):
    """What came is no question that this installation sealed."""


@dataclass(frozen=True)
class Answered:
    """`report`: its primary key, None where no report has this receipt. `private` opens our answers. `problem`: too many, or busy."""

    report: int | None = None
    private: bytes = b""
    problem: str = ""


def ask(digits: str) -> Answered:
    """Ask who holds the receipts' secret; busy where so many ask already. Raises NobodyAnswers, desk_key.DeskKeySwapped."""
    if not _at_once.acquire(blocking=False):
        return Answered(problem=BUSY)
    try:
        return _asked(digits)
    finally:
        _at_once.release()


def _asked(digits: str) -> Answered:
    own = X25519PrivateKey.generate()
    said = json.dumps({"digits": digits, "to": own.public_key().public_bytes_raw().hex()}).encode()
    raw = _post(SUITE.encrypt(said, desk_key.checked(), QUESTION))
    try:
        answer = json.loads(SUITE.decrypt(raw, own, ANSWER))
        return Answered(answer["report"], bytes.fromhex(answer["private"]), answer["problem"])
    except (InvalidTag, ValueError, KeyError) as error:
        raise NobodyAnswers("What answered is not the process that answers receipts.") from error


def read(raw: bytes) -> tuple[str, X25519PublicKey]:
    """The digits of a question, and to whom the answer is sealed. Raises NoQuestion, keys.KeyNotHere."""
    for private in holders.ring(holders.DESK):
        try:
            said = json.loads(SUITE.decrypt(raw, private, QUESTION))
            return str(said["digits"]), X25519PublicKey.from_public_bytes(bytes.fromhex(said["to"]))
        except InvalidTag:
            continue
        except (ValueError, KeyError, TypeError) as error:
            raise NoQuestion from error
    raise NoQuestion


def write(answered: Answered, to: X25519PublicKey) -> bytes:
    """Seal an answer; each is as long as any other."""
    said = json.dumps({"report": answered.report, "private": answered.private.hex(), "problem": answered.problem})
    return SUITE.encrypt(said.ljust(LONG).encode(), to, ANSWER)


class _OverASocket(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=WITHIN)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def _post(body: bytes) -> bytes:
    where = settings.RECEIPTS_AT
    parts = urlsplit(where)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=WITHIN) if parts.hostname else _OverASocket(where)
    try:
        line.request("POST", "/", body, {"Host": "localhost", "Content-Type": "application/octet-stream"})
        answer = line.getresponse()
        raw = answer.read(LARGEST)
    except (OSError, http.client.HTTPException) as error:
        raise NobodyAnswers("Nobody answers receipts: is havenline serve --role receipts running at the desk's host?") from error
    finally:
        line.close()
    if answer.status != 200:
        raise NobodyAnswers(f"Whoever should answer receipts says {answer.status}.")
    return raw
