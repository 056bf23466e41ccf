"""Lists as ThreatExchange serves them. A list is a *privacy group* there: `https://…/lists/threatexchange/NUMBER/threat_updates/`."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from havenline.foundation import moment
from havenline.foundation.lists.exchange import actions, outside, queries
from havenline.foundation.lists.exchange.door import Refused, feed, of_token
from havenline.foundation.lists.exchange.formats import threatexchange
from havenline.foundation.lists.exchange.models import Reading
from havenline.foundation.lists.exchange.outside import NoCursor, Position
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.models import ApiKey

A_PAGE, MOST = 100, 1_000
_NOT_OFFERED = ("text", "strict_text", "tags", "owner", "status")


def _refuse(error: Refused) -> HttpResponse:
    kind = "OAuthException" if error.status in (401, 403) else "GraphMethodException"
    answer = JsonResponse({"error": {"message": str(error), "type": kind, "code": error.status}}, status=error.status)
    if error.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


door = feed(of_token, _refuse)


def _list(key: ApiKey, number: int) -> KnownList:
    found = queries.lists_for(key).filter(pk=number).first() if number < 1 << 63 else None
    if found is None:
        raise Refused(404, "There is no list of this number that you are sent.")
    return found


@require_safe
@door
def updates(request: HttpRequest, key: ApiKey, /, *, number: int) -> HttpResponse:
    """What changed since a moment, with what was withdrawn."""
    known_list = _list(key, number)
    at = _position(request, known_list)
    if "after" not in request.GET:
        actions.note_reading(known_list=known_list, key=key, form=Reading.Form.THREATEXCHANGE, position=at.after)
    part = queries.part(known_list, after=at.after, until=at.until, size=_size(request)) if not at.until or at.until > at.after else None
    wanted = {one for one in request.GET.get("types", "").split(",") if one}
    told = [
        one
        for one in (part.told if part else ())
        if one.signal in threatexchange.NAMES and (not wanted or threatexchange.NAMES[one.signal] in wanted)
    ]
    rows = [threatexchange.update(one, owner=known_list.agency_id) for one in told]
    return _page(request, known_list, rows, part, at)


@require_safe
@door
def descriptors(request: HttpRequest, key: ApiKey, /) -> HttpResponse:
    """What stands on one list."""
    said = request.GET.get("privacy_groups", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 19):
        raise Refused(400, "Name one list: privacy_groups=NUMBER.")
    if any(request.GET.get(name) for name in _NOT_OFFERED):
        raise Refused(400, "Descriptors are read in their order. To ask whether one value is known, use the API for matching.")
    known_list = _list(key, int(said))
    at = _position(request, known_list)
    part = queries.part(known_list, after=at.after, until=at.until, size=_size(request))
    told = [one for one in part.told if one.is_listed and one.signal in threatexchange.NAMES]
    return _page(request, known_list, [threatexchange.descriptor(one, owner=known_list.agency_id) for one in told], part, at)


@require_safe
@door
def group(request: HttpRequest, key: ApiKey, /, *, number: int) -> HttpResponse:
    """A list, as a privacy group."""
    return JsonResponse(_group(_list(key, number)))


@require_safe
@door
def groups(request: HttpRequest, key: ApiKey, /, *, app: int) -> HttpResponse:
    """Every list that the key is sent."""
    return JsonResponse({"data": [_group(one) for one in queries.lists_for(key)]})


def _group(known_list: KnownList) -> dict[str, Any]:
    return {
        "id": str(known_list.pk),
        "name": known_list.name,
        "description": known_list.sharing_terms,
        "members_can_see": False,
        "members_can_use": True,
        "threat_updates_enabled": True,
        "added_on": known_list.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "last_updated": known_list.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }


def _position(request: HttpRequest, known_list: KnownList) -> Position:
    if after := request.GET.get("after", ""):
        try:
            at = outside.opened(after, outside.THREATEXCHANGE, known_list.pk)
        except NoCursor as error:
            raise Refused(400, str(error)) from error
        if max(at.after, at.until) > known_list.sequence:
            raise Refused(409, "This cursor is ahead of the list, which was restored from an older copy. Begin anew, without one.")
        return at
    since, until = _moment(request, "start_time"), _moment(request, "stop_time")
    return Position(
        known_list.pk,
        queries.before(known_list, since) if since else 0,
        queries.before(known_list, until) if until else known_list.sequence,
    )


def _moment(request: HttpRequest, name: str) -> datetime | None:
    said = request.GET.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and int(said[:12]) <= threatexchange.LATEST and len(said) <= 12):
        raise Refused(400, f"“{name}” is a moment in whole seconds since 1970.")
    found = datetime.fromtimestamp(int(said), UTC)
    if found > moment.now():
        raise Refused(400, f"“{name}” lies after our own clock: you would miss what comes until then. Set your clock.")
    return found


def _size(request: HttpRequest) -> int:
    said = request.GET.get("limit", "") or str(A_PAGE)
    if not (said.isascii() and said.isdecimal() and len(said) <= 5 and 1 <= int(said) <= MOST):
        raise Refused(400, f"“limit” is a number from 1 to {MOST:,}.")
    return int(said)


def _page(request: HttpRequest, known_list: KnownList, rows: list[dict[str, Any]], part: queries.Part | None, at: Position) -> HttpResponse:
    next_ = after = ""
    if part and part.has_more:
        after = outside.cursor(Position(known_list.pk, part.last, at.until), outside.THREATEXCHANGE)
        kept = {name: value for name, value in request.GET.items() if name not in ("after", "start_time", "stop_time")}
        next_ = request.build_absolute_uri(f"{request.path}?{urlencode(kept | {'after': after})}")
    return JsonResponse(threatexchange.page(rows, next_=next_, after=after))
