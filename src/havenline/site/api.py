"""The API, assembled from the rooms' routers: strict JSON in, problem documents out."""

import json
import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from havenline.foundation.lists.exchange.api import router as lists
from havenline.foundation.people.problems import Problem, of_validation
from havenline.journey.intake.api import router as reports

log = logging.getLogger(__name__)
ABOUT = """\
Send reports of suspected online child sexual abuse, add to them, and ask how they stand. \
Never send a picture, a video or bytes in disguise: send addresses, account names and hashes.

Every error is a problem document (RFC 9457) that names the field."""


class StrictJSON(Parser):
    """JSON and nothing else; numbers that JSON does not know are refused."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Problem(415, "Send the body as application/json.", errors=[("Content-Type", "Use application/json.")])
        try:
            return json.loads(request.body, parse_constant=_no_such_number)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "The body is not JSON: check quotes, commas and encoding (UTF-8).") from error


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class API(NinjaAPI):
    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """As Ninja writes it, with errors under their own media type."""
        schema = super().get_openapi_schema(**kwargs)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"]["application/problem+json"] = response["content"].pop("application/json")
        return schema


api = API(
    title="Havenline",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
    parser=StrictJSON(),
)
api.add_router("/reports", reports)
api.add_router("/lists", lists)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return error.response()


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Problem):  # Ninja wraps what a parser raises
        return error.__cause__.response()
    return Problem(error.status_code, str(error)).response()


@api.exception_handler(ValidationError)
def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return of_validation(error.errors).response()


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return Problem(413, "Send at most 2 MB.").response()


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    said = "Send your API key: Authorization: Bearer …"
    return Problem(401, said, errors=[("Authorization", said)], headers={"WWW-Authenticate": "Bearer"}).response()


@api.exception_handler(DatabaseError)
def _database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    log.exception("A request of a platform could not be stored; it was told to try again.")
    said = "It could not be stored just now. Send it again with the same Idempotency-Key."
    return Problem(503, said, headers={"Retry-After": "10"}).response()


@api.exception_handler(Exception)
def _anything_else(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("A request of a platform failed.")
    return Problem(500, "Something went wrong here; nothing was stored. Send it again with the same Idempotency-Key.").response()
