"""Headers that every answer carries, the language of the address, and the refusal of every file."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from havenline.journey.intake import answers, pictures

PERMISSIONS = ", ".join(
    f"{feature}=()" for feature in ("camera", "microphone", "geolocation", "display-capture", "payment", "usb", "browsing-topics")
)


ANSWERED, NOT_ANSWERED = ("GET", "HEAD", "POST", "OPTIONS"), {"TRACE", "TRACK", "CONNECT"}  # nothing of ours asks by the latter


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Nothing of a page is kept by a browser or a proxy, and no page asks the device for anything."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = HttpResponseNotAllowed(ANSWERED) if request.method in NOT_ANSWERED else get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The address alone says the language: `/ar/report/` is Arabic, `/report/` English, and so is the desk.

    No cookie keeps a choice, and a browser's wishes choose nothing: what a page shows is what its address says.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(code):
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            return response

    return middleware


def no_pictures(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No field of the desk takes a picture that was turned into letters, whatever form it belongs to: drafts are a field too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith("/desk/"):
            for values in request.POST.lists():
                if any(pictures.in_disguise(value) or answers.is_no_text(value) for value in values[1]):
                    what = _("This looks like a picture or a file turned into letters. It was not kept. Go back, and say it in words.")
                    return render(request, "error.html", {"heading": _("We take no pictures"), "what": what}, status=422)
        return get_response(request)

    return middleware


class RefuseFiles(FileUploadHandler):
    """No file is ever taken: its bytes are dropped as they come (PRODUCT: no picture is ever written)."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.request is not None:
            self.request.file_was_refused = True  # type: ignore[attr-defined]
        raise SkipFile  # what was typed beside it is kept

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
