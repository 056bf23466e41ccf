"""Our own calls: many look-ups at once, and what was taken back since. The document of them is served beside them."""

from typing import Any

import numpy as np

from havenline.engines.matching import pdq
from havenline.foundation.lists.models import Signal
from havenline.foundation.recognition import queries
from havenline.foundation.recognition.answering.asked import Answer, Asked, refuse
from havenline.foundation.recognition.answering.hma import told_of
from havenline.foundation.recognition.answering.openapi import DOCUMENT
from havenline.foundation.recognition.answering.signals import NAMES, NotASignal, bytes_of, look_up, rows
from havenline.foundation.recognition.grants import Grant
from havenline.foundation.recognition.kept import Found
from havenline.foundation.recognition.recogniser import Recogniser

MOST = 10_000  # look-ups of one call
RAW = "application/octet-stream"
FLAT = b"\x00" * pdq.BYTES
LARGEST_RADIUS = 63


def match(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """POST /api/v1/match: up to 10,000 look-ups, as JSON by their kinds, or PDQ hashes alone as 32 bytes each."""
    if asked.kind == RAW:
        return _raw(recogniser, grant, asked)
    said = asked.json()
    if not isinstance(said, dict):
        refuse(400, 'Send an object such as {"pdq": ["f8f8…"], "sha256": ["9f86…"]}.')
    radius = _radius(grant, said.pop("radius", pdq.RADIUS))
    quality = said.pop("quality", None)
    read: dict[str, list[bytes]] = {}
    for name, values in said.items():
        if name not in NAMES:
            refuse(400, f"{name[:40]} is no kind of signal. Known: {', '.join(NAMES)}.")
        if not isinstance(values, list):
            refuse(400, f"{name} is a list of values.")
        read[name] = _read(name, values)
    many = sum(len(values) for values in read.values())
    if not 0 < many <= MOST:
        refuse(400, f"Send 1 to {MOST:,} values in one call.")
    matches: list[dict[str, Any]] = []
    unfit: list[int] = []
    for name, values in read.items():
        if name == "pdq":
            unfit = _unfit(values, quality)
            for position in unfit:
                values[position] = FLAT  # kept in its place, and looked up by nobody
        matches += [_said(grant, name, one) for one in look_up(recogniser, grant, NAMES[name], values, radius=radius)]
    answer: dict[str, Any] = {"looked_up": many, "matches": matches}
    if unfit:
        answer["not_matched"] = unfit
    return Answer.of(answer)


def _raw(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    body = asked.body()
    if not body or len(body) % pdq.BYTES or len(body) > MOST * pdq.BYTES:
        refuse(400, f"Send 1 to {MOST:,} PDQ hashes of 32 bytes each, one after the other.")
    said = asked.fields.get("radius", str(pdq.RADIUS))
    radius = _radius(grant, int(said) if said.isdigit() else said)
    hashes = rows(body)
    bits = _bits_set(hashes)
    fit = (bits >= pdq.LEAST_BITS_SET) & (bits <= pdq.BITS - pdq.LEAST_BITS_SET)
    unfit = (~fit).nonzero()[0].tolist()
    if not unfit:
        found = recogniser.look_up_hashes(grant, hashes, radius=radius)
    else:
        found = look_up(recogniser, grant, Signal.PDQ, [hashes[at].tobytes() for at in range(len(hashes))], radius=radius)
    answer: dict[str, Any] = {"looked_up": len(hashes), "matches": [_said(grant, "pdq", one) for one in found]}
    if unfit:
        answer["not_matched"] = unfit
    return Answer.of(answer)


def changes(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """GET /api/v1/match/changes?cursor=: matches that this line of keys was told of, and that no longer stand."""
    said = asked.fields.get("cursor", "0")
    if not said.isdigit() or len(said) > 18:
        refuse(400, "cursor is the number that the last answer named; 0 at first.")
    found, more = queries.taken_back_from(grant.line, after=int(said))
    last = found[-1]["sequence"] if found else int(said)
    return Answer.of({"changes": found, "cursor": last, "more": more})


def document(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    return Answer.of(DOCUMENT)


def _radius(grant: Grant, said: object) -> int:
    if said == pdq.RADIUS:
        return pdq.RADIUS
    if not grant.told_how_near:
        refuse(403, "This key is told what matches within the installation’s own distance. Leave out radius.")
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= LARGEST_RADIUS:
        refuse(400, f"radius is a whole number from 0 to {LARGEST_RADIUS}.")
    return said


def _read(name: str, values: list[object]) -> list[bytes]:
    if len(values) > MOST:
        refuse(400, f"Send 1 to {MOST:,} values in one call.")
    read = []
    for position, text in enumerate(values):
        try:
            read.append(bytes_of(NAMES[name], text))
        except NotASignal as error:
            refuse(400, f"{name}[{position}]: {error}")
    return read


def _unfit(values: list[bytes], quality: object) -> list[int]:
    """Positions of hashes that no machine matches: flat, or of a quality that the caller says is below 50."""
    if quality is not None and (
        not isinstance(quality, list) or len(quality) != len(values) or not all(isinstance(one, int) and 0 <= one <= 100 for one in quality)
    ):
        refuse(400, "quality has a whole number from 0 to 100 for each value of pdq.")
    low = {position for position, one in enumerate(quality or ()) if one < pdq.LEAST_QUALITY}
    return sorted(low | {position for position, value in enumerate(values) if pdq.is_flat(value)})


def _bits_set(hashes: Any) -> Any:
    return np.bitwise_count(hashes).sum(axis=1, dtype=np.int64)


def _said(grant: Grant, name: str, one: Found) -> dict[str, Any]:
    said = {"signal": name, "position": one.position, "content_id": one.entry, **told_of(grant, one)}
    if grant.told_how_near:
        said["distance"] = one.distance
    return said
