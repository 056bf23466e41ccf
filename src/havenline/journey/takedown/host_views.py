"""The page of a host's link."""

from django.http import HttpRequest, HttpResponse


def notice(request: HttpRequest, token: str) -> HttpResponse:
    raise NotImplementedError
