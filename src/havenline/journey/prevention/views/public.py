"""Guidance for children, parents and schools: served to anybody, with no script, no cookie and nothing kept."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from havenline.journey.prevention.guidance import PAGES, SIGNS


@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    return render(request, "prevention/guidance/index.html", {"pages": PAGES.values()})


@require_safe
def guidance_for(request: HttpRequest, audience: str) -> HttpResponse:
    if audience not in PAGES:
        raise Http404
    page = PAGES[audience]
    others = [other for other in PAGES.values() if other is not page]
    context = {"page": page, "others": others, "signs": SIGNS, "where": settings.INSTALLATION.base_url}
    return render(request, "prevention/guidance/page.html", context)
