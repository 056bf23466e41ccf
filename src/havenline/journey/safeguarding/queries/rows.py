"""Running clocks as rows of a screen: whose they are, what they are about, how many days are left. In two questions, however many.

A row is a line of the database until it is shown: of ten thousand that are counted and filtered, a page shows a few hundred.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, ClockQuerySet, Reading
from havenline.foundation.handover.purposes import PURPOSES
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.journey.safeguarding.models import Child, ChildCase
from havenline.journey.safeguarding.queries import acts

SOON = 5  # working days: what is due within a week leads the rest. Our policy.
BANDS = (
    ("late", gettext_lazy("Late")),
    ("today", gettext_lazy("Due today")),
    ("soon", gettext_lazy("Due within 5 working days")),
    ("later", gettext_lazy("Later")),
)


class OpenCase(NamedTuple):
    """An open case of an area, in what counts and rows ask of it."""

    pk: int
    referral: int | None
    owner: int | None
    manager: int | None
    reference: str
    name: str
    born_on: date | None
    born_earliest: date | None
    born_latest: date | None
    age_as_told: int | None

    @property
    def named(self) -> str:
        """The child's name and age."""
        born = {"born_on": self.born_on, "born_earliest": self.born_earliest, "born_latest": self.born_latest}
        return Child(name=self.name, age_as_told=self.age_as_told, **born).named


class Line(NamedTuple):
    """A clock as the database tells it, with what it is of; `COLUMNS` name the same in the same order."""

    pk: int
    rule: str
    title: str
    started_at: datetime
    due_at: datetime
    amount: int
    unit: str
    owner: int | None
    record: int
    reference: str
    kind: str
    holder: int | None
    cover: int | None
    case: int | None
    referral: int | None
    manager: int | None
    child: str | None
    born_on: date | None
    born_earliest: date | None
    born_latest: date | None
    age_as_told: int | None
    purpose: str | None
    sender: str | None


COLUMNS = (
    "pk", "rule", "title", "started_at", "due_at", "amount", "unit", "owner", "record", "record__reference", "record__kind",
    "record__owner", "record__cover", "record__childcase", "record__childcase__referral", "record__childcase__manager",
    "record__childcase__child__name", "record__childcase__child__born_on", "record__childcase__child__born_earliest",
    "record__childcase__child__born_latest", "record__childcase__child__age_as_told", "record__handover__purpose",
    "record__handover__from_agency__name",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """`left`: working days until it is due, below nought where it is late. `of`: the case, None for a referral that nobody took up."""

    line: Line
    of: OpenCase | None
    owner: Membership | None
    left: int
    band: str  # late, today, soon, later
    receives: frozenset[str]  # the purposes that whoever looks takes up

    @property
    def rule(self) -> str:
        return self.line.rule

    @property
    def title(self) -> str:
        return self.line.title

    @property
    def due_at(self) -> datetime:
        return self.line.due_at

    @property
    def owner_name(self) -> str:
        return self.owner.short_name if self.owner else str(_("Nobody yet"))

    @cached_property
    def clock(self) -> Clock:
        """As far as its reading asks of it."""
        line = self.line
        return Clock(pk=line.pk, started_at=line.started_at, due_at=line.due_at, amount=line.amount, unit=line.unit)

    @property
    def reading(self) -> Reading:
        return self.clock.reading

    @cached_property
    def about(self) -> str:
        if self.of is not None:
            return self.of.named
        return _("%(title)s from %(agency)s") % {"title": PURPOSES[self.line.purpose or ""].title, "agency": self.line.sender}

    @cached_property
    def url(self) -> str:
        if self.of is not None:
            return _page("safeguarding:child_case", self.of.reference)
        return _page("safeguarding:take_up" if self.line.purpose in self.receives else "handover:show", self.line.reference)


def rows(
    found: ClockQuerySet, *, by: Membership, people: dict[int, Membership] | None = None, of_referral: dict[int, OpenCase] | None = None
) -> list[Row]:
    """Those of `found` that are of this person's area and that they may see, the latest first.

    `people` and `of_referral` (the case that arose from it): if they are at hand, they are not asked for.
    """
    acting = who_act(people_of_area(by) if people is None else people)
    mine = found.visible_to(by).filter(agency_id=by.agency_id).order_by("due_at", "pk")
    lines = [Line(*told) for told in mine.values_list(*COLUMNS)]
    if of_referral is None:
        referrals = [line.record for line in lines if line.kind == FileKind.HAND_OVER]
        of_referral = by_referral(open_cases(by, referrals=referrals)) if referrals else {}
    receives = frozenset(code for code, purpose in PURPOSES.items() if by.role in purpose.received_by)
    now, made = moment.now(), []
    today = moment.day_of(now)
    for line in lines:
        of = _case_of(line, of_referral)
        if of is None and line.purpose is None:
            continue
        due = moment.day_of(line.due_at)
        left = days_left(today, due)
        band = "late" if now > line.due_at else "today" if due == today else "soon" if left <= SOON else "later"
        made.append(Row(line, of, holder(acting, line.owner, of.owner, of.manager) if of else None, left, band, receives))
    return made


def _case_of(line: Line, of_referral: dict[int, OpenCase]) -> OpenCase | None:
    if line.case is None:
        return of_referral.get(line.record)
    born = (line.born_on, line.born_earliest, line.born_latest, line.age_as_told)
    return OpenCase(line.case, line.referral, line.holder, line.manager, line.reference, line.child or "", *born)


def held_by(by: Membership) -> Q:
    """Clocks of this person: their own duty, on what they hold or cover, and on the referral that a case of theirs came from, on which
    the answer to whoever referred runs."""
    cases = ChildCase.objects.filter(Q(record__owner=by) | Q(record__cover=by), record__closed_at=None)
    return Q(owner=by) | Q(record__owner=by) | Q(record__cover=by) | Q(record__in=cases.values("referral"))


def people_of_area(by: Membership) -> dict[int, Membership]:
    """Everybody who holds, covers, manages or chairs here, or did."""
    return {one.pk: one for one in Membership.objects.filter(agency_id=by.agency_id).select_related("person")}


def who_act(people: dict[int, Membership]) -> dict[int, Membership]:
    """Those of them who still act."""
    return {pk: one for pk, one in people.items() if acts(one)}


def holder(acting: dict[int, Membership], *pks: int | None) -> Membership | None:
    """The first of these who still acts."""
    return next((acting[pk] for pk in pks if pk in acting), None)


def open_cases(by: Membership, *, referrals: list[int] | None = None) -> list[OpenCase]:
    """Open cases of this person's area, or those that arose from these referrals, the first of each first."""
    found = ChildCase.objects.visible_to(by).filter(record__closed_at=None, record__agency=by.agency_id)
    if referrals is not None:
        found = found.filter(referral__in=referrals)
    born = ("child__born_on", "child__born_earliest", "child__born_latest", "child__age_as_told")
    asked = ("pk", "referral", "record__owner", "manager", "record__reference", "child__name", *born)
    return [OpenCase(*told) for told in found.order_by("pk").values_list(*asked)]


def by_referral(cases: list[OpenCase]) -> dict[int, OpenCase]:
    """The first case that arose from each referral: its answer's clock runs on the hand-over."""
    return {case.referral: case for case in reversed(cases) if case.referral is not None}


@lru_cache(maxsize=4096)
def days_left(today: date, due: date) -> int:
    """Working days; a day that is over is below nought, a weekend later as much as the Friday before it."""
    return procedure.working_days_between(today, due) if due >= today else -procedure.working_days_between(due, today)


@lru_cache(maxsize=8)
def _before_and_after(name: str) -> tuple[str, str]:
    before, _reference, after = reverse(name, args=["SC-2222-2222"]).partition("SC-2222-2222")
    return before, after


def _page(name: str, reference: str) -> str:
    before, after = _before_and_after(name)
    return f"{before}{reference}{after}"
