"""Handing one letter to the mail server, step by step, so that it is known at which step it broke off."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from havenline.foundation.post.models import Letter


class NotTaken(Exception):
    """The server was not reached, or refused for now (4xx): nothing left, trying again is safe."""


class Refused(Exception):
    """The server refused for good (5xx): trying again changes nothing."""


class EndedUncertain(Exception):
    """The text had gone out when the line broke: the letter may or may not have left."""


def hand_over(letter: Letter, body: str) -> str:
    """Hand a letter over; the server's answer. `body` is the letter's, with its link. Raises NotTaken, Refused, EndedUncertain."""
    data = _as_data(letter, body)  # before anybody is called: what cannot be written as mail was not on its way
    try:
        server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT)
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} was not reached ({_in_words(error)}).") from error
    text_is_out = False
    try:
        _introduce(server)
        _must_be_well(server.mail(settings.DEFAULT_FROM_EMAIL))
        _must_be_well(server.rcpt(letter.to))
        code, said = server.docmd("DATA")
        if code != 354:
            _must_be_well((code, said))
        text_is_out = True
        server.send(data)
        return _must_be_well(server.getreply())
    except (OSError, smtplib.SMTPException) as error:
        if text_is_out and not isinstance(error, smtplib.SMTPResponseException):
            raise EndedUncertain(f"The line broke after the text had gone out ({_in_words(error)}).") from error
        raise NotTaken(f"The mail server broke off ({_in_words(error)}).") from error
    finally:
        server.close()


def greet() -> None:
    """Reach the server as a letter would, encrypted and signed in where set, and hand over nothing. Raises OSError, SMTPException."""
    server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT)
    try:
        _introduce(server)
    finally:
        server.close()


def _introduce(server: smtplib.SMTP) -> None:
    server.ehlo_or_helo_if_needed()
    if settings.EMAIL_USE_TLS:
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    if settings.EMAIL_HOST_USER:
        server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


def _must_be_well(reply: tuple[int, bytes]) -> str:
    code, said = reply
    words = f"{code} {said.decode('utf-8', 'replace')}"
    if 200 <= code < 300:
        return words
    raise Refused(words) if code >= 500 else NotTaken(words)


def _as_data(letter: Letter, body: str) -> bytes:
    """The letter as it goes over the line. Raises Refused where a header or an address cannot stand in mail."""
    try:
        letter.to.encode("ascii")
        return _written(letter, body)
    except (ValueError, IndexError) as error:  # a line break in a header, letters that no mail server knows
        raise Refused(f"It cannot be written as mail ({_in_words(error)}).") from error


def _written(letter: Letter, body: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.DEFAULT_FROM_EMAIL, letter.to, letter.subject
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Message-ID"], message["Date"] = letter.message_id, format_datetime(letter.queued_at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(body)
    lines = message.as_bytes().split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines).rstrip(b"\r\n") + b"\r\n.\r\n"


def _in_words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:120]
