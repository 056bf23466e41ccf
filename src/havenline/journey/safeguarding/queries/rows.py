"""Running clocks as rows of a screen: whose they are, what they are about, how many days are left. In two questions, however many."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, ClockQuerySet, Reading
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.journey.safeguarding.models import Child, ChildCase
from havenline.journey.safeguarding.queries import acts

SOON = 5  # working days: what is due within a week leads the rest. Our policy.


@dataclass(frozen=True)
class Row:
    """`left`: working days until it is due, below nought where it is late. `case`: None for a referral that nobody has taken up."""

    clock: Clock
    case: ChildCase | None
    reading: Reading
    about: str
    url: str
    owner: Membership | None
    left: int
    band: str  # late, today, soon, later

    @property
    def owner_name(self) -> str:
        return self.owner.short_name if self.owner else str(_("Nobody yet"))


@dataclass(frozen=True)
class OpenCase:
    """An open case of the area, in what counts and rows ask of it."""

    pk: int
    referral: int
    owner: int | None
    manager: int | None
    reference: str
    name: str
    born_on: date | None
    born_earliest: date | None
    born_latest: date | None
    age_as_told: int | None

    def as_case(self) -> ChildCase:
        record = Record(pk=self.pk, reference=self.reference, kind=FileKind.CHILD_CASE, owner_id=self.owner)
        born = {"born_on": self.born_on, "born_earliest": self.born_earliest, "born_latest": self.born_latest}
        child = Child(name=self.name, age_as_told=self.age_as_told, **born)
        return ChildCase(record=record, child=child, referral_id=self.referral, manager_id=self.manager)


# What a row shows, and no more: five hundred of them are made at once.
SHOWN = (
    "record__reference", "record__kind", "record__owner_id", "record__cover_id", "rule", "title", "started_at", "due_at", "stopped_at",
    "voided_at", "amount", "unit", "owner_id", "record__childcase__manager_id", "record__childcase__child__name",
    "record__childcase__child__born_on", "record__childcase__child__born_earliest", "record__childcase__child__born_latest",
    "record__childcase__child__age_as_told", "record__handover__purpose", "record__handover__from_agency__name",
)  # fmt: skip


def rows(
    found: ClockQuerySet, *, by: Membership, people: dict[int, Membership] | None = None, of_referral: dict[int, OpenCase] | None = None
) -> list[Row]:
    """Those of `found` that are of this person's area and that they may see, the latest first.

    `people` and `of_referral` (the case that arose from it): if they are at hand, they are not asked for.
    """
    people = people_of_area(by) if people is None else people
    mine = found.visible_to(by).filter(agency_id=by.agency_id).order_by("due_at", "pk")
    clocks = list(mine.select_related("record__childcase__child", "record__handover__from_agency").only(*SHOWN))
    if of_referral is None:
        referrals = [one.record_id for one in clocks if one.record.kind == FileKind.HAND_OVER]
        of_referral = by_referral(open_cases(by, referrals=referrals)) if referrals else {}
    made = [_row(clock, of_referral, people, by) for clock in clocks]
    return [row for row in made if row is not None]


def held_by(by: Membership) -> Q:
    """Clocks of this person: their own duty, on what they hold or cover, and on the referral that a case of theirs came from, on which
    the answer to whoever referred runs."""
    cases = ChildCase.objects.filter(Q(record__owner=by) | Q(record__cover=by), record__closed_at=None)
    return Q(owner=by) | Q(record__owner=by) | Q(record__cover=by) | Q(record__in=cases.values("referral"))


def people_of_area(by: Membership) -> dict[int, Membership]:
    """Everybody who holds, covers, manages or chairs here, or did."""
    return {one.pk: one for one in Membership.objects.filter(agency_id=by.agency_id).select_related("person")}


def holder(people: dict[int, Membership], *pks: int | None) -> Membership | None:
    """The first of these who still acts."""
    return next((people[pk] for pk in pks if pk in people and acts(people[pk])), None)


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
    return {case.referral: case for case in reversed(cases)}


def _row(clock: Clock, of_referral: dict[int, OpenCase], people: dict[int, Membership], by: Membership) -> Row | None:
    record = clock.record
    case = getattr(record, "childcase", None)
    if case is None and (taken_up := of_referral.get(record.pk)) is not None:
        case = taken_up.as_case()
    if case is not None:
        its = record if record.kind == FileKind.CHILD_CASE else case.record
        owner = holder(people, clock.owner_id, its.owner_id, case.manager_id)
        return _made(clock, case, case.child.named, _page("safeguarding:child_case", its.reference), owner)
    hand_over = getattr(record, "handover", None)
    if hand_over is None:
        return None
    about = _("%(title)s from %(agency)s") % {"title": hand_over.title, "agency": hand_over.from_agency.name}
    page = "safeguarding:take_up" if by.role in hand_over.what_for.received_by else "handover:show"
    return _made(clock, None, about, _page(page, record.reference), None)


def _made(clock: Clock, case: ChildCase | None, about: str, url: str, owner: Membership | None) -> Row:
    today, due = moment.today(), moment.day_of(clock.due_at)
    left = days_left(today, due)
    if moment.now() > clock.due_at:
        band = "late"
    elif due == today:
        band = "today"
    else:
        band = "soon" if left <= SOON else "later"
    return Row(clock, case, clock.reading, about, url, owner, left, band)


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
