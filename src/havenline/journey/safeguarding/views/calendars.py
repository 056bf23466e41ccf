"""A calendar of clocks: made and ended at the desk, and asked for by a calendar's program, which has no session and brings a secret.

The desk's process serves it: of those that strangers reach, none may read a case (decision 0057).
"""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import NotYourRole
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms import CalendarForm
from havenline.journey.safeguarding.queries import calendar as queries
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, tried

READ = ("GET", "HEAD")


@desk(*SOCIAL_CARE)
def calendars(request: DeskRequest) -> HttpResponse:
    """One's own feeds. A new one's address is shown in the answer that made it, and never again."""
    by = request.membership
    form = CalendarForm(request.POST or None, by=by)
    made, address = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, token = actions.make_feed(whose=form.cleaned_data["whose"], by=by)
            address = f"{settings.INSTALLATION.base_url.rstrip('/')}{reverse('safeguarding:calendar', args=[token])}"
        except NotYourRole as refusal:
            form.add_error("whose", str(refusal))
    context = {"form": form, "feeds": queries.feeds(by=by), "made": made, "address": address}
    return render(request, "safeguarding/calendars.html", context, status=422 if form.errors else 200)


@desk(*SOCIAL_CARE)
def end_calendar(request: DeskRequest, pk: int) -> HttpResponse:
    feed = queries.feed(pk, by=request.membership)
    if feed is None:
        raise Http404
    if request.method == "POST":
        tried(request, lambda: actions.end_feed(feed=feed, by=request.membership), done=_("Ended. Its address leads nowhere any more."))
    return redirect("safeguarding:calendars")


def _answered_alike(view: Any) -> Any:
    """No log is told an address, and no cache or search engine keeps what it leads to."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            answer: HttpResponse = view(request, token) if request.method in READ else HttpResponseNotAllowed(READ)
        except actions.FeedUnknown:
            answer = HttpResponse(_("There is no such calendar."), status=404, content_type="text/plain; charset=utf-8")
        except actions.TooManyWrongCalendars:
            answer = HttpResponse(_("Ask again in a minute."), status=429, content_type="text/plain; charset=utf-8")
            answer["Retry-After"] = "60"
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would name the address
        return answer

    return csrf_exempt(guarded)  # it acts for nobody; and a refusal would be logged with its address


@_answered_alike
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The feed of this secret, as its holder may see it now."""
    feed = actions.open_feed(token)
    with acting_as(feed.membership):
        shown, left_out = queries.entries(feed)
        actions.look_by_feed(feed)
    return HttpResponse(queries.as_calendar(feed, shown, left_out), content_type="text/calendar; charset=utf-8")
