"""Keys that come with the process instead of lying in files: by a descriptor (HAVENLINE_KEYS_FD=3), or by the environment.

One JSON document, {"desk.key": base64, …}, as `havenline keys bundle` writes it. HAVENLINE_KEYS holds it in base64; a descriptor is
the better way, since the environment of a process is read by root and by its own user. No Django here: settings read it.
"""

import base64
import binascii
import json
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache

FD, HERE = "HAVENLINE_KEYS_FD", "HAVENLINE_KEYS"
LARGEST = 4 * 1024 * 1024  # bytes


class BadBundle(Exception):
    """What was given is no bundle of keys; says how it came."""


def keys() -> Mapping[str, bytes] | None:
    """Every key that was given; None where they are files. Raises BadBundle."""
    number, text = os.environ.get(FD, ""), os.environ.get(HERE, "")
    if number:
        return _of_descriptor(number)
    return _of_text(text) if text else None


@lru_cache(maxsize=1)
def _of_descriptor(number: str) -> Mapping[str, bytes]:
    try:
        return _read(os.pread(int(number), LARGEST, 0), FD)
    except (OSError, ValueError) as error:
        raise BadBundle(f"{FD}={number} cannot be read: {error}") from error


@lru_cache(maxsize=1)
def _of_text(text: str) -> Mapping[str, bytes]:
    try:
        return _read(base64.b64decode(text, validate=True), HERE)
    except binascii.Error as error:
        raise BadBundle(f"{HERE} is no base64") from error


def _read(raw: bytes, how: str) -> Mapping[str, bytes]:
    try:
        return {str(name): base64.b64decode(content, validate=True) for name, content in json.loads(raw).items()}
    except (ValueError, AttributeError, TypeError, binascii.Error) as error:
        raise BadBundle(f"{how} holds no bundle of keys: havenline keys bundle writes one") from error


def bundle(content: Mapping[str, bytes]) -> bytes:
    """The document of these keys."""
    return json.dumps({name: base64.b64encode(one).decode() for name, one in content.items()}).encode()


def keep() -> None:
    """Called once as a command begins: what came by a pipe is kept in memory, where each process that is started from here reads it."""
    number = os.environ.get(FD, "")
    if not number:
        return
    try:
        descriptor = int(number)
        raw = b"".join(iter(lambda: os.read(descriptor, 65536), b"")) if not _is_seekable(descriptor) else os.pread(descriptor, LARGEST, 0)
    except (OSError, ValueError) as error:
        raise BadBundle(f"{FD}={number} cannot be read: {error}") from error
    _read(raw, FD)
    os.environ[FD] = str(in_memory(raw))


def _is_seekable(descriptor: int) -> bool:
    try:
        os.lseek(descriptor, 0, os.SEEK_CUR)
    except OSError:
        return False
    return True


def in_memory(raw: bytes) -> int:
    """A descriptor, inherited by whatever is started, of a file that lies on no disk (Linux)."""
    descriptor = os.memfd_create("keys", 0)
    os.write(descriptor, raw)
    os.set_inheritable(descriptor, True)
    return descriptor


def only(names: Iterable[str]) -> int | None:
    """A descriptor of some of the given keys, for a process that shall hold no others; None where keys are files."""
    held = keys()
    return None if held is None else in_memory(bundle({name: held[name] for name in names if name in held}))
