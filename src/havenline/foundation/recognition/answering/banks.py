"""HMA's curation calls over our lists: a bank is a list, its content the list's entries, by the number of an entry.

Reading is for keys of an agency that may see the list; writing for keys of the list's own agency. Every change goes through the lists'
own actions, and so to the ledger. What HMA has and we have not: content that is switched off for a while (withdraw it), a bank that is
deleted (it is closed at the desk, by a person), and exchanges (they are set up at the desk).
"""

import re
from typing import Any, NoReturn

from django.db.models import Q

from havenline.foundation import moment
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import signals
from havenline.foundation.lists.models import KnownList, ListEntry, ListReader
from havenline.foundation.people.models import ApiKey
from havenline.foundation.recognition.answering import hashing
from havenline.foundation.recognition.answering.asked import Answer, Asked, refuse
from havenline.foundation.recognition.answering.signals import NAMES
from havenline.foundation.recognition.grants import Grant, bank_of
from havenline.foundation.recognition.recogniser import Recogniser

_BANK = re.compile(r"[A-Z](?:_?[A-Z0-9])*_?")
LONGEST_NAME = 50


def banks(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """GET /c/banks: lists that this key's agency may see. POST: make one, of the agency's own."""
    if asked.method == "GET":
        return Answer.of([_bank(one) for one in _seen(grant).order_by("pk")])
    said = _object(asked)
    name = said.get("name")
    if not isinstance(name, str):
        refuse(400, "name is required")
    if not _BANK.fullmatch(name) or name.endswith("_") or len(name) > LONGEST_NAME:
        refuse(400, f"A bank is called by A-Z, 0-9 and single underscores, a letter first: {LONGEST_NAME} signs at most.")
    key = _key(grant)
    origin = KnownList.Origin.PLATFORM if not grant.told_how_near else KnownList.Origin.OWN
    try:
        made = lists.make_list(
            name=name, slug=_slug(name), kind=KnownList.Kind.HASH, origin=origin, agency=key.agency, by=key, is_matched=_enabled(said, True)
        )
    except lists.SlugTaken:
        refuse(403, "Bank already exists")
    except (lists.TooManyLists, lists.WordsMissing) as error:
        refuse(400, str(error))
    return Answer.of(_bank(made), 201)


def bank(recogniser: Recogniser, grant: Grant, asked: Asked, name: str) -> Answer:
    """GET /c/bank/NAME. PUT: whether it is matched."""
    if asked.method == "GET":
        return Answer.of(_bank(_the_bank(grant, name)))
    if asked.method == "DELETE":
        refuse(403, "A list is closed at the desk, by a person. Withdraw what is on it, or stop matching it: PUT enabled=false.")
    known_list, said = _own_bank(grant, name), _object(asked)
    if "name" in said and said["name"] != name:
        refuse(400, "A list keeps its short name: who follows it knows it by that.")
    lists.change_terms(known_list=known_list, by=_key(grant), is_matched=_enabled(said, known_list.is_matched))
    known_list.refresh_from_db()
    return Answer.of(_bank(known_list))


def add_signals(recogniser: Recogniser, grant: Grant, asked: Asked, name: str) -> Answer:
    """POST /c/bank/NAME/signal: put hashes on a list."""
    known_list = _own_bank(grant, name)
    said = _object(asked)
    if not said:
        refuse(400, "No signals given")
    for signal, value in said.items():
        if signal not in NAMES:
            refuse(400, f"No such signal type {signal[:40]}")
        if not isinstance(value, str):
            refuse(400, f"Invalid {signal} signal: a value is written as text.")
    return _added(grant, known_list, {signal: (value, None) for signal, value in said.items()})


def add_content(recogniser: Recogniser, grant: Grant, asked: Asked, name: str) -> Answer:
    """POST /c/bank/NAME/content: put the hashes of an uploaded picture on a list; the picture is kept nowhere."""
    known_list = _own_bank(grant, name)
    if asked.kind != "multipart/form-data":
        refuse(400, "Neither `url` nor multipart file upload was received")
    uploaded = hashing.of_upload(asked)
    return _added(grant, known_list, {"pdq": (uploaded.pdq.hex(), uploaded.quality), "sha256": (uploaded.sha256.hex(), None)})


def content(recogniser: Recogniser, grant: Grant, asked: Asked, name: str, number: str) -> Answer:
    """GET /c/bank/NAME/content/N. DELETE: withdraw it; whoever was told of it is told so."""
    known_list = _own_bank(grant, name) if asked.method == "DELETE" else _the_bank(grant, name)
    standing = ListEntry.objects.live().filter(known_list=known_list)
    if known_list.agency_id != grant.agency:
        standing = standing.filter(shareable_from__lte=moment.now())
    entry = standing.filter(pk=int(number)).select_related("known_list").first() if len(number) <= 18 else None
    if asked.method == "DELETE":
        if entry is None:
            return Answer.of({"deleted": 0})
        lists.withdraw(entry=entry, by=_key(grant), because=ListEntry.Because.SOURCE)
        return Answer.of({"deleted": 1})
    if asked.method == "PUT":
        refuse(403, "An entry stands, or it is withdrawn: DELETE it. Nothing is switched off for a while.")
    if entry is None:
        refuse(404, f"content '{number[:18]}' not found")
    said: dict[str, Any] = {"id": entry.pk, "disable_until_ts": 0, "original_media_uri": None, "bank": _bank(known_list)}
    if "include_signals" in asked.fields and asked.flag("include_signals"):
        said["signals"] = {entry.signal: entry.value}
    return Answer.of(said)


def signal_types(recogniser: Recogniser, grant: Grant, asked: Asked) -> Answer:
    """GET /c/signal_type."""
    return Answer.of([{"name": name, "enabled_ratio": 1.0} for name in NAMES])


def _added(grant: Grant, known_list: KnownList, values: dict[str, tuple[str, int | None]]) -> Answer:
    new = [lists.NewEntry(str(NAMES[name]), value, quality) for name, (value, quality) in values.items()]
    try:
        lists.add_entries(known_list=known_list, new=new, by=_key(grant))
    except (signals.NotASignal, signals.UnknownSignal) as error:
        refuse(400, f"Invalid {next(iter(values))} signal: {error}")
    except lists.ListClosed as error:
        refuse(400, str(error))
    canonical = {one.signal: signals.canonical(one.signal, one.value) for one in new}
    standing = {
        (entry.signal, entry.value): entry.pk
        for entry in ListEntry.objects.live().filter(known_list=known_list, value__in=canonical.values())
    }
    number = next(pk for pair, pk in standing.items() if canonical.get(pair[0]) == pair[1])
    by_name = {name: signals.canonical(str(NAMES[name]), value) for name, (value, _quality) in values.items()}
    ids = {name: standing[str(NAMES[name]), value] for name, value in by_name.items()}
    return Answer.of({"id": ids.get("pdq", number), "ids": ids, "signals": by_name})


def _bank(known_list: KnownList) -> dict[str, Any]:
    return {"name": bank_of(known_list.slug), "matching_enabled_ratio": 1.0 if known_list.is_matched else 0.0}


def _seen(grant: Grant) -> Any:
    """Lists of the key's own agency, and those that it reads now and may see."""
    at = moment.now()
    reads = ListReader.objects.filter(agency=grant.agency, may_see=True, since__lte=at).filter(Q(until=None) | Q(until__gt=at))
    seen = KnownList.objects.filter(Q(agency=grant.agency) | Q(pk__in=reads.values("known_list")))
    return seen.filter(closed_at=None)


def _the_bank(grant: Grant, name: str) -> KnownList:
    found: KnownList | None = _seen(grant).filter(slug=_slug(name)).first()
    if found is None:
        _no_bank(name)
    return found


def _own_bank(grant: Grant, name: str) -> KnownList:
    found = _the_bank(grant, name)
    if found.agency_id != grant.agency:
        refuse(403, "Only the agency that keeps this list changes it.")
    return found


def _no_bank(name: str) -> NoReturn:
    refuse(404, f"bank '{name[:LONGEST_NAME]}' not found")


def _slug(bank: str) -> str:
    return bank.lower().replace("_", "-")


def _enabled(said: dict[str, Any], usual: bool) -> bool:
    """By HMA's two names for it. A list is matched or not: it has no chance in between."""
    value = said.get("enabled_ratio", said.get("enabled", usual))
    if value in (True, 1, "1", "true", "True"):
        return True
    if value in (False, 0, "0", "false", "False"):
        return False
    refuse(400, "A list is matched, or it is not: enabled_ratio is 0 or 1.")


def _object(asked: Asked) -> dict[str, Any]:
    said = asked.json()
    if not isinstance(said, dict):
        refuse(400, "this endpoint expects a json object payload")
    return said


def _key(grant: Grant) -> ApiKey:
    return ApiKey.objects.select_related("agency").get(pk=grant.key)
