"""A list as NCMEC's hash sharing serves one. Its clients put their base address before `/v2`: `https://…/lists/SLUG/ncmec`."""

import re
import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from havenline.foundation import moment
from havenline.foundation.lists.exchange import actions, outside, queries
from havenline.foundation.lists.exchange.door import Refused, feed, of_basic
from havenline.foundation.lists.exchange.formats import ncmec
from havenline.foundation.lists.exchange.models import Feedback, Reading
from havenline.foundation.lists.exchange.outside import NoCursor, Position
from havenline.foundation.lists.exchange.told import NotReadable, iso
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.models import ApiKey

A_PAGE = 1_000
LARGEST_FEEDBACK = 16_384  # bytes
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")
_NAMESPACE = uuid.UUID("5f7bb1a2-9d0c-4c3e-8a64-0d6c2f5b9e11")  # at random; so that a reason has the same number everywhere
REASONS = {str(uuid.uuid5(_NAMESPACE, one)): one for one in Feedback.Reason.values}


def _xml(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/xml; charset=utf-8")


def _refuse(error: Refused) -> HttpResponse:
    answer = _xml(ncmec.write_error(str(error)), error.status)
    if error.status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="lists", charset="UTF-8"'
    return answer


door = feed(of_basic, _refuse)


def _list(key: ApiKey, slug: str) -> KnownList:
    found = queries.list_for(key, slug)
    if found is None or found.kind != KnownList.Kind.HASH:
        raise Refused(404, "There is no list of hashes of this name that you are sent.")
    return found


def _keeper(known_list: KnownList) -> ncmec.Member:
    return ncmec.Member(known_list.agency_id, known_list.agency.name)


@require_safe
@door
def status(request: HttpRequest, key: ApiKey, /, *, slug: str) -> HttpResponse:
    """Who the key belongs to."""
    _list(key, slug)
    return _xml(ncmec.write_status(ncmec.Member(key.agency_id, key.agency.name)))


@require_safe
@door
def members(request: HttpRequest, key: ApiKey, /, *, slug: str) -> HttpResponse:
    """Whoever keeps the list, and the asker: who else is sent it is not theirs to know."""
    known_list = _list(key, slug)
    return _xml(ncmec.write_members([_keeper(known_list), ncmec.Member(key.agency_id, key.agency.name)]))


@require_safe
@door
def entries(request: HttpRequest, key: ApiKey, /, *, slug: str) -> HttpResponse:
    """What changed between two moments, a page of it."""
    known_list = _list(key, slug)
    if "cursor" in request.GET:
        try:
            at = outside.opened(request.GET["cursor"], outside.NCMEC, known_list.pk)
        except NoCursor as error:
            raise Refused(400, str(error)) from error
        if max(at.after, at.until) > known_list.sequence:
            raise Refused(409, "This cursor is ahead of the list, which was restored from an older copy. Begin anew.")
    else:
        at = _window(request, known_list)
        actions.note_reading(known_list=known_list, key=key, form=Reading.Form.NCMEC, position=at.after)
    part = queries.part(known_list, after=at.after, until=at.until, size=A_PAGE, by_value=False) if at.until > at.after else None
    told = [one for one in part.told if one.signal in ncmec.FINGERPRINTS] if part else []
    next_ = ""
    if part and part.has_more:
        told_before = _number(request, "start")
        most = _number(request, "max") or queries.count(known_list, after=at.after, until=at.until)
        cursor = outside.cursor(Position(known_list.pk, part.last, at.until), outside.NCMEC)
        said = {"cursor": cursor, "start": told_before + len(told), "size": A_PAGE, "max": most, "to": request.GET.get("to", "")}
        next_ = ncmec.NEXT_BEGINS + urlencode(said)
    said_before = {
        number: [(one.is_affirmative, str(one.get_reason_display()), ncmec.Member(key.agency_id, key.agency.name))]
        for number, one in queries.feedback_of(key.agency, [one.ident for one in told]).items()
    }
    latest = (part.latest if part else None) or _to(request)
    return _xml("".join(ncmec.write_page(told, member=_keeper(known_list), latest=latest, next_=next_, reasons=said_before)))


def _number(request: HttpRequest, name: str) -> int:
    """What a client's own `next` counts by: for its progress alone."""
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else 0


def _to(request: HttpRequest) -> datetime:
    return _moment(request, "to") if request.GET.get("to") else moment.now()


def _moment(request: HttpRequest, name: str) -> datetime:
    said = request.GET.get(name, "")
    try:
        if not _MOMENT.fullmatch(said):
            raise ValueError
        return datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(400, f"“{name}” is a moment in UTC, written 2026-11-18T10:06:00Z, and not “{said[:40]}”.") from error


def _window(request: HttpRequest, known_list: KnownList) -> Position:
    now = moment.now()
    until = _to(request)
    since = _moment(request, "from") if "from" in request.GET else datetime.fromtimestamp(0, UTC)
    if until > now:
        ahead = int((until - now).total_seconds()) + 1
        raise Refused(
            400,
            f"“to” lies {ahead} seconds after our own clock ({iso(now)}): you would miss what comes until then. Set your clock, and let "
            "your client write moments in UTC.",
        )
    if since > until:
        raise Refused(400, "“from” lies after “to”.")
    return Position(known_list.pk, queries.before(known_list, since), queries.before(known_list, until))


@require_safe
@door
def reasons(request: HttpRequest, key: ApiKey, /, *, slug: str, kind: str) -> HttpResponse:
    """What may be said against an entry."""
    _list(key, slug)
    if kind not in ncmec.TYPES:
        raise Refused(404, f"There are no fingerprints of this kind here. There are: {', '.join(ncmec.TYPES)}.")
    return _xml(ncmec.write_reasons(kind, [(guid, str(Feedback.Reason(one).label)) for guid, one in REASONS.items()]))


@require_http_methods(["PUT"])
@door
def feedback(request: HttpRequest, key: ApiKey, /, *, slug: str, member: int, number: str, kind: str) -> HttpResponse:
    """A client's word for or against an entry."""
    known_list = _list(key, slug)
    entry = queries.entry_outside(known_list, number) if member == known_list.agency_id else None
    if entry is None or ncmec.TYPES.get(kind) != entry.signal:
        raise Refused(404, "There is no such entry on this list.")
    if len(request.body) > LARGEST_FEEDBACK:
        raise Refused(413, "That is more than a word on an entry.")
    try:
        is_affirmative, guid = ncmec.read_feedback(request.body)
    except NotReadable as error:
        raise Refused(400, str(error)) from error
    if not is_affirmative and guid not in REASONS:
        raise Refused(400, "Name one of the reasons that are offered for this kind.")
    actions.give_feedback(entry=entry, key=key, is_affirmative=is_affirmative, reason="" if is_affirmative else REASONS[guid])
    return _xml("")
