"""Where each kind of record is read, and what a later room offers from it. A page that this process does not serve is none."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind, FileKind, Role
from havenline.foundation.records.models import Record

PAGES: dict[str, str] = {
    FileKind.REPORT: "triage:report",
    FileKind.HAND_OVER: "handover:show",
    FileKind.CASE: "investigation:case",
    FileKind.CHILD_CASE: "safeguarding:child_case",
    FileKind.NOTICE: "takedown:notice",
    FileKind.SCHOOL_NOTICE: "prevention:notice",
    FileKind.CONCERN: "prevention:concern",
    FileKind.COMPLAINT: "lists:complaint",
}


def page_of(record: Record) -> str:
    """The address of a record's own page; each takes the reference. Whether somebody may open it is the page's question."""
    try:
        return reverse(PAGES[record.kind], args=[record.reference])
    except NoReverseMatch:
        return ""


def page_for(record: Record, by: Membership) -> str:
    """Where somebody who sees a record reads it; "" where they have no page: oversight reads traces, and some pages are of one agency."""
    if by.role == Role.AUDITOR:
        return ""
    of_its_agency = record.kind == FileKind.CONCERN or (record.kind == FileKind.SCHOOL_NOTICE and by.agency.kind != AgencyKind.SCHOOL)
    return "" if of_its_agency and record.agency_id != by.agency_id else page_of(record)


@dataclass(frozen=True)
class Offer:
    """What a later room can begin from a record: the earlier room's page shows it, and need not know the later room."""

    kind: str
    roles: tuple[str, ...]
    title: object  # translated
    url: str  # a page that takes the reference


_offers: list[Offer] = []


def offer(kind: str, roles: tuple[str, ...], title: object, url: str) -> None:
    """Called in the `ready` of the room that offers it."""
    _offers.append(Offer(kind, roles, title, url))


def offered(record: Record, by: Membership) -> list[dict[str, str]]:
    """`[{title, url}]`: what this person can begin from the record, where it is their agency's own."""
    found = []
    for one in _offers:
        if one.kind == record.kind and by.role in one.roles and by.agency_id == record.agency_id:
            try:
                found.append({"title": str(one.title), "url": reverse(one.url, args=[record.reference])})
            except NoReverseMatch:
                continue
    return found
