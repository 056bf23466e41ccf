"""RFC 9457: what a machine is told when something is wrong: which field, and what to do."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field

TITLES = {
    400: "The request cannot be read",
    401: "No valid API key",
    403: "This key is not for that",
    404: "Not found",
    409: "The Idempotency-Key was used for something else",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "A field needs changing",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Try again later",
}


class FieldProblem(Schema):
    """One field, and what to do about it."""

    field: str = Field(description="Where in the body, such as `accounts[0]`, or the header's name.")
    detail: str


class ProblemDocument(Schema):
    """The body of every error (`application/problem+json`)."""

    type: str = Field("about:blank", description="Always `about:blank`: the status says what kind it is.")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list, description="The fields that need changing.")


class Problem(Exception):
    """Ends a request with a problem document."""

    def __init__(self, status: int, detail: str, *, errors: Iterable[tuple[str, str]] = (), headers: dict[str, str] | None = None) -> None:
        self.status, self.detail, self.errors, self.headers = status, detail, tuple(errors), headers or {}
        super().__init__(detail)

    def response(self) -> HttpResponse:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "errors": [{"field": field, "detail": detail} for field, detail in self.errors],
        }
        return JsonResponse(body, status=self.status, content_type="application/problem+json", headers=self.headers)


def of_validation(errors: Iterable[dict[str, Any]]) -> Problem:
    """What pydantic found, in words and by field."""
    named = []
    for error in errors:
        location = list(error["loc"])
        # ("body", parameter, field, …) or ("header", name)
        inside = location[2:] if location[:1] == ["body"] else location[1:]
        inside = [part for part in inside if not str(part).startswith("(")]  # which form of a field it was, where there are two
        named.append((_path(inside) or "body", str(error["msg"]).removeprefix("Value error, ")))
    return Problem(422, f"{named[0][0]}: {named[0][1]}" if named else "Change the named field and send it again.", errors=named)


def _path(parts: list[Any]) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()
