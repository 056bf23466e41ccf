"""Style sheets, scripts and fonts under names that change with them; and the pages that the front says itself."""

import json

from csp.utils import build_policy
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils import translation

from havenline.site.middleware import PERMISSIONS


def collect() -> None:
    """Put everything of `static/` into the home, and draw the front's pages, which name those files."""
    call_command("collectstatic", verbosity=0, interactive=False)
    codes = [code for code, _name in settings.LANGUAGES]
    pages = {
        "too_large": {code: _page("413.html", code) for code in codes},
        "away": {code: _page("503.html", code) for code in codes},
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


def _page(template: str, code: str) -> str:
    with translation.override(code):
        return render_to_string(template, {"deployment": settings.DEPLOYMENT.in_language(code)})
