"""Children's cases that can be found, in bulk, and searches among them. Called inside an installation."""

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from benchmarks import holding
from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import Agency
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.search import marks, queries
from havenline.foundation.search.models import Document
from havenline.foundation.search.normal import normal

AT_ONCE = 1_000
GIVEN = (
    "Robin", "Kathryn", "Toni", "Ash", "Noor", "Samira", "Leon", "Joanna", "Alexander", "Hana", "Mohammed", "Siân", "Oluwaseun", "Priya",
    "Daniel", "Grace", "Zofia", "Callum", "Aisha", "Theodore",
)  # fmt: skip
STARTS = (
    "Al", "Bar", "Cor", "Dan", "El", "Fen", "Gar", "Hol", "In", "Jar", "Kel", "Lor", "Mar", "Nor", "Os", "Pen", "Quar", "Ros", "Sal",
    "Thor", "Ul", "Ver", "Wes", "Yar",
)  # fmt: skip
ENDS = ("ley", "ton", "field", "wood", "bury", "ham", "worth", "stone", "croft", "well", "dale", "by", "ford", "mere", "shaw", "wick")
SAID = (
    "school", "grandmother", "visit", "worried", "bicycle", "kitchen", "evening", "telephone", "neighbour", "holiday", "bedroom", "teacher",
    "weekend", "garden", "morning", "birthday", "football", "quiet", "happy", "shouting",
)  # fmt: skip
LONG_AGO = date(2008, 1, 1)


def build(cases: int, seed: int = 7) -> int:
    """Called inside an installation: so many cases that can be found, every tenth another area's; how many there are then."""
    chance = random.Random(seed)
    manager = holding.manager()
    other = Agency.objects.filter(slug="eastmere-social-care").first() or holding.people.add_agency(
        name="Eastmere social care", kind=manager.agency.kind, by=holding.INSTALLATION
    )
    there = Document.objects.count()
    for begun in range(there, cases, AT_ONCE):
        number = min(AT_ONCE, cases - begun)
        with _without_keys():
            ours = records.open_records(kind=FileKind.CHILD_CASE, agency=manager.agency, number=number - number // 10)
            theirs = records.open_records(kind=FileKind.CHILD_CASE, agency=other, number=number // 10)
        Document.objects.bulk_create(_document(record, chance) for record, _key in (*ours, *theirs))
    return Document.objects.count()


@contextmanager
def _without_keys() -> Iterator[None]:
    """No file of a search is opened, and a hundred thousand keys would take the time of everything else."""
    made = records.sealing.new_keys
    records.sealing.new_keys = lambda references, parties: [None] * len(references)  # type: ignore[assignment,return-value]
    try:
        yield
    finally:
        records.sealing.new_keys = made


def name(chance: random.Random) -> str:
    return f"{chance.choice(GIVEN)} {chance.choice(STARTS)}{chance.choice(ENDS)}{chance.choice(('', '', 'er', 's'))}"


def _document(record: Record, chance: random.Random) -> Document:
    """What `search.actions.index` makes of a child with three people around, a school, an NHS number and some hundred written words."""
    number = f"{chance.randrange(10**9, 10**10)}"
    text = normal("\n".join([*(name(chance) for _one in range(4)), f"{chance.choice(STARTS)}{chance.choice(ENDS)} School", number]))
    born = LONG_AGO + timedelta(days=chance.randrange(6_800))
    written = {*chance.sample(SAID, 8), *(f"{chance.choice(STARTS)}{chance.choice(ENDS)}".lower() for _one in range(40))}
    found = {mark for word in marks.words_of(text) for mark in _of_word(word)} | {mark for word in written for mark in _sealed(word)}
    found |= {marks.of_day(born), *(marks.of_day(born + timedelta(days=chance.randrange(6_000))) for _one in range(6))}
    return Document(record=record, words=text, marks=" ".join(sorted(found)))


_kept: dict[str, set[str]] = {}


def _of_word(word: str) -> set[str]:
    return _kept.setdefault(word, marks.of_word(word)) if word.isalpha() else set()


def _sealed(word: str) -> set[str]:
    return _kept.setdefault(f"sealed {word}", marks.of_sealed([word]))


def timed(times: int) -> list[tuple[str, int, float, float]]:
    """Called inside an installation: each question, how many records it found, and the median and slowest of so many times, in ms."""
    manager = holding.manager()
    some = Document.objects.filter(record__agency=manager.agency).order_by("record_id")[Document.objects.count() // 3]
    first, last, *_rest = some.words.split()
    born = next(mark for mark in some.marks.split() if mark.startswith("~y"))[2:]
    number = next(word for word in some.words.split() if word.isdigit())
    slip = f"{last[:2]}{last[3:4]}{last[2:3]}{last[4:]}"
    asked = {
        "a whole name": f"{first} {last}",
        "a name with a slip": f"{first} {slip}",
        "one common word": "school",
        "one common given name": first,
        "a given name with a slip": first[:-2] + first[-1:] + first[-2:-1],
        "beginnings of both": f"{first[:3]} {last[:4]}",
        "a day": f"{born[:4]}-{born[4:6]}-{born[6:]}",
        "a name and a day": f"{last} {born[6:]}/{born[4:6]}/{born[:4]}",
        "a number": number,
        "a word of sealed text": "grandmothers",
        "a name and two of sealed text": f"{last} grandmother bicycle",
        "a reference": some.record.reference,
        "nothing": "xylophone zeppelin",
    }
    return [(what, *_times(words, manager, times)) for what, words in asked.items()]


def _times(words: str, manager: Any, times: int) -> tuple[int, float, float]:
    took, found = [], 0
    for again in range(times + 1):
        began = time.perf_counter()
        with acting_as(manager):
            found = len(queries.find(words, by=manager))
        if again:  # the first plans and reads
            took.append((time.perf_counter() - began) * 1000)
    return found, statistics.median(took), max(took)
