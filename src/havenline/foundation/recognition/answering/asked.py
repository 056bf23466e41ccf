"""A request as the match role reads it, and an answer as it is written: small, since HTTP costs more here than a look-up does."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import parse_qsl

LARGEST_BODY = 16 * 1024 * 1024  # bytes: a photograph, or ten thousand look-ups
LONGEST_QUERY = 4_000
MOST_FIELDS = 40
IN_PATH = "/k/"  # the key in the base URL, for clients that can send no header: /k/KEY/m/lookup
FETCHES_NOTHING = (
    "url= is refused: nothing is ever fetched here. Send the hash (signal= and signal_type=), or upload the file itself: it is hashed in "
    "memory, and never kept."
)

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Refused(Exception):
    """An answer that is no success; `words` say what to do."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status, self.words, self.headers = status, words, dict(headers or {})


def refuse(status: int, words: str, **headers: str) -> NoReturn:
    raise Refused(status, words, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class Asked:
    """One request. `path` is without the key, if that stood in it."""

    environ: Mapping[str, Any]
    method: str
    path: str
    shown: str  # the key, as it was shown; empty: none
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, environ: Mapping[str, Any]) -> "Asked":
        """Raises Refused."""
        path, shown = environ.get("PATH_INFO", "") or "/", ""
        if path.startswith(IN_PATH):
            shown, _slash, rest = path[len(IN_PATH) :].partition("/")
            path = f"/{rest}"
        if not shown and (said := environ.get("HTTP_AUTHORIZATION", "")):
            shown = _of_header(said)
        query = environ.get("QUERY_STRING", "")
        asked = cls(environ, environ.get("REQUEST_METHOD", "GET"), path, shown)
        if query:
            if len(query) > LONGEST_QUERY:
                refuse(414, f"The address is longer than {LONGEST_QUERY} signs. Send many look-ups to /api/v1/match.")
            try:
                asked.fields = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS))
            except ValueError:
                refuse(400, "The address has too many fields.")
            if "url" in asked.fields:
                refuse(400, FETCHES_NOTHING)
        return asked

    def needed(self, name: str) -> str:
        if name not in self.fields:
            refuse(400, f"{name} is required")
        return self.fields[name]

    def flag(self, name: str) -> bool:
        said = self.fields.get(name, "false").lower()
        if said not in ("true", "1", "false", "0"):
            refuse(400, "invalid boolean parameter - prefer true/false")
        return said in ("true", "1")

    @property
    def kind(self) -> str:
        return str(self.environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    def body(self) -> bytes:
        """All of it, in memory. Raises Refused where it is larger than LARGEST_BODY."""
        said = self.environ.get("CONTENT_LENGTH") or ""
        if said and (not said.isdigit() or int(said) > LARGEST_BODY):
            refuse(413, f"The body is larger than {LARGEST_BODY >> 20} MB.")
        stream = self.environ["wsgi.input"]
        body: bytes = stream.read(int(said)) if said else stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            refuse(413, f"The body is larger than {LARGEST_BODY >> 20} MB.")
        return body

    def json(self) -> Any:
        """The body, read strictly. Raises Refused."""
        if self.kind != "application/json":
            refuse(415, "Send the body as application/json.")
        try:
            said = json.loads(self.body(), parse_constant=_no_such_number)
        except (ValueError, RecursionError):
            refuse(400, "The body is not JSON: check quotes, commas and encoding (UTF-8).")
        if isinstance(said, dict) and "url" in said and isinstance(said["url"], str):
            refuse(400, FETCHES_NOTHING)
        return said


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, said: Any, status: int = 200) -> "Answer":
        return cls(_json(said).encode(), status)

    def sent(self, start: StartResponse) -> Iterable[bytes]:
        start(_LINES[self.status], [("Content-Type", self.kind), ("Content-Length", str(len(self.body))), *_ALWAYS, *self.headers])
        return [self.body]


_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_ALWAYS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
_LINES = {one.value: f"{one.value} {one.phrase}" for one in HTTPStatus}


def refusal(refused: Refused, path: str) -> Answer:
    """As HMA words it under its own calls; a problem document (RFC 9457) under ours."""
    headers = tuple(refused.headers.items())
    if path.startswith("/api/"):
        said = {"type": "about:blank", "title": refused.words, "status": refused.status}
        return Answer(json.dumps(said, ensure_ascii=False).encode(), refused.status, "application/problem+json", headers)
    return Answer(json.dumps({"message": refused.words}, ensure_ascii=False).encode(), refused.status, headers=headers)


def _of_header(said: str) -> str:
    """`Bearer KEY`, or `Basic` with the key as the password (or as the name, without one)."""
    scheme, _space, rest = said.partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        return rest
    if scheme.lower() == "basic":
        try:
            name, _colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:  # no base64, or of no text
            return ""
        return password or name
    return ""


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
