"""Style sheets, scripts and fonts under names that change with them; and the pages that the front says itself."""

import json

from csp.utils import build_policy
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string

from havenline.site.middleware import PERMISSIONS


def collect() -> None:
    """Put everything of `static/` into the home, and draw the front's pages, which name those files."""
    call_command("collectstatic", verbosity=0, interactive=False)
    said = {"deployment": settings.DEPLOYMENT}
    pages = {
        "too_large": render_to_string("413.html", said),
        "away": render_to_string("503.html", said),
        "headers": {
            "Content-Security-Policy": build_policy(),
            "Permissions-Policy": PERMISSIONS,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
        },
    }
    (settings.HOME / "front.json").write_text(json.dumps(pages))
