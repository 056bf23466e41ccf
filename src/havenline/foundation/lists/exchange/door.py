"""The door of the forms that clients of other systems speak: their way to show a key, our keys behind it."""

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from havenline.foundation.people.actions import KeyRefused, ScopeMissing, authenticate_api_key
from havenline.foundation.people.models import ApiKey
from havenline.foundation.people.roles import Scope


class Refused(Exception):
    """Ends a request of a client; each form says it in its own way."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


FeedView = Callable[..., HttpResponseBase]  # (request, key, /, **what stands in the address)


def feed(
    shown: Callable[[HttpRequest], str], refuse: Callable[[Refused], HttpResponseBase]
) -> Callable[[FeedView], Callable[..., HttpResponseBase]]:
    """Let in whoever shows a key that is for lists. Nothing of an answer is kept by anything on its way."""

    def door(view: FeedView) -> Callable[..., HttpResponseBase]:
        @csrf_exempt  # nobody is signed in by a cookie here
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            try:
                answer = view(request, _key(shown(request)), **kwargs)
            except Refused as error:
                answer = refuse(error)
            answer["Cache-Control"] = "private, no-store"
            return answer

        return guarded

    return door


def _key(raw: str) -> ApiKey:
    try:
        return authenticate_api_key(raw, scope=Scope.LISTS)
    except KeyRefused as error:
        raise Refused(401, str(error)) from error
    except ScopeMissing as error:
        raise Refused(403, str(error)) from error


def of_basic(request: HttpRequest) -> str:
    """The password of HTTP's Basic; the name may be any."""
    kind, _blank, said = request.headers.get("Authorization", "").partition(" ")
    try:
        text = base64.b64decode(said, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = ""
    return text.partition(":")[2]


def of_token(request: HttpRequest) -> str:
    """A token in the address, as Graph's clients write it: the key, or `number|key`; or `Authorization: Bearer`."""
    token = request.GET.get("access_token", "")
    if not token:
        kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
        token = token if kind.lower() == "bearer" else ""
    number, bar, key = token.partition("|")
    return key if bar and number.isdecimal() else token
