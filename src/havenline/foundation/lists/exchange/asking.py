"""Asking a source for its next page: one way for each kind. Nothing here changes anything; what is read is not believed.

A cursor is what is kept between two pages, or two pulls: `then` is what the next pull begins with. No secret ever stands in one.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings

from havenline.engines import proof
from havenline.foundation import moment, outgoing
from havenline.foundation.lists.exchange.formats import ncmec, signed, table, threatexchange
from havenline.foundation.lists.exchange.models import Source
from havenline.foundation.lists.exchange.told import NotReadable, Told, iso, moment_in

WITHIN = 45.0  # seconds for a page, from the name's look-up to its last byte
LARGEST_PAGE, LARGEST_FILE = 24 * 1024 * 1024, 160 * 1024 * 1024  # bytes
OVERLAP = timedelta(minutes=10)  # read again each time: what was under way at the source, or stamped by another of its clocks
BEHIND = timedelta(seconds=5)  # before their present moment, so that what they stamp is there
CLOCKS_DIFFER = timedelta(minutes=5)  # that a moment may lie after theirs before it is a lie
FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class SourceFailed(Exception):
    """A source could not be read; says what, in words for a person. `after`: how long it asks to be left alone."""

    def __init__(self, words: str, *, after: timedelta | None = None, anew: bool = False) -> None:
        super().__init__(words)
        self.after, self.anew = after, anew  # anew: what was half read cannot be gone on with


@dataclass(frozen=True)
class Read:
    """One page that was read. `cursor`: where this pull goes on; `mark`: of the place that it is sent to; empty where it ends."""

    told: tuple[Told, ...]
    cursor: dict[str, Any]
    mark: str = ""
    is_last: bool = False
    not_understood: int = 0
    their_time: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """What came back, whole."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def their_time(self) -> datetime | None:
        try:
            found = parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError):
            return None
        return found.astimezone(UTC) if found.tzinfo else None


def get(url: str, *, headers: Mapping[str, str], largest: int = LARGEST_PAGE) -> Asked:
    """One answer of a source: 200 or 304. Raises SourceFailed."""
    inside = settings.INSTALLATION.may_ask_inside
    parts = urlsplit(url)
    if parts.scheme == "http" and not outgoing.is_listed(parts.hostname or "", parts.port or 80, inside):
        raise SourceFailed("Its address begins with http://: whoever sits on the way would read the secret. Name it with https://.")
    try:
        answer = outgoing.ask(url, headers=headers, within=WITHIN, largest=largest, may_ask_inside=inside)
    except outgoing.PointsInside as error:
        raise SourceFailed("It lies in a private network: name it under may_ask_inside in havenline.toml if it should.") from error
    except outgoing.NoAnswer as error:
        if error.why == outgoing.Why.TOO_LARGE:
            raise NotWhole(f"One answer of it has more than {largest // (1024 * 1024)} MB.") from error
        if error.why in (outgoing.Why.TOO_LATE, outgoing.Why.NO_WEB_SERVER):
            raise NotWhole(f"It was not read: {error}.") from error
        raise SourceFailed(f"It was not read: {error}.") from error
    except outgoing.NoAddress as error:
        raise SourceFailed(f"It was not asked: {error}.") from error
    if answer.status == 200 and answer.headers.get("content-encoding", "identity") != "identity":
        raise SourceFailed("It answers in a compressed form that was not asked for.")
    if answer.status not in (200, 304):
        raise _refused(answer)
    return Asked(answer.body, answer.headers, answer.status)


class NotWhole(SourceFailed):
    """An answer has more bytes than we read, took longer than we wait, or broke off."""


def _refused(answer: outgoing.Answer) -> SourceFailed:
    said = " ".join(answer.body[:2_000].decode(errors="replace").split())
    said = "".join(sign for sign in said if sign.isprintable())[:160]
    more = f": {said}" if said and answer.content_type != "text/html" else ""
    if answer.status in (401, 403):
        return SourceFailed(f"It refuses our name and secret ({answer.status}){more}")
    if answer.status in (429, 503):
        wait = answer.headers.get("retry-after", "")
        after = timedelta(seconds=int(wait)) if wait.isascii() and wait.isdecimal() and len(wait) < 6 else None
        return SourceFailed(f"It asks to be left alone for a while ({answer.status}){more}", after=after)
    if 300 <= answer.status < 400:
        return SourceFailed(f"It answers that it lies elsewhere ({answer.status}). Ask them for the new address, and name it here.")
    return SourceFailed(f"It answers {answer.status}{more}", anew=answer.status in (400, 404, 409, 410))


def _basic(source: Source, secret: str) -> dict[str, str]:
    if not secret:
        return {}
    if source.user:
        return {"Authorization": f"Basic {base64.b64encode(f'{source.user}:{secret}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {secret}"}


# NCMEC


def _ncmec_first(source: Source, secret: str) -> dict[str, Any]:
    asked = get(f"{source.address}/v2/status", headers=_basic(source, secret))
    theirs = asked.their_time or moment.now()
    until = theirs - BEHIND
    since = FIRST
    if said := source.cursor.get("from"):
        read = moment_in(said, "our own cursor")
        if read > theirs + CLOCKS_DIFFER:
            raise SourceFailed(f"Its clock says {iso(theirs)}, and we have read it up to {iso(read)}: one of both was wrong.")
        since = read - OVERLAP
    since = min(since, until)
    return {"from": iso(since), "to": iso(until), "then": {"from": iso(until)}}


def _ncmec(source: Source, secret: str, cursor: dict[str, Any]) -> Read:
    path = cursor.get("next") or ncmec.NEXT_BEGINS + urlencode({"from": cursor["from"], "to": cursor["to"]})
    asked = get(source.address + path, headers=_basic(source, secret))
    page = ncmec.read_page(asked.body)
    until = moment_in(cursor["to"], "our own cursor")
    if page.latest is not None and page.latest > until + CLOCKS_DIFFER:
        raise SourceFailed(
            f"It names a moment ({iso(page.latest)}) after the last that it was asked for: its cursor cannot be believed.", anew=True
        )
    if page.next and (not page.next.startswith(ncmec.NEXT_BEGINS) or len(page.next) > 2_000 or not _is_target(page.next)):
        raise SourceFailed("It says that it goes on at an address that is none of its own.", anew=True)
    went_on = {**cursor, "next": page.next, "empty": _empty(page.told, page.next, cursor)}
    return Read(page.told, went_on, page.next, not page.next, page.not_understood, asked.their_time)


def _empty(told: tuple[Told, ...], next_: str, cursor: dict[str, Any]) -> int:
    """How many pages in a row told nothing and said that there is more."""
    count = int(cursor.get("empty", 0)) + 1 if not told and next_ else 0
    if count > 5:
        raise SourceFailed("It says each time that there is more, and tells nothing.", anew=True)
    return count


def _is_target(text: str) -> bool:
    return all("!" <= sign <= "~" for sign in text)


# ThreatExchange

_FIELDS = "id,indicator,type,last_updated,should_delete,descriptors{id,owner{id,name},tags,status}"


def _threatexchange_first(source: Source, secret: str) -> dict[str, Any]:
    return {"since": source.cursor.get("since", 0)}


def _threatexchange(source: Source, secret: str, cursor: dict[str, Any]) -> Read:
    since = max(0, int(cursor["since"]) - int(OVERLAP.total_seconds())) if cursor["since"] else 0
    if cursor.get("next"):
        url = _with(cursor["next"], access_token=secret)
    else:
        url = f"{source.address}/threat_updates/?" + urlencode(
            {"access_token": secret, "start_time": since, "limit": 500, "fields": _FIELDS}
        )
    asked = get(url, headers={})
    page = threatexchange.read_page(asked.body)
    theirs = asked.their_time or moment.now()
    if page.latest is not None and page.latest > theirs + CLOCKS_DIFFER:
        raise SourceFailed(f"It says that something changed at {iso(page.latest)}, and its own clock says {iso(theirs)}.", anew=True)
    if page.next and not _is_same_place(page.next, source.address):
        raise SourceFailed(
            "It says that it goes on at another server, or outside its own address. Our secret is not sent there.", anew=True
        )
    next_ = _without(page.next, "access_token") if page.next else ""
    latest = max(int(cursor.get("latest", 0)), int(page.latest.timestamp()) if page.latest else 0)
    then = {"since": max(latest, int(cursor["since"]))}
    went_on = {"since": cursor["since"], "latest": latest, "next": next_, "then": then, "empty": _empty(page.told, next_, cursor)}
    return Read(page.told, went_on, next_, not next_, page.not_understood, asked.their_time)


def _is_same_place(url: str, address: str) -> bool:
    try:
        there, here = urlsplit(url), urlsplit(address)
        same = (there.scheme, there.hostname, there.port, there.username) == (here.scheme, here.hostname, here.port, None)
    except ValueError:
        return False
    return same and _is_target(url) and there.path.startswith(here.path + "/") and ".." not in there.path


def _without(url: str, name: str) -> str:
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))


def _with(url: str, **more: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])))


# A file


def _csv(source: Source, secret: str, cursor: dict[str, Any]) -> Read:
    known = source.cursor
    headers = _basic(source, secret) | ({"If-None-Match": known["etag"]} if known.get("etag") else {})
    asked = get(source.address, headers=headers, largest=LARGEST_FILE)
    if asked.status == 304:
        return Read((), {"then": known, "unchanged": True}, is_last=True, their_time=asked.their_time)
    if "content-length" not in asked.headers and asked.headers.get("transfer-encoding", "").lower() != "chunked":
        raise SourceFailed("It does not say how long the file is, so nobody could tell half of it from all.")
    digest = hashlib.sha256(asked.body).hexdigest()
    etag = asked.headers.get("etag", "")
    then = {"sha256": digest} | ({"etag": etag} if 0 < len(etag) <= 200 and etag.isascii() and etag.isprintable() else {})
    if known.get("sha256") == digest:
        return Read((), {"then": then, "unchanged": True}, is_last=True, their_time=asked.their_time)
    told = tuple(table.read(asked.body))
    return Read(tuple(one for one in told if one.is_listed), {"then": then}, is_last=True, their_time=asked.their_time)


# Another Havenline


def _snapshot(source: Source, secret: str, cursor: dict[str, Any]) -> Read:
    """First everything that stands, in one file, or in pages where that is too long; from then on what has changed."""
    headers = {"Authorization": f"Bearer {secret}"}
    at, known = cursor.get("at", ""), source.cursor
    is_file = not at and not cursor.get("in_pages")
    url = (
        f"{source.address}/snapshot"
        if is_file
        else f"{source.address}/changes?" + urlencode({"size": 5_000} | ({"cursor": at} if at else {}))
    )
    try:
        asked = get(url, headers=headers, largest=LARGEST_FILE if is_file else LARGEST_PAGE)
    except NotWhole:
        if not is_file:
            raise
        return Read((), {**cursor, "in_pages": True})
    read = signed.read(asked.body, [proof.VerifierKey.read(line) for line in source.signers.split()])
    head, seal = read.head, read.seal
    if (head.what == signed.SNAPSHOT) != is_file or head.after != at:
        raise SourceFailed(
            "It answers what was not asked: another cursor, or another form. It may have been recorded and played again.", anew=True
        )
    if head.known_list != known.get("list", head.known_list) or head.kind != source.known_list.kind:
        raise SourceFailed(
            f"It is the list “{head.known_list}” of {head.kind}, and another than we read before, or than ours is.", anew=True
        )
    last = moment_in(known["made"], "our own cursor") if known.get("made") else FIRST
    if head.made_at < last - CLOCKS_DIFFER:
        raise SourceFailed(f"It was made at {iso(head.made_at)}, before what we have read already: it was recorded and played again.")
    theirs = asked.their_time
    if theirs is not None and head.made_at > theirs + CLOCKS_DIFFER:
        raise SourceFailed(f"It says that it was made at {iso(head.made_at)}, and its own clock says {iso(theirs)}.")
    if seal.more and (not read.told or seal.cursor == at):
        raise SourceFailed("It says that there is more, and tells nothing or goes on nowhere.", anew=True)
    then = {"at": seal.cursor, "list": head.known_list, "made": iso(max(head.made_at, last))}
    went_on = {"at": seal.cursor, "in_pages": True, "then": then}
    mark = seal.cursor if seal.more else ""
    return Read(read.told, went_on, mark, not seal.more, their_time=theirs)


def _nothing_first(source: Source, secret: str) -> dict[str, Any]:
    return {}


def _snapshot_first(source: Source, secret: str) -> dict[str, Any]:
    return {"at": source.cursor.get("at", ""), "in_pages": bool(source.cursor.get("at"))}


FIRSTS: dict[str, Callable[[Source, str], dict[str, Any]]] = {
    Source.Kind.NCMEC: _ncmec_first,
    Source.Kind.THREATEXCHANGE: _threatexchange_first,
    Source.Kind.CSV: _nothing_first,
    Source.Kind.SNAPSHOT: _snapshot_first,
}
PAGES: dict[str, Callable[[Source, str, dict[str, Any]], Read]] = {
    Source.Kind.NCMEC: _ncmec,
    Source.Kind.THREATEXCHANGE: _threatexchange,
    Source.Kind.CSV: _csv,
    Source.Kind.SNAPSHOT: _snapshot,
}


def first(source: Source, secret: str) -> dict[str, Any]:
    """The cursor that a pull begins with. Raises SourceFailed, NotReadable."""
    return FIRSTS[source.kind](source, secret)


def is_whole(source: Source, cursor: dict[str, Any]) -> bool:
    """Whether a pull from here says everything that the source lists: what it leaves out is not listed there any more."""
    return source.kind == Source.Kind.CSV or (source.kind == Source.Kind.SNAPSHOT and not cursor.get("at"))


def page(source: Source, secret: str, cursor: dict[str, Any]) -> Read:
    """The next page. Raises SourceFailed, NotReadable."""
    return PAGES[source.kind](source, secret, cursor)


__all__ = ["NotReadable", "Read", "SourceFailed", "first", "is_whole", "page"]
