"""Where each kind of record is read. The rooms name their page so; a kind whose page this process does not serve has none."""

from django.urls import NoReverseMatch, reverse

from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record

PAGES: dict[str, str] = {
    FileKind.REPORT: "triage:report",
    FileKind.HAND_OVER: "handover:show",
    FileKind.CASE: "investigation:case",
    FileKind.CHILD_CASE: "safeguarding:child_case",
    FileKind.NOTICE: "takedown:notice",
    FileKind.SCHOOL_NOTICE: "prevention:notice",
}


def page_of(record: Record) -> str:
    """The address of a record's own page; each takes the reference. Whether somebody may open it is the page's question."""
    try:
        return reverse(PAGES[record.kind], args=[record.reference])
    except NoReverseMatch:
        return ""
