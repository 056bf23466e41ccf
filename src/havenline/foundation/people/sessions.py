"""How a session lasts: noted for its owner, ended by its limits, and led to a second factor where one must be."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from havenline.foundation.people import actions, devices, factor_queries
from havenline.foundation.people.actions import drafts, factors
from havenline.foundation.people.middleware import VISIT
from havenline.foundation.people.models import Visit

# Open to whoever has still to add a second factor: adding it, the own password, and the way out.
BEFORE_A_FACTOR = ("mfa_", "account_")
NOT_KEPT = (*BEFORE_A_FACTOR, "people:")  # accounts, secrets, and drafts themselves
WHOSE, WHOSE_LASTS = "desk_was", 24 * 60 * 60  # a cookie that names the last session; it lets nobody in
TAKEN = (302, 303)  # what a form answers that was taken
SAYS_NOTHING = {Visit.Why.SIGNED_OUT}


def visit_of(request: HttpRequest) -> UUID | None:
    """Which visit this session is, if it is one."""
    kept = request.session.get(VISIT)
    return UUID(kept) if kept else None


class Sessions:
    """Stands before whatever asks who signed in: a session that ended elsewhere is told so before it is forgotten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.visit_id, request.visit_begun = visit_of(request), None
        response = self.get_response(request)
        if request.visit_begun is not None:  # outlives the session, so that what is sent after its end finds its person
            secure = bool(settings.SESSION_COOKIE_SECURE)
            response.set_cookie(WHOSE, str(request.visit_begun), max_age=WHOSE_LASTS, secure=secure, httponly=True, samesite="Lax")
        if request.method == "POST" and _was_taken(request, response):
            drafts.settle_drafts(person=request.user, action=request.path)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        visit = factor_queries.visit(request.visit_id) if request.visit_id else None
        request.may_have_drafts = visit is None or visit.has_drafts
        if not request.user.is_authenticated:
            if visit is not None:
                _say_why(request, visit)
            _keep_what_came_too_late(request, visit or _whose(request))
            return None
        role = request.membership.role if request.membership else None
        its_own = visit is not None and visit.person_id == request.user.pk
        has_factor = visit.has_factor if visit is not None and its_own else factors.has_factor(request.user)
        if visit is None or not its_own:
            visit = actions.begin_visit(person=request.user, device=devices.in_words(request.headers.get("User-Agent", "")))
            request.session[VISIT], request.visit_begun = str(visit.pk), visit.pk
        elif actions.go_on(visit=visit, role=role).ended_at is not None:
            visit.refresh_from_db()
            request.session.flush()
            request.user, request.membership, request.memberships = AnonymousUser(), None, []
            _say_why(request, visit)
            _keep_what_came_too_late(request, visit)
            return None
        if settings.SECOND_FACTOR_REQUIRED and not has_factor and not _before_a_factor(request):
            return redirect("mfa_index")
        return None


def _was_taken(request: Any, response: HttpResponse) -> bool:
    """Whether a form led onward without a refusal: what is refused with a message keeps its draft."""
    acts = request.user.is_authenticated and getattr(request, "membership", None) is not None
    if not acts or response.status_code not in TAKEN:
        return False
    said = getattr(get_messages(request), "_queued_messages", ())  # reading them would take them from the next page
    return not any(one.level >= messages.ERROR for one in said)


def _before_a_factor(request: HttpRequest) -> bool:
    return bool(request.resolver_match and (request.resolver_match.view_name or "").startswith(BEFORE_A_FACTOR))


def _whose(request: HttpRequest) -> Visit | None:
    """The session that this browser had last, by a cookie that opens nothing."""
    try:
        return Visit.objects.filter(pk=UUID(request.COOKIES.get(WHOSE, ""))).first()
    except ValueError:
        return None


def _keep_what_came_too_late(request: Any, visit: Visit | None) -> None:
    """A form that was sent after the session had ended is kept for its person, who finds it after signing in."""
    name = request.resolver_match.view_name or ""
    if (
        request.method != "POST"
        or visit is None
        or not visit.person.is_active
        or name.startswith(NOT_KEPT)
        or not request.path.startswith("/desk/")
    ):
        return
    came_from = urlsplit(request.headers.get("Referer", ""))
    page = came_from.path if came_from.netloc == request.get_host() and came_from.path.startswith("/desk/") else request.path
    fields = {field: request.POST.getlist(field) for field in request.POST if field != "csrfmiddlewaretoken"}
    if len(fields) > 1 and drafts.keep_draft(person=visit.person, page=page, action=request.path, fields=fields, was_sent=True):
        messages.error(request, _("What you sent was kept: sign in, and send it from your drafts."))


def _say_why(request: HttpRequest, visit: Visit) -> None:
    """Once, in a plain sentence; whoever signed out themselves knows."""
    if visit.ended_why and visit.ended_why not in SAYS_NOTHING and not get_messages(request):
        messages.error(request, visit.get_ended_why_display())
