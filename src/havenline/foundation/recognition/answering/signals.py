"""What is looked up, by the names that HMA and we give it, read and looked up."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching import pdq
from havenline.engines.matching.addresses import forms, hosts
from havenline.engines.matching.digests import NotADigest, parse
from havenline.engines.matching.errors import NotAHash
from havenline.foundation.identifiers.canonical import NotAnIdentifier, canonical
from havenline.foundation.identifiers.models import Kind
from havenline.foundation.lists.models import Signal
from havenline.foundation.recognition.answering.asked import refuse
from havenline.foundation.recognition.grants import Grant
from havenline.foundation.recognition.kept import Found
from havenline.foundation.recognition.recogniser import Recogniser

NAMES = {
    "pdq": Signal.PDQ,
    "md5": Signal.MD5,
    "video_md5": Signal.MD5,  # what HMA calls the MD5 of a video
    "sha1": Signal.SHA1,
    "sha256": Signal.SHA256,
    "url": Signal.URL,
    "host": Signal.HOST,
}


class NotASignal(ValueError):
    """This value is none of its kind; says what one looks like."""


def named(name: str) -> Signal:
    """Raises Refused."""
    if name not in NAMES:
        refuse(400, f"No such SignalType '{name[:40]}'")
    return NAMES[name]


def bytes_of(signal: Signal, text: object) -> bytes:
    """A written value in its canonical bytes. Raises NotASignal."""
    if not isinstance(text, str):
        raise NotASignal("A value is written as text.")
    try:
        if signal == Signal.PDQ:
            return pdq.parse(text)
        if signal in (Signal.URL, Signal.HOST):
            return canonical(Kind.URL if signal == Signal.URL else Kind.HOST, text).encode()
        return parse(signal, text)
    except (NotAHash, NotADigest, NotAnIdentifier) as error:
        raise NotASignal(str(error)) from error


def look_up(recogniser: Recogniser, grant: Grant, signal: Signal, values: Sequence[bytes], *, radius: int = pdq.RADIUS) -> list[Found]:
    """What this key may be told of values, sorted by position. Flat hashes match nothing. Raises Paused, Wait, NotReady."""
    if signal == Signal.PDQ:
        fit = [position for position, value in enumerate(values) if not pdq.is_flat(value)]
        if not fit:
            return []
        found = recogniser.look_up_hashes(grant, pdq.array([values[position] for position in fit]), radius=radius)
        return found if len(fit) == len(values) else [_at(one, fit[one.position]) for one in found]
    if signal == Signal.URL:
        return _addresses(recogniser, grant, values)
    if signal == Signal.HOST:
        return _hosts(recogniser, grant, values, charged=False)
    return recogniser.look_up(grant, signal, values)


def rows(values: bytes) -> NDArray[np.uint8]:
    """uint8[n, 32] of hashes one after the other."""
    return np.frombuffer(values, np.uint8).reshape(-1, pdq.BYTES)


def _addresses(recogniser: Recogniser, grant: Grant, values: Sequence[bytes]) -> list[Found]:
    """An address is known by itself, by a beginning of its path, or by its host."""
    asked: list[bytes] = []
    of: list[int] = []
    for position, value in enumerate(values):
        for form in forms(value.decode()):
            asked.append(form.encode())
            of.append(position)
    found = [_at(one, of[one.position]) for one in recogniser.look_up(grant, Signal.URL, asked)]
    found += _hosts(recogniser, grant, values, charged=True)
    return _once_each(found)


def _hosts(recogniser: Recogniser, grant: Grant, values: Sequence[bytes], *, charged: bool) -> list[Found]:
    asked: list[bytes] = []
    of: list[int] = []
    for position, value in enumerate(values):
        for host in hosts(value.decode()):
            asked.append(host.encode())
            of.append(position)
    return _once_each([_at(one, of[one.position]) for one in recogniser.look_up(grant, Signal.HOST, asked, charged=charged)])


def _once_each(found: list[Found]) -> list[Found]:
    once = {(one.position, one.id): one for one in found}
    return [once[key] for key in sorted(once)]


def _at(one: Found, position: int) -> Found:
    return Found(position, one.id, one.distance, one.note)
