"""What the screens ask about notices, limited to what this person may see. No rule lives here: the actions refuse what cannot be."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.pages import page_of
from havenline.foundation.records.queries import normal_reference
from havenline.journey.intake.models import Report
from havenline.journey.takedown.models import HostAnswer, Notice
from havenline.journey.triage.came_of_it import CameOfIt

SHOWN = 60
STATE = Notice.State
AT_HOST = (STATE.LEAVING, STATE.SENT, STATE.ACKNOWLEDGED)


def visible(by: Membership) -> QuerySet[Notice]:
    notices: QuerySet[Notice] = Notice.objects.visible_to(by)
    return notices.select_related("record__agency", "record__owner__person", "report__record", "host", "police", "contact")


def notice(reference: str, *, by: Membership) -> Notice | None:
    """What this person may not see does not exist."""
    return visible(by).filter(record__reference=normal_reference(reference)).first()


def lists(by: Membership) -> dict[str, tuple[str, QuerySet[Notice]]]:
    """The filter chips, each with its notices."""
    all_, open_ = visible(by), visible(by).filter(ended_at=None)
    late = Clock.objects.late().filter(record=OuterRef("pk"))
    unread = HostAnswer.objects.filter(notice=OuterRef("pk"), seen_by=None)
    needs_desk = open_.filter(Q(state__in=(STATE.DRAFTED, STATE.BOUNCED, STATE.REFUSED, STATE.CONTESTED)) | ~Q(problem=""))
    needs_desk = needs_desk | open_.filter(Exists(unread)) | open_.filter(Exists(late))
    needs_you = open_.filter(state=STATE.HELD) if by.agency.kind == AgencyKind.POLICE else needs_desk
    return {
        "you": (_("Needs you"), needs_you.distinct().order_by("drafted_at")),
        "held": (_("Held for police"), open_.filter(state=STATE.HELD).order_by("held_at")),
        "sent": (_("With the host"), open_.filter(state__in=AT_HOST).order_by("sent_at", "drafted_at")),
        "late": (_("Late"), open_.filter(Exists(late)).order_by("drafted_at")),
        "done": (_("Ended"), all_.exclude(ended_at=None).order_by("-ended_at")),
        "all": (_("All"), all_.order_by("-drafted_at")),
    }


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
