"""One notice as it is read: where it stands, what it names, what was asked of its host and what came back. Opened for a reason only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks.queries import of_record
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.history import recorded, seen_by
from havenline.foundation.records.pages import page_of
from havenline.journey.takedown.actions.rights import can_release
from havenline.journey.takedown.models import Contact, Notice, NoticeItem, RemovalCheck
from havenline.journey.takedown.queries import contact_for
from havenline.journey.triage.queries import fingerprint
from havenline.journey.triage.standing import standing

State = Notice.State


@dataclass(frozen=True)
class ItemView:
    """An item as a fingerprint: its address is shown once somebody asks, and that look is counted."""

    item: NoticeItem
    fingerprint: str
    grade: str
    check: RemovalCheck | None
    address: str = ""


def page_for(notice: Notice, *, by: Membership, address_of: int = 0, address: str = "") -> dict[str, Any]:
    """What the page of a notice shows this person; one item's address only where they asked for it (`address_of`: its number)."""
    report = notice.report
    return {
        "notice": notice,
        "asks": notice.get_asks_display(),
        "is_desk": by.agency_id == notice.record.agency_id,
        "stations": stations(notice),
        "items": items(notice, address_of=address_of, address=address),
        "clocks": of_record(notice.record),
        "running": list(of_record(notice.record).filter(stopped_at=None, voided_at=None)),
        "answers": notice.answers.select_related("link", "taken_down_by__person", "seen_by__person", "notice__record"),
        "look_ups": notice.look_ups.select_related("confirmed_by__person"),
        "recorded": recorded(notice.record),
        "seen_by": seen_by(
            notice.record,
            reasons={
                "owner": _("holds it"),
                "cover": _("covers for it"),
                "team": _("one of the desk"),
                "supervision": _("supervises the desk"),
                "hold": _("police who can release it"),
                "to_send_or_release": _("looked at an item before it leaves"),
                "to_see_whether_it_is_gone": _("looked whether an item is gone"),
            },
        ),
        "can_release": can_release(notice) if notice.state == State.HELD else "",
        "contact_now": contact_for(notice.hostname),
        "proposed": Contact.objects.filter(host=notice.host, state=Contact.State.PROPOSED).select_related("proposed_by__person")
        if notice.host
        else [],
        "report_page": page_of(report.record) if type(report).objects.visible_to(by).filter(pk=report.pk).exists() else "",
        "siblings": Notice.objects.visible_to(by)
        .filter(report=report)
        .exclude(pk=notice.pk)
        .select_related("record")
        .order_by("drafted_at"),
        "repeated_by": notice.repeated_by.select_related("record").last(),
    }


def look_reason(notice: Notice, by: Membership) -> str:
    """Why this person reads it: it follows from who they are."""
    if by.agency.kind == AgencyKind.POLICE:
        return "hold"
    if notice.record.owner_id == by.pk:
        return "owner"
    if notice.record.cover_id == by.pk:
        return "cover"
    return "supervision" if by.supervises else "team"


def stations(notice: Notice) -> list[dict[str, Any]]:
    """Drafted, held where it was, with the host, answered, done."""
    ended = not notice.is_open
    line = [_station("hotline", _("Drafted"), notice.drafted_at, notice.drafted_by.short_name)]
    if notice.held_at is not None:
        released = notice.released_at
        said = _("released by %(who)s") % {"who": notice.released_by.short_name} if notice.released_by else _("held")
        line.append(
            {
                "party": "police",
                "title": _("Police"),
                "detail": said,
                "state": "happened" if released else "not yet" if ended else "now",
            }
        )
    now = notice.state in (State.LEAVING, State.BOUNCED)
    title = _("Asked to preserve") if notice.asks == Notice.Asks.PRESERVE else _("Asked to remove")
    line.append(_station("host", title, notice.sent_at, "" if notice.has_left else notice.state_word.lower(), now=now))
    line.append(_station("host", _("The host answered"), notice.acknowledged_at, _("no answer noted") if ended else _("not yet")))
    if ended:
        line.append(_station("hotline", notice.state_word, notice.ended_at, notice.ended_by.short_name if notice.ended_by else ""))
    else:
        line.append(_station("hotline", notice.done_word, None, _("when a person says so")))
    return line


def _station(party: str, title: str, at: datetime | None, detail: str, *, now: bool = False) -> dict[str, Any]:
    when = date_format(at.astimezone(moment.LONDON), "D j M, H:i") if at else ""
    return {"party": party, "title": title, "detail": when or detail, "state": "happened" if at else "now" if now else "not yet"}


def items(notice: Notice, *, address_of: int = 0, address: str = "") -> list[ItemView]:
    rows = notice.items.select_related("item__identifier", "link_answer__by__person").prefetch_related("checks", "item__assessments__by")
    found = []
    for row in rows:
        counts = standing(row.item, row.item.assessments.all())
        checks = list(row.checks.all())
        shown = address if row.item.number == address_of else ""
        grade = str(counts.get_grade_display()) if counts else "–"
        found.append(ItemView(row, fingerprint(row.item), grade, checks[-1] if checks else None, shown))
    return found
