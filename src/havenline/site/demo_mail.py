"""What the demo's mail server caught, for everybody to read without signing in. No installation has this page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

MOST = 100  # letters in the list
LOOKED_AT = 400  # of the newest letters, from which the list is made
LONGEST = 200_000  # bytes of a letter that are read
NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
HOST_LINK = "/host/"
ALL, HOSTS, PEOPLE = "all", "hosts", "people"
FILTERS = ((ALL, _("All")), (HOSTS, _("To hosts, with a link")), (PEOPLE, _("To people who sign in")))
ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True)
class Caught:
    """One letter, as its file holds it."""

    name: str
    written: datetime
    to: str
    subject: str
    sender: str
    reply_to: str
    text: str

    @property
    def is_to_host(self) -> bool:
        """Whether it holds the link by which a host answers."""
        return HOST_LINK in self.text

    @property
    def html(self) -> SafeString:
        """Its text, with the links to this demo to click. They lead to where the demo is served now, whatever port it had then."""
        return format_html_join("", "{}", ((_linked(part),) for part in ADDRESS.split(self.text)))


def _linked(part: str) -> SafeString | str:
    if not ADDRESS.fullmatch(part) or urlsplit(part).hostname not in settings.ALLOWED_HOSTS:
        return part
    return format_html('<a href="{}">{}</a>', urlsplit(part).path or "/", part)


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Newest first: all, those with a host's link, or those to people who work here."""
    to = request.GET.get("to", ALL)
    to = to if to in dict(FILTERS) else ALL
    found = [one for one in _newest() if to == ALL or one.is_to_host == (to == HOSTS)]
    return render(request, "demo/mail.html", {"letters": found[:MOST], "most": MOST, "filters": FILTERS, "to": to})


@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    if not NAME.fullmatch(name):
        raise Http404
    found = _read(_directory() / f"{name}.eml")
    if found is None:
        raise Http404
    return render(request, "demo/letter.html", {"letter": found})


def _written(message: EmailMessage, path: Path) -> datetime:
    """When its sender wrote it: the demo's stories are older than its mail server, which names each file by when it came."""
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return datetime.strptime(path.stem[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _directory() -> Path:
    return Path(settings.HOME) / "mail"


def _newest() -> Iterator[Caught]:
    paths = (path for path in _directory().glob("*.eml") if NAME.fullmatch(path.stem))
    for path in sorted(paths, reverse=True)[:LOOKED_AT]:
        found = _read(path)
        if found is not None:
            yield found


def _read(path: Path) -> Caught | None:
    try:
        with path.open("rb") as file:
            message = message_from_bytes(file.read(LONGEST), policy=default)
    except OSError:
        return None
    assert isinstance(message, EmailMessage)  # noqa: S101  (what this policy makes)
    body = message.get_body(("plain",))
    return Caught(
        name=path.stem,
        written=_written(message, path),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        reply_to=str(message["Reply-To"] or ""),
        text=str(body.get_content()) if body is not None else "",
    )
