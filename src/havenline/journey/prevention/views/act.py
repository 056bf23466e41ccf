"""One form on a page of its own, and what every screen of this room answers a refusal with."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.handover.actions import CallMissing as ReferralCallMissing
from havenline.foundation.handover.actions import NotThatMove
from havenline.foundation.people.access import DeskRequest, DeskView
from havenline.foundation.people.models import NotPartyToRecord
from havenline.journey.prevention import actions

# Each of these says what to do; a page shows it beside the form and keeps what was typed. Most others are ValueErrors or PermissionErrors.
REFUSALS = (
    actions.ChangedMeanwhile,
    actions.NotADraft,
    actions.OfficerTold,
    actions.OpenedAlready,
    NotThatMove,
    ReferralCallMissing,
    ValueError,
    PermissionError,
)


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Schools"), reverse("prevention:notices")), *more]


def bound(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None


def posted_from(page: Callable[..., str]) -> Callable[[DeskView], DeskView]:
    """Only a POST acts. Whoever comes by GET, as by reading a refusal's address again, is led to the page that the form stands on.

    `page` is given what the view is given, and says the address of that page. It asks for itself who may see it.
    """

    def only(view: DeskView) -> DeskView:
        acts = require_POST(view)

        @wraps(view)
        def led(request: DeskRequest, /, *args: Any, **kwargs: Any) -> Any:
            if request.method in ("GET", "HEAD"):
                return redirect(page(request, *args, **kwargs))
            return acts(request, *args, **kwargs)

        return led

    return only


def act_page(
    request: DeskRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    back: str,
    title: str,
    crumbs: list[tuple[str, str]],
    button: str,
    done: str,
    template: str = "prevention/act.html",
    **more: Any,
) -> HttpResponse:
    """Show the form; carry the act out; say what was done, or why not, keeping what was typed."""
    if form.is_bound and form.is_valid():
        try:
            act()
        except NotPartyToRecord as gone:
            raise Http404 from gone
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"form": form, "title": title, "crumbs": crumbs, "button": button, "back": back, **more}
    return render(request, template, context, status=422 if form.is_bound else 200)


def do(request: DeskRequest, act: Callable[[], Any], *, back: str, done: str = "") -> HttpResponse:
    """An act without a form: done, or refused in words, on the page that it came from."""
    try:
        act()
    except NotPartyToRecord as gone:
        raise Http404 from gone
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    return redirect(back)
