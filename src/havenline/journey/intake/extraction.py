"""What can be compared in a report: taken out at the desk, conservatively. A wrong identifier accuses somebody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from havenline.foundation.identifiers.models import Kind

MOST = 200  # identifiers of one report: a pasted list stays in the answers, in full
_ADDRESS = re.compile(r"https?://[^\s<>\"'“”‘’«»]+", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?![\w-])")
_IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]|\w)")
_HASH = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9A-Za-z])")
_HASH_KIND = {32: Kind.MD5, 40: Kind.SHA1, 64: Kind.SHA256}


@dataclass(frozen=True)
class Found:
    """One identifier as it was written, where it stood, and whether it is itself a thing to grade."""

    kind: str
    raw: str
    source: str
    is_item: bool = False


def from_answers(answers: dict[str, Any]) -> list[Found]:
    """Everything to compare in a report's answers, in their order; nothing twice."""
    return _once(_of(answers))


def from_message(words: str) -> list[Found]:
    """The same for what a reporter added later."""
    return _once(_in_text(words, "added later"))


def _of(answers: dict[str, Any]) -> Iterator[Found]:
    place, platform = answers["place"], answers["platform"]
    for url in place["urls"]:
        yield from _address(url, "address given")
    for digest in platform["hashes"]:
        kind = _HASH_KIND.get(len(digest.strip()))
        if kind:
            yield Found(kind, digest, "hash given", is_item=True)
    for account in place["accounts"]:
        name = account.strip()
        if name:
            service = place["app"].strip()
            yield Found(Kind.ACCOUNT, f"{name} at {service}" if service and " at " not in name else name, "account given")
    for seen in platform["ip_addresses"]:
        yield Found(Kind.IP_ADDRESS, str(seen["address"]) if isinstance(seen, dict) else str(seen), "IP address given")
    yield from _in_text(place["conversation"], "in the conversation")
    yield from _in_text(answers["happened"], "in what was told")


def _in_text(text: str, source: str) -> Iterator[Found]:
    for match in _ADDRESS.findall(text):
        yield from _address(match.rstrip(".,;:!?)]}"), source)
    rest = _ADDRESS.sub(" ", text)
    for mail in _MAIL.findall(rest):
        yield Found(Kind.MAIL, mail, source)
    for address in _IPV4.findall(rest):
        yield Found(Kind.IP_ADDRESS, address, source)
    for digest in _HASH.findall(rest):
        yield Found(_HASH_KIND[len(digest)], digest, source, is_item=True)
    for number in phonenumbers.PhoneNumberMatcher(_HASH.sub(" ", _IPV4.sub(" ", rest)), "GB", leniency=phonenumbers.Leniency.VALID):
        yield Found(Kind.TELEPHONE, number.raw_string, source)


def _address(url: str, source: str) -> Iterator[Found]:
    yield Found(Kind.URL, url, source, is_item=True)
    try:
        host = urlsplit(url if "//" in url else f"https://{url}").hostname
    except ValueError:
        host = None
    if host:
        yield Found(Kind.HOST, host, source)


def _once(found: Iterator[Found]) -> list[Found]:
    seen: dict[tuple[str, str], Found] = {}
    for one in found:
        seen.setdefault((one.kind, one.raw.strip().casefold()), one)
        if len(seen) >= MOST:
            break
    return list(seen.values())
