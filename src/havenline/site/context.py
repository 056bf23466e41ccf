"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from havenline.site.places import places_of


def installation(request: HttpRequest) -> dict[str, Any]:
    """The deployment's own words and numbers, on every page."""
    return {
        "deployment": settings.DEPLOYMENT,
        "is_demo": settings.INSTALLATION.is_demo,
        "desk_url": "/desk/" if request.path.startswith("/desk/") else "",
    }


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
    }
