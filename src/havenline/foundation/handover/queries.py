"""What waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import FOLLOWS, WITH_RECEIVER, WITH_SENDER, HandOver, State
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record


def _visible(by: Membership) -> QuerySet[HandOver]:
    mine: QuerySet[HandOver] = HandOver.objects.visible_to(by)
    return mine.select_related("record", "from_agency", "to_agency", "sent_by__person", "accepted_by__person")


def received(*, by: Membership) -> QuerySet[HandOver]:
    """What arrived at this person's agency and is not ended, urgent first, then oldest."""
    return _visible(by).filter(to_agency_id=by.agency_id, state__in=WITH_RECEIVER).order_by("-urgent", "sent_at")


def to_do_for_sender(*, by: Membership) -> QuerySet[HandOver]:
    """Owed or returned: work for this person's agency."""
    return _visible(by).filter(from_agency_id=by.agency_id, state__in=WITH_SENDER).order_by("-urgent", "owed_at")


def sent(*, by: Membership) -> QuerySet[HandOver]:
    """What this person's agency sent and waits for."""
    return _visible(by).filter(from_agency_id=by.agency_id, state__in=WITH_RECEIVER).order_by("-sent_at")


def of_source(source: Record, *, by: Membership) -> QuerySet[HandOver]:
    """Every hand-over that arose from a record, as far as this person may see it."""
    return _visible(by).filter(source=source).order_by("owed_at")


def of_sources(sources: list[Record], *, by: Membership) -> QuerySet[HandOver]:
    """Every hand-over that arose from these records, as far as this person may see it, the oldest first."""
    return _visible(by).filter(source__in=sources).order_by("owed_at")


def undelivered(*, by: Membership) -> QuerySet[HandOver]:
    """What this person's agency sent and has nobody to take it up (any more)."""
    return _visible(by).filter(from_agency_id=by.agency_id, state__in=WITH_RECEIVER).exclude(problem="").order_by("sent_at")


def agencies_with_nobody() -> list[Agency]:
    """Agencies that something waits for and that have nobody to take it up: for the administrator, who sees no case."""
    waiting = HandOver.objects.filter(state__in=WITH_RECEIVER).exclude(problem="")
    with beyond_need_to_know():
        return list(Agency.objects.filter(pk__in=waiting.values("to_agency_id")))


@dataclass(frozen=True)
class Row:
    """A hand-over as a line of the tray, with the clock that counts now."""

    hand_over: HandOver
    clock: Clock | None

    @property
    def call_missing(self) -> bool:
        return self.hand_over.urgent and self.hand_over.called_at is None and self.hand_over.is_open

    @property
    def holder_left(self) -> bool:
        """Whoever took it up acts here no more: somebody else must."""
        holder = self.hand_over.accepted_by
        if holder is None or self.hand_over.state != State.ACCEPTED:
            return False
        ended = holder.until is not None and holder.until <= moment.now()
        return ended or not holder.person.is_active


def rows(hand_overs: Iterable[HandOver]) -> list[Row]:
    """Each with the running clock that is due first, or the last that was stopped. Two queries, however many."""
    found = list(hand_overs)
    clocks: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(record__in=[one.record_id for one in found], voided_at=None).order_by("due_at"):
        clocks.setdefault(clock.record_id, []).append(clock)
    return [Row(one, _counting(clocks.get(one.pk, []))) for one in found]


def _counting(clocks: list[Clock]) -> Clock | None:
    running = [clock for clock in clocks if clock.is_running]
    return running[0] if running else clocks[-1] if clocks else None


def ended(*, by: Membership) -> QuerySet[HandOver]:
    """The last that were answered or withdrawn, on either side."""
    return (
        _visible(by)
        .filter(Q(from_agency_id=by.agency_id) | Q(to_agency_id=by.agency_id), state__in=[State.ANSWERED, State.WITHDRAWN])
        .order_by("-ended_at")
    )


def moves(hand_over: HandOver, *, by: Membership) -> list[str]:
    """What this person's side can do with it now, in the order of the page."""
    possible = FOLLOWS[hand_over.state]
    found: list[str] = []
    if not by.can_act_on(hand_over.record):
        return found  # read by break-glass
    if by.agency_id == hand_over.to_agency_id and by.role in hand_over.what_for.received_by:
        ways = (("accept", State.ACCEPTED), ("answer", State.ANSWERED), ("return", State.RETURNED))
        if hand_over.what_for.answers:
            return ["answer"] if hand_over.state in WITH_RECEIVER else []
        # Who told it reads nothing here: what becomes of it stands on the child's case, and what was recorded wrongly is withdrawn.
        own = ("accept",) if hand_over.from_outside else ("accept", "answer", "return")
        found += [act for act, state in ways if act in own and state in possible]
        found += ["withdraw"] if hand_over.from_outside and State.WITHDRAWN in possible else []
    if by.agency_id == hand_over.from_agency_id:
        found += [act for act, state in (("send", State.SENT), ("withdraw", State.WITHDRAWN)) if state in possible]
        if hand_over.urgent and hand_over.called_at is None and hand_over.is_open:
            found.insert(0, "call")
    return found


def arose_from(hand_over: HandOver, *, by: Membership) -> QuerySet[Record]:
    """The cases that were opened from it, as far as this person may see them."""
    return Record.objects.visible_to(by).filter(arose_from__source=hand_over.record).order_by("opened_at")
