"""Making a record findable, and forgetting it. Called inside the action of the room that knows its words."""

from collections.abc import Mapping

from django.db import transaction

from havenline.foundation.records.models import Record
from havenline.foundation.search.models import Document
from havenline.foundation.search.normal import normal

LONGEST = 100_000


@transaction.atomic
def index(record: Record, text: str) -> None:
    """Let people who may see this record find it by these words: a title, names. Each call replaces what was there.

    Writes no entry of its own: it is a derived copy of what the calling action records.
    """
    Document.objects.update_or_create(record=record, defaults={"words": _words(text)})


@transaction.atomic
def index_all(texts: Mapping[Record, str]) -> None:
    """The same for records that were opened just now, many in one statement."""
    Document.objects.bulk_create(Document(record=record, words=_words(text)) for record, text in texts.items())


@transaction.atomic
def forget(record: Record) -> None:
    """Erase what could be found: part of erasing a record."""
    Document.objects.filter(record=record).delete()


def _words(text: str) -> str:
    return normal(text.replace("\x00", " "))[:LONGEST]
