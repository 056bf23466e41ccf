"""What the screens ask about notices, limited to what this person may see. No rule lives here: the actions refuse what cannot be."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.pages import page_of
from havenline.foundation.records.queries import normal_reference
from havenline.journey.intake.models import Report
from havenline.journey.takedown.models import Contact, Host, HostAnswer, Notice, NoticeItem
from havenline.journey.triage.came_of_it import CameOfIt
from havenline.journey.triage.hosts import at_hosts

SHOWN = 60  # on one page
STATE = Notice.State
AT_HOST = (STATE.LEAVING, STATE.SENT, STATE.ACKNOWLEDGED)


def visible(by: Membership) -> QuerySet[Notice]:
    notices: QuerySet[Notice] = Notice.objects.visible_to(by)
    return notices.select_related("record__agency", "record__owner__person", "report__record", "host", "police", "contact")


def notice(reference: str, *, by: Membership) -> Notice | None:
    """What this person may not see does not exist."""
    return visible(by).filter(record__reference=normal_reference(reference)).first()


def lists(by: Membership) -> dict[str, tuple[str, QuerySet[Notice]]]:
    """The filter chips, each with its notices, in an order without chance: they are read page by page."""
    all_, open_ = visible(by), visible(by).filter(ended_at=None)
    late = Clock.objects.late().filter(record=OuterRef("pk"))
    unread = HostAnswer.objects.filter(notice=OuterRef("pk"), seen_by=None)
    needs_desk = open_.filter(Q(state__in=(STATE.DRAFTED, STATE.BOUNCED, STATE.REFUSED, STATE.CONTESTED)) | ~Q(problem=""))
    needs_desk = needs_desk | all_.filter(Exists(unread)) | open_.filter(Exists(late))  # a host may be read after its notice ended
    needs_you = open_.filter(state=STATE.HELD) if by.agency.kind == AgencyKind.POLICE else needs_desk
    return {
        "you": (_("Needs you"), needs_you.distinct().order_by("drafted_at", "pk")),
        "held": (_("Held for police"), open_.filter(state=STATE.HELD).order_by("held_at", "pk")),
        "sent": (_("With the host"), open_.filter(state__in=AT_HOST).order_by("sent_at", "drafted_at", "pk")),
        "late": (_("Late"), open_.filter(Exists(late)).order_by("drafted_at", "pk")),
        "done": (_("Ended"), all_.exclude(ended_at=None).order_by("-ended_at", "-pk")),
        "all": (_("All"), all_.order_by("-drafted_at", "-pk")),
    }


def held_for_police(reports: set[int]) -> set[int]:
    """Of these records those of reports with a notice that is held for police: nothing of them is known outside yet."""
    return set(Notice.objects.filter(state=Notice.State.HELD, report__in=reports).values_list("report_id", flat=True))


def came_of(report: Report, by: Membership) -> list[CameOfIt]:
    """The notices of a report, for its page at the desk."""
    return [
        CameOfIt(
            party="host",
            name=one.hostname,
            title=str(_("Asked to preserve") if one.asks == Notice.Asks.PRESERVE else _("Asked to remove")),
            says=one.state_word.lower(),
            has_happened=one.has_left,
            reference=one.reference,
            url=page_of(one.record),
            problem=one.problem,
        )
        for one in visible(by).filter(report=report).order_by("drafted_at")
    ]


@dataclass(frozen=True)
class Row:
    """One notice in a list. `why`: one line that says what it waits for."""

    notice: Notice
    clock: Clock | None
    why: str
    items: int


def rows(notices: Iterable[Notice]) -> list[Row]:
    """Each with its items counted and the clock that is due first. Three queries, whatever their number."""
    found = list(notices)
    items = Counter(NoticeItem.objects.filter(notice__in=found).values_list("notice_id", flat=True))
    clocks: dict[int, Clock] = {}
    for clock in Clock.objects.running().filter(record__in=[one.pk for one in found]).select_related("owner__person").order_by("-due_at"):
        clocks[clock.record_id] = clock
    unread = set(HostAnswer.objects.filter(notice__in=found, seen_by=None).values_list("notice_id", flat=True))
    return [Row(one, clocks.get(one.pk), _why(one, one.pk in unread), items[one.pk]) for one in found]


def _why(notice: Notice, unread: bool) -> str:
    if notice.problem:
        return notice.problem
    if unread:
        return _("The host answered: read it")
    if notice.state == STATE.HELD:
        return _("%(why)s %(police)s can release it.") % {
            "why": notice.get_held_because_display(),
            "police": notice.police.name if notice.police else "",
        }
    said: dict[str, Any] = {
        STATE.DRAFTED: _("Released: send it") if notice.released_at else _("Send it"),
        STATE.LEAVING: _("Its letter waits for the mail server"),
        STATE.REFUSED: _("The host refused"),
        STATE.CONTESTED: _("The host contests it: a senior analyst decides"),
        STATE.SENT: _("Waits for the host’s answer"),
        STATE.ACKNOWLEDGED: _("Waits until it is done"),
    }
    return str(said.get(notice.state, "")) if notice.is_open else ""


def unsolved(by: Membership) -> QuerySet[Notice]:
    """What cannot go on without a person: on top of the hotline's list."""
    return visible(by).filter(ended_at=None).exclude(problem="").order_by("drafted_at")


def to_settle(by: Membership) -> QuerySet[Contact]:
    """The contacts that wait for this person's approval: what another of their hotline proposed."""
    waiting = Contact.objects.filter(state=Contact.State.PROPOSED, proposed_by__agency=by.agency_id)
    return waiting.exclude(proposed_by__person=by.person_id)


def hosts(query: str = "", *, by: Membership) -> QuerySet[Host]:
    """The directory, by name; those with a contact that waits for approval first. Another hotline's notices are not counted."""
    theirs = Notice.objects.visible_to(by).filter(ended_at=None)
    found = Host.objects.annotate(
        waits=Exists(Contact.objects.filter(host=OuterRef("pk"), state=Contact.State.PROPOSED)),
        has_contact=Exists(Contact.objects.filter(host=OuterRef("pk"), state=Contact.State.APPROVED)),
        open_notices=Count("notices", filter=Q(notices__in=theirs), distinct=True),
    ).prefetch_related(Prefetch("contacts", queryset=Contact.objects.select_related("proposed_by__person", "settled_by__person")))
    if query.strip():
        said = query.strip()
        found = found.filter(Q(domain__icontains=said) | Q(name__icontains=said) | Q(contacts__email__icontains=said)).distinct()
    return found.order_by("-waits", "domain")


def host_for(hostname: str) -> Host | None:
    """The directory's host for a name: the same, else the nearest above it (cdn.pictures.example is pictures.example's)."""
    parts = hostname.lower().split(".")
    above = [".".join(parts[at:]) for at in range(len(parts))]
    found = {host.domain: host for host in Host.objects.filter(domain__in=above)}
    return next((found[name] for name in above if name in found), None)


def contact_for(hostname: str) -> Contact | None:
    """The approved contact for a name; None where the host is not known or has none."""
    host = host_for(hostname)
    return host.contacts.filter(state=Contact.State.APPROVED).select_related("host").first() if host else None


def lies_in(hostname: str, domain: str) -> bool:
    return hostname == domain or hostname.endswith(f".{domain}")


def graded_otherwise_since(notice: Notice) -> list[int]:
    """The numbers of those items that a host could not be asked about as they are graded now: a letter about them must not leave."""
    askable = {one.item.pk for one in at_hosts(notice.report)}
    return list(notice.items.exclude(item__in=askable).order_by("item__number").values_list("item__number", flat=True))
