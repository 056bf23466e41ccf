"""One canonical form for each kind of identifier. Pure; property-tested: canonical of canonical is itself."""

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

import phonenumbers

from havenline.foundation.identifiers.models import Kind

HEX = {Kind.MD5: 32, Kind.SHA1: 40, Kind.SHA256: 64, Kind.PDQ: 64}
LIMIT = 400


class NotAnIdentifier(ValueError):
    """What was typed cannot be this kind of identifier; says what one looks like."""


def canonical(kind: str, raw: str) -> str:
    """The canonical form of `raw`. Raises NotAnIdentifier with a sentence that says what is expected.

    A form that is longer than the column keeps its beginning and a digest of all of it, so that two long ones never fall together.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text or len(text) > 4000 or "\x00" in text:
        raise NotAnIdentifier("Enter something that can be compared.")
    form = _stable(_FORMS[Kind(kind)], text)
    if not form:
        raise NotAnIdentifier("Enter something that can be compared.")
    if len(form) > LIMIT:
        digest = hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()
        beginning = re.sub(r"(%[0-9A-Fa-f]?|\s)$", "", form[: LIMIT - 65])  # no half of a percent-encoding
        form = f"{beginning}~{digest}"
    return form


def _stable(form: Callable[[str], str], text: str) -> str:
    """Apply until nothing changes: folding case can undo what normalising did, and the other way round."""
    for _round in range(5):
        changed = unicodedata.normalize("NFKC", form(text)).strip()
        if changed == text:
            break
        text = changed
        if not text:
            break
    return text


def fingerprint(form: str) -> str:
    """Eight digits by which people tell a canonical form from others, and that say nothing of it."""
    digest = hashlib.sha256(form.encode()).hexdigest()
    return f"{digest[:4]}…{digest[-4:]}"


def url(text: str) -> str:
    """Scheme and host in lower case, default port, fragment and final dot dropped; percent-encoding made one (RFC 3986, 6.2.2)."""
    text = re.sub(r"[\s\x00-\x1f]+", "", text)
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(text)
        name, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotAnIdentifier("Enter a web address such as https://chat.example/room.") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise NotAnIdentifier("Enter a web address that begins with http:// or https://.")
    name = host(name)
    bracketed = f"[{name}]" if ":" in name else name
    where = bracketed if port in {None, 80, 443} else f"{bracketed}:{port}"
    path, query = _encoded(parts.path) or "/", _encoded(parts.query)
    return urlunsplit(("https", where, path if path.startswith("/") else f"/{path}", query, ""))  # http and https name one page here


def _encoded(part: str) -> str:
    """Only what needs no encoding is decoded: `%41` is `A`, but `%2F` and `%26` mean something else than `/` and `&`."""

    def one(match: re.Match[str]) -> str:
        byte = int(match[1], 16)
        return chr(byte) if byte < 128 and re.match(r"[A-Za-z0-9._~-]", chr(byte)) else match[0].upper()

    decoded = re.sub(r"%([0-9A-Fa-f]{2})", one, part)
    decoded = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", decoded)
    return quote(decoded.encode("utf-8", "replace"), safe="%/:@!$&'()*+,;=~-._?[]")


def host(text: str) -> str:
    name = text.strip().strip(".").lower()
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    try:
        name = name.encode("idna").decode()
    except UnicodeError as error:
        raise NotAnIdentifier("Enter a host name such as chat.example.") from error
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+|localhost", name):
        raise NotAnIdentifier("Enter a host name such as chat.example.")
    return name


def account(text: str) -> str:
    """`@RiverWalk_77 at Chat.Example` as `riverwalk_77 at chat.example`; without a service the name alone."""
    name, _at, service = re.sub(r"\s+", " ", text.casefold()).partition(" at ")
    name = re.sub(r"^[@\s]+", "", name).strip()
    service = service.strip(" .")
    return f"{name} at {service}" if service and name else name


def mail(text: str) -> str:
    match = re.fullmatch(r"([^@\s]+)@([^@\s]+)", text.casefold())
    if not match:
        raise NotAnIdentifier("Enter an e-mail address such as name@mail.example.")
    return f"{match[1]}@{host(match[2])}"


def telephone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        raise NotAnIdentifier("Enter a telephone number with its area code.") from error
    if not phonenumbers.is_possible_number(number):
        raise NotAnIdentifier("Enter a telephone number with its area code.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError as error:
        raise NotAnIdentifier("Enter an IP address such as 192.0.2.7.") from error


def _words(text: str) -> str:
    return re.sub(r"[\s,]+", " ", text.casefold()).strip()


def _digest(kind: Kind) -> Callable[[str], str]:
    def form(text: str) -> str:
        digest = text.lower()
        if not re.fullmatch(rf"[0-9a-f]{{{HEX[kind]}}}", digest):
            raise NotAnIdentifier(f"Enter {HEX[kind]} hexadecimal digits.")
        return digest

    return form


_FORMS: dict[str, Callable[[str], str]] = {
    Kind.ACCOUNT: account,
    Kind.URL: url,
    Kind.HOST: host,
    Kind.MAIL: mail,
    Kind.TELEPHONE: telephone,
    Kind.IP_ADDRESS: ip_address,
    Kind.DEVICE: _words,
    Kind.ADDRESS: _words,
    Kind.MD5: _digest(Kind.MD5),
    Kind.SHA1: _digest(Kind.SHA1),
    Kind.SHA256: _digest(Kind.SHA256),
    Kind.PDQ: _digest(Kind.PDQ),
}
