"""A question, and how each database is asked it: first as it was written, then with what may be meant."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from havenline.engines import linking
from havenline.foundation.search import days, marks
from havenline.foundation.search.normal import in_one_word, terms

IN_A_BATCH = 200


@dataclass(frozen=True)
class Part:
    """One word, or one day, of a question. `exactly`, `nearly`: the marks that answer it as it was written, and as it may be meant."""

    word: str
    day: date | None
    exactly: tuple[str, ...]
    nearly: tuple[str, ...]

    def said(self) -> str:
        return f"{self.day:%-d %b %Y}" if self.day else self.word


def parts_of(asked: str) -> list[Part]:
    """At most ten words, and every day."""
    found, rest = days.taken_out(asked)
    parts = [Part("", day, (marks.of_day(day),), tuple({marks.of_day(days.exchanged(day))} - {marks.of_day(day)})) for day in found[:3]]
    for word in terms(in_one_word(rest)):
        exactly = tuple(filter(None, [marks.blind(word)]))
        nearly = marks.of_word(word) | marks.blind_sound(word)
        parts.append(Part(word, None, exactly, tuple(sorted(nearly))))
    return parts


def fitting(parts: list[Part], *, nearly: bool, kinds: list[str]) -> Iterator[list[int]]:
    """Records that fit every part, as primary keys, the newest first, in batches, until none is left. Who may see them is asked of each
    batch by the caller; on PostgreSQL the second lock asks it too, before a batch is counted (site.row_security)."""
    ask = _postgresql(parts, nearly, kinds) if connection.vendor == "postgresql" else _sqlite(parts, nearly)
    before = 2**62
    while batch := ask(before):
        yield batch
        if len(batch) < IN_A_BATCH:
            return
        before = batch[-1]


def _asked(statement: str, given: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [pk for (pk,) in cursor.fetchall()]


def _sqlite(parts: list[Part], nearly: bool) -> Callable[[int], list[int]]:
    match = " AND ".join(_fts5(part, nearly) for part in parts)  # words and marks hold letters and digits only
    statement = "SELECT rowid FROM search_words WHERE search_words MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
    return lambda before: _asked(statement, [match, before, IN_A_BATCH])


def _fts5(part: Part, nearly: bool) -> str:
    ways = [f'words : "{part.word}"*'] if part.word else []
    wanted = [*part.exactly, *(part.nearly if nearly else ())]
    if wanted:
        any_of_them = " OR ".join(f'"{mark[1:]}"' for mark in wanted)
        ways.append(f"marks : ({any_of_them})")
    return f"({' OR '.join(ways)})"


def _postgresql(parts: list[Part], nearly: bool, kinds: list[str]) -> Callable[[int], list[int]]:
    """Each word by its beginning, by its English stem, or by a mark."""
    asked: list[str] = []
    given: list[str] = []
    for part in parts:
        ways = []
        if part.word:
            ways.append("to_tsquery('simple', %s) || plainto_tsquery('english', %s)")
            given += [f"{part.word}:*", part.word]
        if wanted := [*part.exactly, *(part.nearly if nearly else ())]:
            ways.append("%s::tsquery")
            given.append(" | ".join(f"'{mark}'" for mark in wanted))
        asked.append(f"({' || '.join(ways)})")
    statement = f"SELECT havenline_found({' && '.join(asked)}, %s, %s, %s::text[])"
    return lambda before: _asked(statement, [*given, before, IN_A_BATCH, kinds])


def how_near(part: Part, words: list[str], kept: set[str]) -> tuple[float, str]:
    """How well a record answers this part, 0 to 1, and the word of it that does; `kept` are its marks."""
    if part.day is not None:
        return (1.0, "") if set(part.exactly) & kept else (0.8, "") if set(part.nearly) & kept else (0.0, "")
    best, word = max(((linking.nearness(part.word, word), word) for word in words), default=(0.0, ""))
    if best < 1 and set(part.exactly) & kept:
        return 0.95, ""  # a word of its sealed text
    if not best and marks.blind_sound(part.word) & kept:
        return linking.SOUNDS, ""
    return best, word
