"""Work done in time: each a share of what was begun in the period. What is left over is work not done in time, and is not hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min
from django.utils.translation import gettext_lazy

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.handover.models import WITH_SENDER, HandOver, State
from havenline.foundation.handover.purposes import REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.journey.intake.models import Message
from havenline.journey.statistics.disclosure import Tally, Told
from havenline.journey.statistics.interval import Interval, wilson
from havenline.journey.statistics.queries.filters import Cells, Filter
from havenline.journey.takedown.models import Notice

WITHIN = (1, 3, 5)  # working days of notice: what hotlines publish (PROCEDURE.md, hotline)


@dataclass(frozen=True)
class Share:
    """`found` of `of` with its interval; None where it is not shown."""

    code: str
    title: object
    what: object
    found: int | None
    of: int | None
    interval: Interval | None


_REMOVED = {
    1: gettext_lazy("Removed within 1 working day"),
    3: gettext_lazy("Removed within 3 working days"),
    5: gettext_lazy("Removed within 5 working days"),
}


@beyond_need_to_know()
def work(chosen: Filter) -> list[Share]:
    """Three questions to the database; linear in notices, referrals and receipts."""
    notices = gettext_lazy("notices to hosts")
    return [
        *(_share(f"removed_{days}", _REMOVED[days], notices, cells, chosen) for days, cells in _removed(chosen).items()),
        _share(
            "decided", gettext_lazy("Referral decided in 1 working day"), gettext_lazy("referrals to social care"), _decided(chosen), chosen
        ),
        _share(
            "opened_again",
            gettext_lazy("Answer read by the reporter"),
            gettext_lazy("receipts with an answer"),
            _opened_again(chosen),
            chosen,
        ),
    ]


def _share(code: str, title: object, what: object, cells: Cells, chosen: Filter) -> Share:
    tally = cells.tally()
    whole, found = Told(Tally(tally.of, tally.of), both_sides=False), Told(tally, both_sides=False)
    for view in chosen.order():
        may = whole.may_tell(view) and found.may_tell(view)
        if may:
            whole.tell(view)
            found.tell(view)
        if view == chosen.view:
            break
    if not may:
        return Share(code, title, what, None, None, None)
    n, of = tally.within(chosen.view)
    return Share(code, title, what, n, of, wilson(n, of))


def _in_days(days: int) -> Callable[[datetime, datetime | None], bool | None]:
    """Whether it ended within so many working days, counted as clocks count them; None while that is still open."""
    today = moment.today()

    def ended_in_time(began: datetime, ended: datetime | None) -> bool | None:
        day = moment.day_of(began)
        if ended is not None:
            return procedure.working_days_between(day, moment.day_of(ended)) <= days
        return None if procedure.working_days_between(day, today) <= days else False

    return ended_in_time


def _removed(chosen: Filter) -> dict[int, Cells]:
    """Notices that asked for removal and left; removed is what a person said. A withdrawn one asked nothing in the end."""
    cells, rules = {days: Cells(chosen) for days in WITHIN}, {days: _in_days(days) for days in WITHIN}
    sent = (
        Notice.objects.filter(asks=Notice.Asks.REMOVE, sent_at__lt=chosen.quarters.ends)
        .exclude(state=Notice.State.WITHDRAWN)
        .order_by()
        .values_list("sent_at", "state", "ended_at", "record__agency_id")
    )
    for sent_at, state, ended_at, agency in sent.iterator(chunk_size=5000):
        for days, rule in rules.items():
            in_time = rule(sent_at, ended_at if state == Notice.State.REMOVED else None)
            if in_time is not None:
                cells[days].add(sent_at, (agency,), found=in_time)
    return cells


def _decided(chosen: Filter) -> Cells:
    """Referrals that lie with social care or were answered; the clock starts when one was sent, and again when it was sent again."""
    cells, rule = Cells(chosen), _in_days(1)
    sent = (
        HandOver.objects.filter(purpose=REFERRAL_TO_SOCIAL_CARE.code, sent_at__lt=chosen.quarters.ends)
        .exclude(state__in=(*WITH_SENDER, State.WITHDRAWN))
        .order_by()
        .values_list("sent_at", "answered_at", "from_agency_id", "to_agency_id")
    )
    for sent_at, answered_at, *agencies in sent.iterator(chunk_size=5000):
        in_time = rule(sent_at, answered_at)
        if in_time is not None:
            cells.add(sent_at, tuple(agencies), found=in_time)
    return cells


def _opened_again(chosen: Filter) -> Cells:
    """Receipts behind which an answer was left: was any read? A platform has no receipt."""
    cells = Cells(chosen)
    answered = (
        Message.objects.filter(from_reporter=False, report__receipt__isnull=False)
        .order_by()
        .values("report_id", "report__record__agency_id")
        .annotate(answered_at=Min("at"), read_at=Max("first_read_at"))
        .filter(answered_at__lt=chosen.quarters.ends)
        .values_list("answered_at", "read_at", "report__record__agency_id")
    )
    for answered_at, read_at, agency in answered.iterator(chunk_size=5000):
        cells.add(answered_at, (agency,), found=read_at is not None)
    return cells
