"""The same witness, served by an installation's API role: whose ledgers it knows says `witnessed` in havenline.toml."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from havenline.engines import proof
from havenline.engines.proof.witness import LARGEST
from havenline.site.witness import NoWitness, Place


@csrf_exempt  # a machine asks, and signs what it asks
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """C2SP tlog-witness. An installation that is nobody's witness has no such address."""
    said = settings.INSTALLATION
    if not said.witnessed:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse("A request is smaller than 64 kB.\n", status=413, content_type="text/plain")
    try:
        answer = _witness(str(said.home), said.witnessed).add_checkpoint(request.read(LARGEST + 1))
    except NoWitness:
        return HttpResponse("This witness has no key.\n", status=503, content_type="text/plain")
    return HttpResponse(answer.text, status=answer.status, content_type=answer.content_type)


@cache
def _witness(home: str, keys: tuple[str, ...]) -> proof.Witness:
    place = Place(settings.INSTALLATION.home / "witness")
    return place.witness(map(proof.VerifierKey.read, keys))
