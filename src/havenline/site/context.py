"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from havenline.foundation.people import queries as people
from havenline.foundation.people.models import Membership
from havenline.site.places import places_of


def installation(request: HttpRequest) -> dict[str, Any]:
    """The deployment's own words and numbers, on every page."""
    return {
        "deployment": settings.DEPLOYMENT.in_language(translation.get_language()),
        "languages": languages(request),
        "is_demo": settings.INSTALLATION.is_demo,
        "base_url": settings.INSTALLATION.base_url,
        "desk_url": "/desk/" if request.path.startswith("/desk/") else "",
    }


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The languages to choose from: this page in each, for its links; the report's address in each, for a form's buttons."""
    if len(settings.LANGUAGES) < 2 or request.path.startswith("/desk/"):
        return []
    return [
        {
            "code": code,
            "name": name,
            "dir": "rtl" if translation.get_language_info(code)["bidi"] else "ltr",
            "url": _this_page(request, code),
            "url_of_form": _at("intake:report", code),
            "current": code == translation.get_language(),
        }
        for code, name in settings.LANGUAGES
    ]


def _this_page(request: HttpRequest, code: str) -> str:
    """This page in a language, with what was asked of it; the first page, where it answered a form or is none."""
    here = request.resolver_match if request.method in {"GET", "HEAD"} else None
    if here is None:
        return _at("intake:home", code)
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    return _at(here.view_name, code, *here.args, **here.kwargs) + asked


def _at(view: str, code: str, /, *args: Any, **named: Any) -> str:
    with translation.override(code):
        try:
            return reverse(view, args=args, kwargs=named)
        except NoReverseMatch:  # not among what this role serves
            return "/"


def _drafts(membership: Membership, path: str) -> dict[str, Any]:
    """What of this person's typing was kept: whether some of it is of this page, and how much was sent too late."""
    kept = people.drafts(membership.person).values_list("page", "was_sent")
    return {"here": any(page == path for page, _sent in kept), "sent_late": sum(was_sent for _page, was_sent in kept)}


def desk(request: HttpRequest) -> dict[str, Any]:
    """Who acts, where they can go, and their colours."""
    membership = getattr(request, "membership", None)
    if membership is None:
        user = getattr(request, "user", None)  # an error page can come before anyone was asked who they are
        theme = user.theme if user is not None and user.is_authenticated else ""
        return {"membership": None, "theme": theme, "desk_places": []}
    return {
        "membership": membership,
        "memberships": request.memberships,  # type: ignore[attr-defined]
        "person": membership.person,
        "agency": membership.agency,
        "theme": membership.person.theme,
        "key_hints": membership.person.key_hints,
        "desk_places": places_of(membership, request.path),
        "drafts": SimpleLazyObject(lambda: _drafts(membership, request.path)) if getattr(request, "may_have_drafts", True) else {},
        "proposals_waiting": len(people.proposals_to_answer(membership)),
    }
