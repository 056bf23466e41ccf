"""Lists by our own API: which ones a key is sent, a snapshot, what has changed since, CSV, editions of a URL list. All signed."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date, parse_etags
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from havenline.foundation import moment
from havenline.foundation.lists.exchange import actions, outside, queries
from havenline.foundation.lists.exchange.formats import signed, table
from havenline.foundation.lists.exchange.models import Edition, Reading
from havenline.foundation.lists.exchange.outside import NoCursor, Position
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.models import ApiKey
from havenline.foundation.people.platforms import PlatformKey
from havenline.foundation.people.problems import Problem, ProblemDocument
from havenline.foundation.people.roles import Scope
from havenline.foundation.sealing import keys

LINES, CSV, TEXT = "application/x-ndjson", "text/csv; charset=utf-8", "text/plain; charset=utf-8"
A_PAGE, MOST = 1_000, 5_000
PROBLEMS: Any = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), ProblemDocument)
Slug = Annotated[str, Path(max_length=50, pattern=r"^[-a-zA-Z0-9_]+$")]
Form = Literal["plain", "hashed", "hosts"]

Answer = TypeVar("Answer", bound=HttpResponseBase)
router = Router(tags=["Lists"], auth=PlatformKey(Scope.LISTS))


class Readable(Schema):
    """A list that you are sent, and where each of its forms is read."""

    slug: str
    name: str
    kind: str = Field(description="`hash` or `url`.")
    keeper: str
    licence: str
    terms: str = Field(description="What you may do with it.")
    snapshot: str
    changes: str
    csv: str
    ncmec: str = Field("", description="Base address for clients of NCMEC’s hash sharing; empty for addresses.")
    threatexchange: str = Field(description="Address of its `threat_updates`.")
    editions: dict[str, str] = Field(default_factory=dict, description="A URL list’s forms: `plain`, `hashed`, `hosts`.")


class AllReadable(Schema):
    """Every list that you are sent."""

    lists: list[Readable]
    keys: list[str] = Field(description="The public keys that sign them. Ask for them by another way once, too.")


def _file(media: str) -> dict[str, Any]:
    about = {"description": "OK", "content": {media.partition(";")[0]: {"schema": {"type": "string"}}}}
    return {"responses": {200: about, 304: {"description": "Nothing has changed since."}}}


@router.get("", response={200: AllReadable, **PROBLEMS}, summary="Which lists you are sent", operation_id="lists", url_name="lists")
def index(request: HttpRequest) -> Any:
    """Every list that your agency is sent now, and the keys that sign them."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return Status(200, AllReadable(lists=[_readable(request, one) for one in queries.lists_for(key)], keys=public_keys()))


def public_keys() -> list[str]:
    return keys.read("lists.pub").decode().split()


def _readable(request: HttpRequest, known_list: KnownList) -> Readable:
    def at(name: str, *said: Any) -> str:
        return request.build_absolute_uri(reverse(name, args=said))

    slug, is_hash = known_list.slug, known_list.kind == KnownList.Kind.HASH
    return Readable(
        slug=slug,
        name=known_list.name,
        kind=known_list.kind,
        keeper=known_list.agency.name,
        licence=known_list.licence,
        terms=known_list.sharing_terms,
        snapshot=at("api:list_snapshot", slug),
        changes=at("api:list_changes", slug),
        csv=at("api:list_csv", slug),
        ncmec=at("feeds:ncmec_status", slug).removesuffix("/v2/status") if is_hash else "",
        threatexchange=at("feeds:threat_updates", known_list.pk),
        editions={} if is_hash else {form: at("api:list_edition", slug, form) for form in Edition.Form.values},
    )


@router.get(
    "/{slug}/snapshot",
    response={**PROBLEMS},
    summary="Everything that stands on a list",
    operation_id="list_snapshot",
    url_name="list_snapshot",
    openapi_extra=_file(LINES),
)
def snapshot(request: HttpRequest, slug: Slug) -> HttpResponseBase:
    """Lines of JSON, sealed and signed at their end; the seal holds the cursor with which `changes` goes on."""
    known_list, key = _known(request, slug)
    last = queries.newest(known_list)
    if unchanged := _unchanged(request, etag := _etag(known_list, "snapshot", last)):
        actions.note_reading(known_list=known_list, key=key, form=Reading.Form.SNAPSHOT, position=last)
        return unchanged
    cursor = outside.cursor(Position(known_list.pk, last), outside.CHANGES)
    head = _head(known_list, signed.SNAPSHOT)

    def lines() -> Iterator[str]:
        yield from signed.write(head, queries.standing(known_list), ends=signed.Seal(0, cursor, False), key=keys.lists_key())
        actions.note_reading(known_list=known_list, key=key, form=Reading.Form.SNAPSHOT, position=last)

    return _streamed(lines(), LINES, etag)


@router.get(
    "/{slug}/changes",
    response={**PROBLEMS, 409: ProblemDocument},
    summary="What has changed on a list",
    operation_id="list_changes",
    url_name="list_changes",
    openapi_extra=_file(LINES),
)
def changes(
    request: HttpRequest,
    slug: Slug,
    cursor: Annotated[str, Query(max_length=400, description="Of a snapshot, or of the last page. Else: from the first.")] = "",
    size: Annotated[int, Query(ge=1, le=MOST)] = A_PAGE,
) -> HttpResponseBase:
    """A page of what was added, changed and withdrawn since a cursor, each value once and as it stands now. Go on while `more` is true."""
    known_list, key = _known(request, slug)
    after = _after(cursor, known_list)
    actions.note_reading(known_list=known_list, key=key, form=Reading.Form.CHANGES, position=after)
    part = queries.part(known_list, after=after, size=size)
    if unchanged := _unchanged(request, etag := _etag(known_list, f"changes {after} {size}", part.last)):
        return unchanged
    goes_on = outside.cursor(Position(known_list.pk, part.last), outside.CHANGES)
    head = _head(known_list, signed.CHANGES, after=cursor)
    page = "".join(signed.write(head, part.told, ends=signed.Seal(0, goes_on, part.has_more), key=keys.lists_key()))
    return _headed(HttpResponse(page, content_type=LINES), etag)


def _after(cursor: str, known_list: KnownList) -> int:
    if not cursor:
        return 0
    try:
        after = outside.opened(cursor, outside.CHANGES, known_list.pk).after
    except NoCursor as error:
        raise Problem(400, str(error), errors=[("cursor", str(error))]) from error
    if after > known_list.sequence:
        said = "This cursor is ahead of the list, which was restored from an older copy. Read a snapshot, and go on from there."
        raise Problem(409, said, errors=[("cursor", said)])
    return after


@router.get(
    "/{slug}/csv",
    response={**PROBLEMS},
    summary="A list as CSV",
    operation_id="list_csv",
    url_name="list_csv",
    openapi_extra=_file(CSV),
)
def csv(request: HttpRequest, slug: Slug) -> HttpResponseBase:
    """Everything that stands on it. What is not in the next file was withdrawn: apply it whole or not at all."""
    known_list, key = _known(request, slug)
    last = queries.newest(known_list)
    if unchanged := _unchanged(request, etag := _etag(known_list, "csv", last)):
        actions.note_reading(known_list=known_list, key=key, form=Reading.Form.CSV, position=last)
        return unchanged

    def lines() -> Iterator[str]:
        yield from table.write(queries.standing(known_list))
        actions.note_reading(known_list=known_list, key=key, form=Reading.Form.CSV, position=last)

    return _streamed(lines(), CSV, etag)


@router.get(
    "/{slug}/editions/{form}",
    response={**PROBLEMS},
    summary="A URL list, as it is made twice a day",
    operation_id="list_edition",
    url_name="list_edition",
    openapi_extra=_file(TEXT),
)
def edition(
    request: HttpRequest,
    slug: Slug,
    form: Form,
    number: Annotated[str, Query(max_length=16, description="Of an older edition, such as 2026-11-18-0600.")] = "",
) -> HttpResponseBase:
    """Addresses, a line each; their SHA-256; or a hosts file. Its first lines say when it expires, and so does `Expires`."""
    found = _edition(request, slug, form, number)
    etag = f'"{found.sha256}"'
    if unchanged := _unchanged(request, etag):
        return _dated(unchanged, found)
    return _dated(_headed(HttpResponse(found.body, content_type=TEXT), etag), found)


@router.get(
    "/{slug}/editions/{form}/signature",
    response={**PROBLEMS},
    summary="What signs an edition",
    operation_id="list_edition_signature",
    url_name="list_edition_signature",
    openapi_extra=_file(TEXT),
)
def edition_signature(request: HttpRequest, slug: Slug, form: Form, number: Annotated[str, Query(max_length=16)] = "") -> HttpResponseBase:
    """A signed note: list, form, number, when it expires, how many lines, and the SHA-256 of the file."""
    found = _edition(request, slug, form, number)
    return _dated(HttpResponse(found.note, content_type=TEXT), found)


def _edition(request: HttpRequest, slug: str, form: str, number: str) -> Edition:
    known_list, _key = _known(request, slug)
    editions = queries.editions(known_list, form)
    found = editions.filter(number=number).first() if number else editions.first()
    if found is None:
        said = "There is no edition of this number; old ones are kept for two weeks." if number else "There is no edition of this list."
        raise Problem(404, said, errors=[("number", said)] if number else [])
    return found


def _dated(answer: HttpResponse, edition: Edition) -> HttpResponse:
    answer["Expires"] = http_date(edition.expires_at.timestamp())
    answer["Havenline-Edition"] = edition.number
    answer["Havenline-Expired"] = "yes" if edition.has_expired() else "no"
    return answer


def _known(request: HttpRequest, slug: str) -> tuple[KnownList, ApiKey]:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    found = queries.list_for(key, slug)
    if found is None:
        said = "There is no list of this name that you are sent."
        raise Problem(404, said, errors=[("slug", said)])
    return found, key


def _head(known_list: KnownList, what: str, after: str = "") -> signed.Head:
    made_at: datetime = moment.now()
    return signed.Head(
        known_list.slug, known_list.kind, what, made_at, after, known_list.agency.name, known_list.licence, known_list.sharing_terms
    )


def _etag(known_list: KnownList, what: str, last: int) -> str:
    """Of what an outsider may know of alone: it tells of nothing that waits. A list's terms are part of each of its forms."""
    said = f"{what}\0{known_list.slug}\0{known_list.licence}\0{known_list.sharing_terms}\0"
    return f'"{hashlib.sha256((said + outside.cursor(Position(known_list.pk, last), outside.CHANGES)).encode()).hexdigest()[:32]}"'


def _unchanged(request: HttpRequest, etag: str) -> HttpResponse | None:
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    return _headed(HttpResponseNotModified(), etag) if etag in [one.removeprefix("W/") for one in asked] or asked == ["*"] else None


def _streamed(lines: Iterator[str], media: str, etag: str) -> HttpResponseBase:
    return _headed(StreamingHttpResponse(_in_pieces(lines), content_type=media), etag)


def _in_pieces(lines: Iterator[str]) -> Iterator[bytes]:
    """Some 64 KiB at a time: a line each would be a packet each."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > 65_536:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


def _headed(answer: Answer, etag: str) -> Answer:
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer
