"""The calls of Meta's Hasher-Matcher-Actioner, answered in its own words, so that a client that was written for it goes on unchanged.

What differs is said in docs/platforms/matching.md: a key is needed; nothing is fetched; and only a hotline's, the police's or an
intelligence service's key is told how near something is. For others a distance is asked for in vain (403), and is empty where an
answer of HMA has one.
"""

from typing import Any

from havenline.engines.matching import pdq
from havenline.foundation.lists.models import Signal
from havenline.foundation.recognition.answering import hashing
from havenline.foundation.recognition.answering.asked import Answer, Asked, refuse
from havenline.foundation.recognition.answering.signals import NAMES, NotASignal, bytes_of, look_up, named
from havenline.foundation.recognition.grants import Grant
from havenline.foundation.recognition.kept import Found
from havenline.foundation.recognition.recogniser import Recogniser

NO_DISTANCE = "This key is told what matches, never how near. Leave out include_distance."


def raw_lookup(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """GET /m/raw_lookup: the numbers of entries that match."""
    signal, text = named(asked.needed("signal_type")), asked.needed("signal")
    how_near = asked.flag("include_distance") if "include_distance" in asked.fields else False
    if how_near and not grant.told_how_near:
        refuse(403, NO_DISTANCE)
    found = _in_banks(grant, asked, _looked_up(recogniser, grant, signal, text))
    if how_near:
        return Answer.of({"matches": [{"bank_content_id": one.entry, "distance": str(one.distance)} for one in found]})
    return Answer.of({"matches": [one.entry for one in found]})


def lookup(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """GET /m/lookup: matches by bank. POST: of an uploaded file, by signal."""
    if asked.method == "POST":
        uploaded = hashing.of_upload(asked)
        answer: dict[str, Any] = {}
        if uploaded.matchable:
            answer["pdq"] = _by_bank(grant, _in_banks(grant, asked, look_up(recogniser, grant, Signal.PDQ, [uploaded.pdq])))
        for signal, digest in ((Signal.SHA256, uploaded.sha256), (Signal.MD5, uploaded.md5)):
            if found := _in_banks(grant, asked, recogniser.look_up(grant, signal, [digest], charged=True)):
                answer[str(signal)] = _by_bank(grant, found)
        return Answer.of(answer)
    if "signal" not in asked.fields or "signal_type" not in asked.fields:
        refuse(400, "Either url or both signal and signal_type are required")
    signal = named(asked.fields["signal_type"])
    return Answer.of(_by_bank(grant, _in_banks(grant, asked, _looked_up(recogniser, grant, signal, asked.fields["signal"]))))


def index_status(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """GET /m/index/status. How many there are is for those who work on the lists; others are told 0 and `present`."""
    wanted = asked.fields.get("signal_type")
    if wanted is not None and wanted not in NAMES:
        refuse(400, f"No such signal type '{wanted[:40]}'")
    built_to = int(recogniser.home.followed_at())
    size = len(recogniser.index().exact) if grant.told_how_near else 0
    one = {"built_to": built_to, "present": True, "size": size}
    return Answer.of({name: one for name in NAMES if wanted in (None, name)})


def compare(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """POST /m/compare: how far two hashes that the caller has are from each other. It asks no list."""
    said = asked.json()
    if not isinstance(said, dict):
        refuse(400, "Request input was not a dict")
    answer: dict[str, Any] = {}
    for name, pair in said.items():
        signal = named(name)
        if not isinstance(pair, list):
            refuse(400, f"Comparison hashes for {name} was not a list")
        if len(pair) != 2:
            refuse(400, "Comparison hash list length must be exactly 2")
        try:
            one, other = (bytes_of(signal, text) for text in pair)
        except NotASignal as error:
            refuse(400, f"Invalid {name} hash: {error}")
        distance = pdq.distance(one, other) if signal == Signal.PDQ else int(one != other)
        answer[name] = [distance <= (pdq.RADIUS if signal == Signal.PDQ else 0), {"distance": distance}]
    return Answer.of(answer)


def hash_upload(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """POST /h/hash: the hashes of an uploaded picture. A picture with too little in it has an empty PDQ, as HMA says it."""
    if asked.method == "GET":
        refuse(400, "url is required, and refused here: nothing is ever fetched. Upload the file: POST /h/hash")
    uploaded = hashing.of_upload(asked)
    known = {"pdq": uploaded.pdq.hex() if uploaded.matchable else "", "sha256": uploaded.sha256.hex(), "md5": uploaded.md5.hex()}
    wanted = [name.strip() for name in asked.fields.get("types", "pdq").split(",") if name.strip()]
    if not wanted:
        refuse(400, "empty signal type selection")
    for name in wanted:
        if name not in known:
            refuse(400, f"signal type '{name[:40]}' doesn't exist or is disabled")
    return Answer.of({name: known[name] for name in wanted})


def _looked_up(recogniser: Recogniser, grant: Grant, signal: Signal, text: str) -> list[Found]:
    try:
        value = bytes_of(signal, text)
    except NotASignal as error:
        refuse(400, f"invalid signal: {error}")
    return look_up(recogniser, grant, signal, [value])


def _in_banks(grant: Grant, asked: Asked, found: list[Found]) -> list[Found]:
    if not (said := asked.fields.get("banks")):
        return found
    wanted = set(said.split(","))
    return [one for one in found if grant.matches[one.known_list].bank in wanted]


def _by_bank(grant: Grant, found: list[Found]) -> dict[str, list[dict[str, Any]]]:
    banks: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        reads = grant.matches[one.known_list]
        match = {"bank_content_id": one.entry, "distance": str(one.distance) if grant.told_how_near else "", **told_of(grant, one)}
        banks.setdefault(reads.bank, []).append(match)
    return banks


def told_of(grant: Grant, one: Found) -> dict[str, Any]:
    """What is told of an entry beside that it matches: whose word it is to everybody; its grade to those who may see the list."""
    reads, note = grant.matches[one.known_list], one.note
    said: dict[str, Any] = {"list": reads.slug, "confirmed": note.confirmed}
    if note.claimed_by:
        said["claimed_by"] = note.claimed_by
    if reads.sees:
        if note.grade:
            said["grade"] = note.grade
        if note.claimed_grade:
            said["claimed_grade"] = note.claimed_grade
        if note.about:
            said["about"] = note.about
    return said
