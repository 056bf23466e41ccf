"""Lists of what is known: digests and addresses, never a picture. What another body says of an entry is a claim until confirmed here."""

from havenline.foundation.lists.models.complaints import Complaint
from havenline.foundation.lists.models.entries import (
    ENTRY_BITS,
    LONGEST_VALUE,
    DailyBatch,
    ListChange,
    ListEntry,
    ListEntryQuerySet,
    Signal,
)
from havenline.foundation.lists.models.imports import ImportPart, ListImport
from havenline.foundation.lists.models.known_lists import MOST_LISTS, READ_LISTS, KnownList, KnownListQuerySet, ListReader, OnList

__all__ = [
    "ENTRY_BITS",
    "LONGEST_VALUE",
    "MOST_LISTS",
    "READ_LISTS",
    "Complaint",
    "DailyBatch",
    "ImportPart",
    "KnownList",
    "KnownListQuerySet",
    "ListChange",
    "ListEntry",
    "ListEntryQuerySet",
    "ListImport",
    "ListReader",
    "OnList",
    "Signal",
]
