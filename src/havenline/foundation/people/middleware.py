"""One membership acts a session: it is put on the request, and everything asks for it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY as SIGNED_IN_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.people.models import Membership
from havenline.foundation.sealing import holders

SESSION_KEY = "membership"
VISIT = "visit"  # where the session keeps which visit it is


def begins_anew(request: HttpRequest, **_said: Any) -> None:
    """Whoever signs in again in a browser that remembers an ended session begins a new one."""
    request.session.pop(VISIT, None)


def acting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.membership`: the membership chosen for this session if it is still in force, the only one, or None."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.membership = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            mine = list(Membership.objects.current().filter(person_id=request.user.pk).select_related("person", "agency").order_by("pk"))
            chosen = next((one for one in mine if one.pk == request.session.get(SESSION_KEY)), None)
            request.membership = chosen or (mine[0] if len(mine) == 1 else None)  # type: ignore[attr-defined]
            request.memberships = mine  # type: ignore[attr-defined]
        elif SIGNED_IN_KEY in request.session:  # somebody was signed in, and may not be any more
            request.session.flush()
            messages.error(
                request, _("This account was closed while the page was open. What you did last was not saved. Ask your administrator.")
            )
        membership = request.membership  # type: ignore[attr-defined]
        with acting_for(membership.agency.holder if membership else holders.NOBODY):  # by their agency's wraps, and no other's
            return get_response(request)

    return middleware
