"""The small public pages beside the form: help, privacy, accessibility, without JavaScript, the public log. They ask and store nothing."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from havenline.foundation.ledger.models import PublicLeaf
from havenline.foundation.ledger.queries import public_log
from havenline.foundation.sealing import keys

DAYS_SHOWN = 31


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The public log: how large it was at each day's end, signed; and how to check a statement with it."""
    try:
        known = keys.public_log_public_keys()
    except keys.KeyMissing:
        known = []
    return render(request, "about/log.html", {"days": public_log.days(at_most=DAYS_SHOWN), "keys": known})


@require_safe
def log_leaves(request: HttpRequest) -> StreamingHttpResponse:
    """Every leaf, a line each, so that anybody can build the tree: commitments and random bytes, which nobody can tell apart."""
    leaves = PublicLeaf.objects.order_by("index").values_list("leaf", flat=True)
    return StreamingHttpResponse((f"{leaf}\n" for leaf in leaves.iterator(chunk_size=2000)), content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("log/", log, name="log"),
    path("help/", TemplateView.as_view(template_name="about/help.html"), name="help"),
    path("privacy/", TemplateView.as_view(template_name="about/privacy.html"), name="privacy"),
    path("accessibility/", TemplateView.as_view(template_name="about/accessibility.html"), name="accessibility"),
    path("without-javascript/", TemplateView.as_view(template_name="about/without_javascript.html"), name="without_javascript"),
]
