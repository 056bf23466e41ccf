"""How a session lasts: noted for its owner, ended by its limits, and led to a second factor where one must be."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from havenline.foundation.people import actions, devices
from havenline.foundation.people.actions import factors
from havenline.foundation.people.middleware import VISIT
from havenline.foundation.people.models import Visit

# Open to whoever has still to add a second factor: adding it, the own password, and the way out.
BEFORE_A_FACTOR = ("mfa_", "account_")
SAYS_NOTHING = {Visit.Why.SIGNED_OUT}


def visit_of(request: HttpRequest) -> UUID | None:
    """Which visit this session is, if it is one."""
    kept = request.session.get(VISIT)
    return UUID(kept) if kept else None


class Sessions:
    """Stands before whatever asks who signed in: a session that ended elsewhere is told so before it is forgotten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visit_id = visit_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        visit = Visit.objects.filter(pk=request.visit_id).first() if request.visit_id else None
        if not request.user.is_authenticated:
            if visit is not None:
                _say_why(request, visit)
            return None
        role = request.membership.role if request.membership else None
        if visit is None or visit.person_id != request.user.pk:
            visit = actions.begin_visit(person=request.user, device=devices.in_words(request.headers.get("User-Agent", "")))
            request.session[VISIT] = str(visit.pk)
        elif actions.go_on(visit=visit, role=role).ended_at is not None:
            visit.refresh_from_db()
            request.session.flush()
            request.user, request.membership, request.memberships = AnonymousUser(), None, []
            _say_why(request, visit)
            return None
        if settings.SECOND_FACTOR_REQUIRED and not _before_a_factor(request) and factors.must_add_factor(request.user):
            return redirect("mfa_index")
        return None


def _before_a_factor(request: HttpRequest) -> bool:
    return bool(request.resolver_match and (request.resolver_match.view_name or "").startswith(BEFORE_A_FACTOR))


def _say_why(request: HttpRequest, visit: Visit) -> None:
    """Once, in a plain sentence; whoever signed out themselves knows."""
    if visit.ended_why and visit.ended_why not in SAYS_NOTHING and not get_messages(request):
        messages.error(request, visit.get_ended_why_display())
