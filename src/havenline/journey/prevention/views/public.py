"""Guidance for children, parents and schools: served to anybody, with no script, no cookie and nothing kept."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from havenline.journey.prevention.guidance import PAGES, in_context


@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    return render(request, "prevention/guidance/index.html", {"pages": PAGES.values()})


@require_safe
def guidance_for(request: HttpRequest, audience: str) -> HttpResponse:
    if audience not in PAGES:
        raise Http404
    others = [page for page in PAGES.values() if page.audience != audience]
    context = in_context(audience) | {"others": others, "where": settings.INSTALLATION.base_url}
    return render(request, "prevention/guidance/page.html", context)
