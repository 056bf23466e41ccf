"""A team on one page: every clock, what each person holds, what waits for the manager, and where steps drift to their last day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.models import ChildCase, Paper, ProposedDecision
from havenline.journey.safeguarding.queries.rows import (
    BANDS,
    OpenCase,
    Row,
    by_referral,
    days_left,
    holder,
    open_cases,
    people_of_area,
    rows,
    who_act,
)

BACK = timedelta(days=182)  # over which drift is told
FEW = 3  # steps of one kind by one person, below which nothing is said of them
OFTEN = 0.75  # of those in time, on the last day: drift. Both are our policy.
SHORTEST = 3  # days of a limit: who has one day can only use the last
MOST = 1_000  # ended steps looked at, the latest first
CLOCKS_SHOWN = 500  # on one page
GIVEN_AT_ONCE = 50  # cases on one form: each is an act of its own, and all are done or none


@dataclass(frozen=True)
class Load:
    """What one person holds."""

    person: Membership | None
    name: str
    cases: int
    clocks: int
    late: int
    soon: int

    @property
    def key(self) -> str:
        return str(self.person.pk) if self.person else "nobody"


@dataclass(frozen=True)
class Drift:
    """One person's steps of one kind: working days that were left as each was done (below nought: late)."""

    name: str
    step: str
    left: tuple[int, ...]

    @property
    def in_time(self) -> int:
        return sum(one >= 0 for one in self.left)

    @property
    def last_day(self) -> int:
        return self.left.count(0)

    @property
    def drifts(self) -> bool:
        return self.in_time >= FEW and self.last_day >= OFTEN * self.in_time


def team(*, by: Membership, whose: str = "", step: str = "", band: str = "", page: str = "") -> dict[str, Any]:
    """The page. Filters narrow the clocks alone; the counts beside each filter are of what the others leave."""
    people = people_of_area(by)
    cases = open_cases(by)
    every = rows(Clock.objects.running(), by=by, people=people, of_referral=by_referral(cases))
    chosen = {"whose": whose, "step": step, "band": band}

    def left_by(*names: str) -> list[Row]:
        return [row for row in every if all(not chosen[name] or _of(row, name) == chosen[name] for name in names)]

    shown = Paginator(left_by("whose", "step", "band"), CLOCKS_SHOWN).get_page(page)
    in_bands, of_steps = Counter(row.band for row in left_by("whose", "step")), Counter(row.rule for row in left_by("whose", "band"))
    titles = {row.rule: row.title for row in every}
    return {
        "page": shown,
        "rows": shown.object_list,
        "every": len(every),
        "late": sum(row.band == "late" for row in every),
        "bands": [(code, str(title), in_bands[code]) for code, title in BANDS if in_bands[code] or code == band],
        "steps": [(code, titles[code], number) for code, number in sorted(of_steps.items(), key=lambda one: (-one[1], one[0]))],
        "loads": loads(every, cases, people),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "sign_offs": sign_offs(people, by=by),
        "drifts": drifts(people, by=by),
    }


def _of(row: Row, name: str) -> str:
    if name == "band":
        return row.band
    return row.rule if name == "step" else str(row.owner.pk if row.owner else "nobody")


def loads(every: Iterable[Row], cases: Iterable[OpenCase], people: dict[int, Membership]) -> list[Load]:
    """By person: open cases and clocks; whoever has most that is late comes first."""
    of: dict[Membership | None, list[Row]] = defaultdict(list)
    for row in every:
        of[row.owner].append(row)
    acting = who_act(people)
    held = Counter(holder(acting, case.owner, case.manager) for case in cases)
    found = [
        Load(
            person=person,
            name=person.short_name if person else str(_("Nobody yet")),
            cases=held[person],
            clocks=len(of[person]),
            late=sum(row.band == "late" for row in of[person]),
            soon=sum(row.band in ("today", "soon") for row in of[person]),
        )
        for person in {*of, *held}
    ]
    return sorted(found, key=lambda load: (-load.late, -load.clocks, load.name))


@dataclass(frozen=True)
class Waits:
    """A decision that somebody proposed, or (with `code`) a paper that somebody finished."""

    code: str
    number: int
    reference: str
    child: str
    by: Membership | None
    since: datetime
    own: bool

    @property
    def what(self) -> str:
        return Paper(code=self.code, number=self.number).title if self.code else str(_("Decision on the referral"))


def sign_offs(people: dict[int, Membership], *, by: Membership) -> list[Waits]:
    """What waits for a manager of this area, the oldest first: in one question, which no column of words is asked in."""
    mine = ChildCase.objects.visible_to(by)
    on_case = ("child_case__record__reference", "child_case__child__name")
    papers = Paper.objects.filter(state=Paper.State.WAITS, child_case__in=mine).order_by()
    decisions = ProposedDecision.objects.filter(settled_at=None, child_case__in=mine).order_by()
    both = papers.values_list("code", "number", *on_case, "finished_by", "finished_at").union(
        decisions.annotate(code=Value(""), number=Value(0)).values_list("code", "number", *on_case, "by", "recorded_at"), all=True
    )
    found = []
    for code, number, reference, child, whose, since in both:
        who = people.get(whose or 0)
        found.append(Waits(code, number, reference, child, who, since, who is not None and who.person_id == by.person_id))
    return sorted(found, key=lambda one: (one.since, one.code))


def drifts(people: dict[int, Membership], *, by: Membership) -> list[Drift]:
    """Steps that are in time and always on the last day, by person and step: of half a year, most on the last day first."""
    ended = Clock.objects.visible_to(by).filter(agency_id=by.agency_id, stopped_at__gte=moment.now() - BACK, owner__isnull=False)
    told = (
        ended.exclude(edition="")
        .exclude(unit__in=["minutes", "hours"])
        .filter(amount__gte=SHORTEST)
        .order_by("-stopped_at")
        .values_list("owner", "rule", "title", "due_at", "stopped_at")[:MOST]
    )
    left: dict[tuple[int, str], list[int]] = defaultdict(list)
    titles: dict[str, str] = {}
    for owner, rule, title, due_at, stopped_at in told:
        if owner in people:
            done = moment.day_of(stopped_at or due_at)  # each was stopped: the filter says so
            days = days_left(done, moment.day_of(due_at))
            left[owner, rule].append(days if stopped_at is not None and stopped_at <= due_at else min(-1, days))
            titles.setdefault(rule, title)
    found = [Drift(people[owner].name, titles[rule], tuple(sorted(days))) for (owner, rule), days in left.items()]
    return sorted((one for one in found if one.drifts), key=lambda one: (-one.last_day, one.name, one.step))


def to_give_away(*, by: Membership, whose: str = "") -> dict[str, Any]:
    """Open cases of the area (or of one person, as `loads` names them) by the child's name: the first of them, and how many there are."""
    acting = who_act(people_of_area(by))
    held = [(case, holder(acting, case.owner, case.manager)) for case in open_cases(by)]
    of = [(case, who) for case, who in held if not whose or whose == (str(who.pk) if who else "nobody")]
    named = sorted(of, key=lambda one: (one[0].name, one[0].reference))
    return {
        "cases": [
            (case.reference, f"{case.named}, {case.reference}, {who.short_name if who else _('Nobody yet')}")
            for case, who in named[:GIVEN_AT_ONCE]
        ],
        "number": len(named),
    }


def chosen(references: Iterable[str], *, by: Membership) -> list[ChildCase]:
    of_area: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(record__agency=by.agency_id)
    return list(of_area.filter(record__reference__in=list(references)).select_related("record").order_by("pk"))
