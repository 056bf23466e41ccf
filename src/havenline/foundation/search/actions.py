"""Making a record findable, and forgetting it. Called inside the action of the room that knows its words."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from havenline.foundation.records.models import Record
from havenline.foundation.search import marks
from havenline.foundation.search.models import Document
from havenline.foundation.search.normal import long_numbers, normal

LONGEST = 100_000  # characters
MOST_MARKS = 20_000


@transaction.atomic
def index(record: Record, text: str, *, sealed: Iterable[str] = (), days: Iterable[date] = ()) -> None:
    """Let people who may see this record find it. Each call replaces what was there.

    `text`: a title, names; it stands in the index as it is, and is found with a slip, too. `sealed`: free text, of which only marks are
    kept. `days`: days that matter in it. Writes no entry of its own: it is a derived copy of what the calling action records.
    """
    there = Document.objects.select_for_update().filter(record=record)
    is_there = there.values("pk").first()  # held before the words are read: what somebody else adds meanwhile is among them, or waits
    found_by = _found_by(text, sealed, days)
    if is_there:
        there.update(**found_by)
    else:
        Document.objects.update_or_create(record=record, defaults=found_by)


@transaction.atomic(savepoint=False)  # joins the action that wrote it
def index_more(record: Record, *, sealed: Iterable[str] = (), days: Iterable[date] = ()) -> bool:
    """Add what was written just now to what finds this record, which stays. False where nothing does yet: then `index` it."""
    document = Document.objects.select_for_update().filter(record=record).only("marks").first()
    if document is None:
        return False
    there = set(document.marks.split())
    if new := _marks_of(sealed, days) - there:
        Document.objects.filter(record=record).update(marks=_as_kept(there | new))
    return True


@transaction.atomic
def index_all(known: Mapping[Record, tuple[str, Iterable[date]]]) -> None:
    """The same for records that were opened just now, many in one statement: of each its text and its days."""
    Document.objects.bulk_create(Document(record=record, **_found_by(text, (), days)) for record, (text, days) in known.items())


@transaction.atomic
def forget(record: Record) -> None:
    """Erase what could be found: part of erasing a record."""
    Document.objects.filter(record=record).delete()


def _found_by(text: str, sealed: Iterable[str], days: Iterable[date]) -> dict[str, str]:
    words = normal(" ".join([text.replace("\x00", " "), *long_numbers(text)]))[:LONGEST]
    found = {mark for word in marks.words_of(words) for mark in marks.of_word(word)}
    return {"words": words, "marks": _as_kept(found | _marks_of(sealed, days))}


def _marks_of(sealed: Iterable[str], days: Iterable[date]) -> set[str]:
    words = {word for one in sealed for word in marks.words_of(one.replace("\x00", " ")[:LONGEST])}
    return marks.of_sealed(words) | {marks.of_day(day) for day in days}


def _as_kept(found: set[str]) -> str:
    """The first of them all, so that marks which were added one by one are the ones that are made at once."""
    return " ".join(sorted(found)[:MOST_MARKS])
