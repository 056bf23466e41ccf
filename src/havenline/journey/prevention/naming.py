"""Does a text name somebody? What the sources know of people, accounts and addresses, looked for in what schools shall read.

It is strict on purpose: a surname that is also a word is refused too, and whoever writes finds another word. Only what the writer may
see is looked for, so that a refusal tells nobody what stands elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers.models import Kind, Sighting
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.foundation.records.queries import whole_path
from havenline.foundation.sealing.actions import KeyDestroyed
from havenline.foundation.search.normal import normal
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case, Subject

SHORTEST_NAME = 3  # of a word of a name: “Al” would refuse half of English
SHORTEST_RUN = 5  # of what is also looked for without its spaces and signs
_SERVICE = {Kind.HOST}  # where it happened may be said: it names nobody


@dataclass(frozen=True)
class Known:
    """Something that must not stand in the text. `shown`: as the source has it, for whoever wrote the text."""

    shown: str
    words: tuple[str, ...]  # these words, one after the other
    run: str = ""  # this run of letters and digits, wherever the spaces are


def named_in(text: str, known: Iterable[Known]) -> list[str]:
    """What of `known` the text holds, each once, as the source has it."""
    words = _words(text)
    run = "".join(words)
    said = f" {' '.join(words)} "
    found = [one.shown for one in known if (one.words and f" {' '.join(one.words)} " in said) or (one.run and one.run in run)]
    return list(dict.fromkeys(found))


def known_of(sources: Iterable[Record], *, by: Membership) -> list[Known]:
    """Everything that the sources, and what they lie on a path with, know of people, as far as this person may see it."""
    path: set[int] = set()
    for source in sources:
        path |= whole_path(source)
    records = Record.objects.visible_to(by).filter(pk__in=path)
    found: dict[Known, None] = {}
    for sighting in Sighting.objects.filter(record__in=records).select_related("identifier"):
        found |= dict.fromkeys(_of_identifier(sighting.identifier.kind, sighting.identifier.shown))
    for record in records:
        try:
            for one in _of_record(record):
                found.setdefault(one)
        except KeyDestroyed:
            continue  # erased: nobody knows it any more
    return list(found)


def _of_record(record: Record) -> Iterator[Known]:
    if record.kind == FileKind.REPORT:
        report = Report.objects.get(pk=record.pk)
        yield from _of_package({"answers": report.answers()})
        for duty in report.child_duties.all():
            yield from _of_person(duty.child)
    elif record.kind == FileKind.HAND_OVER:
        yield from _of_package(HandOver.objects.get(pk=record.pk).contents())
    elif record.kind == FileKind.CASE:
        for subject in Subject.objects.filter(case=Case.objects.get(pk=record.pk)):
            yield from _of_name(subject.name)
            for child in subject.reachable.all():
                yield from _of_person(child.details)


def _of_package(package: dict[str, Any]) -> Iterator[Known]:
    """Names, addresses and accounts of a report's answers, or of what was handed over."""
    answers = package.get("answers") or {}
    for person in (answers.get("child"), answers.get("reporter"), package.get("child"), package.get("subject"), package.get("reporter")):
        yield from _of_person(person or {})
    for child in [*(package.get("children") or []), *(package.get("subjects") or [])]:
        yield from _of_name(str(child.get("label") or child.get("name") or ""))
    for named in [*(package.get("identifiers") or []), *(package.get("items") or [])]:
        yield from _of_identifier(str(named.get("kind") or ""), str(named.get("shown") or ""))
    place = answers.get("place") or {}
    for account in place.get("accounts") or []:
        yield from _of_identifier(Kind.ACCOUNT, str(account))
    for url in place.get("urls") or []:
        yield from _of_identifier(Kind.URL, str(url))


def _of_person(person: dict[str, Any]) -> Iterator[Known]:
    yield from _of_name(str(person.get("name") or ""))
    yield from _of_address(str(person.get("address") or ""))
    yield from _of_address(str(person.get("household") or ""))
    contact = str(person.get("contact") or "")
    if "@" in contact:
        yield from _of_identifier(Kind.MAIL, contact)
    elif sum(c.isdigit() for c in contact) >= SHORTEST_RUN:
        yield from _of_identifier(Kind.TELEPHONE, contact)


def _of_name(name: str) -> Iterator[Known]:
    """Each word of a name, the family's plural, and the words run together, as accounts write them."""
    words = _words(name)
    for word in words:
        if len(word) >= SHORTEST_NAME and not word.isdigit():
            yield Known(name.strip(), (word,))
    if len(words) > 1:
        yield Known(name.strip(), (f"{words[-1]}s",))
        yield Known(name.strip(), ("".join(words),))
        yield Known(name.strip(), ("".join(reversed(words)),))


def _of_address(address: str) -> Iterator[Known]:
    """Whatever part bears a number, the street without it, and a family’s name. A town alone names nobody."""
    for part in re.split(r"[,;\n]", address):
        words = _words(part)
        if any(any(c.isdigit() for c in word) for word in words) and sum(map(len, words)) >= SHORTEST_RUN:
            yield Known(part.strip(), tuple(words), "".join(words))
            rest = tuple(word for word in words if not any(c.isdigit() for c in word))
            if len(rest) > 1:
                yield Known(part.strip(), rest)
        elif len(words) > 1:
            yield Known(part.strip(), tuple(words))


def _of_identifier(kind: str, shown: str) -> Iterator[Known]:
    if kind in _SERVICE or not shown.strip():
        return
    if kind == Kind.ACCOUNT:
        shown = re.split(r"\s+at\s+", shown.strip())[0]  # the service may be said, the account may not
    elif kind == Kind.URL:
        shown = re.sub(r"^[a-z]+://", "", shown.strip(), flags=re.IGNORECASE).rstrip("/")
        if "/" not in shown and "?" not in shown:
            return  # the service alone
    elif kind == Kind.ADDRESS:
        yield from _of_address(shown)
        return
    words = _words(shown)
    run = "".join(words)
    if kind == Kind.TELEPHONE:
        run = re.sub(r"\D", "", shown)[-9:]  # however its beginning is written
    if run:
        yield Known(shown.strip(), tuple(words), run if len(run) >= SHORTEST_RUN else "")


def _words(text: str) -> list[str]:
    """Words in one spelling; what cannot be seen is taken out first, so that it hides nothing."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.findall(r"[^\W_]+", normal(seen))
