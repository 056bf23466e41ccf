"""The door of every desk view: signed in, acting in one membership, in a role that the screen is for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import Membership, Person


class DeskRequest(HttpRequest):
    """A request behind the door: somebody acts."""

    user: Person
    membership: Membership
    memberships: list[Membership]


class DeskView(Protocol):
    def __call__(self, request: DeskRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def desk(*roles: str) -> Callable[[DeskView], Callable[..., HttpResponseBase]]:
    """Let only these roles in (none named: every role). Anyone else gets what does not exist: 404."""

    def door(view: DeskView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.method not in ("GET", "HEAD"):
                    if not get_messages(request):
                        messages.error(request, _("You were signed out before this arrived. It was not saved. Sign in and do it again."))
                    return redirect("account_login")
                return redirect_to_login(request.get_full_path())
            if request.membership is None:
                return redirect("people:act_as")
            if roles and request.membership.role not in roles:
                raise Http404
            refused: Http404 | PermissionDenied
            with acting_as(request.membership):
                try:
                    return view(request, *args, **kwargs)
                except (Http404, PermissionDenied) as error:  # an answer, not a failure: what was recorded stays
                    refused = error
            raise refused

        return guarded

    return door
