"""The WSGI application of one role (`HAVENLINE_ROLE`)."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havenline.site.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, told how people reach this place: by the scheme of base_url, whatever a proxy, or somebody without one, says."""
    environ["wsgi.url_scheme"] = settings.INSTALLATION.base_url.partition(":")[0]
    return _django(environ, start_response)
