"""What a browser sent to the public form, however large or strange."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict

MOST = 8 * 1024 * 1024  # bytes read of a body that is too large to take, so that earlier answers survive it


class TooMuch(Exception):
    """More than anybody can have typed or pasted."""


def posted(request: HttpRequest) -> QueryDict:
    """The fields. A text that is too long still arrives here, to be refused beside its field. Raises TooMuch."""
    try:
        return request.POST
    except RequestDataTooBig as error:
        if request.content_type != "application/x-www-form-urlencoded":
            raise TooMuch from error
        raw = request.read(MOST + 1)
        if len(raw) > MOST:
            raise TooMuch from error
        return QueryDict(raw, encoding="utf-8")


def brought_a_file(request: HttpRequest) -> bool:
    """Whether a file came along; its bytes were dropped."""
    return bool(getattr(request, "file_was_refused", False))
