"""What a session must have before anything of the desk is shown in it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from havenline.foundation.people.actions import factors

# Open to whoever has still to add a second factor: adding it, the own password, and the way out.
BEFORE_A_FACTOR = ("mfa_", "account_")


class SecondFactor:
    """Whoever must have a second factor and has none is led to add one, whatever they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name or ""
        if name.startswith(BEFORE_A_FACTOR) or not factors.must_add_factor(request.user):
            return None
        return redirect("mfa_index")
