"""What is asked of child protection plans and of child in need plans, and of both beside each other."""

from datetime import date

from havenline.engines.census.shape import LEAVES, Content

from .year import Life, Told, Year, as_day, day, is_before, overlap, years_after

_CATEGORIES = LEAVES["ChildProtectionPlans", "InitialCategoryOfAbuse"].codes
Run = tuple[date, date | None]
"""From its start to its end, where it has one."""


def ask(child: Content, life: Life, year: Year, told: Told) -> None:
    protection: list[Run] = []
    need: list[Run] = []
    open_plans = 0
    for episode in child.get("CINdetails", ()):
        plans, need_plans = episode.get("ChildProtectionPlans", ()), episode.get("CINPlanDates", ())
        for plan in plans:
            _protection(plan, episode, life, year, told)
            protection += _run(plan, "CPPstartDate", "CPPendDate")
        for plan in need_plans:
            _need(plan, episode, life, year, told)
            need += _run(plan, "CINPlanStartDate", "CINPlanEndDate")
        if need_plans:
            _of_one_episode(plans, need_plans, told)
        open_plans += sum("CPPendDate" not in plan for plan in plans)
    if open_plans > 1:
        told("two-open-plans", "CPPendDate")
    if len(protection) > 1 and overlap(_until_now(protection, year)):
        told("two-plans", "CPPstartDate")
    if len(need) > 1 and overlap(_until_now(need, year)):
        told("need-plans-overlap", "CINPlanStartDate")
    if need and protection:
        if _begins_during(need, protection, year):
            told("need-plan-during-protection", "CINPlanStartDate")
        if _begins_during(protection, need, year):
            told("protection-during-need-plan", "CPPstartDate")


def _run(plan: Content, start: str, end: str) -> list[Run]:
    began = day(plan, start)
    return [(began, day(plan, end))] if began else []


def _until_now(runs: list[Run], year: Year) -> list[tuple[date, date]]:
    return [(start, end or max(start, year.reference)) for start, end in runs]


def _begins_during(runs: list[Run], others: list[Run], year: Year) -> bool:
    """One may begin on the day that the other ended."""
    return any(other <= start and (start < end if end else start <= year.reference) for start, _end in runs for other, end in others)


# Child protection plans


def _protection(plan: Content, episode: Content, life: Life, year: Year, told: Told) -> None:
    start, end = day(plan, "CPPstartDate"), day(plan, "CPPendDate")
    for rule, element in (("first-category-missing", "InitialCategoryOfAbuse"), ("latest-category-missing", "LatestCategoryOfAbuse")):
        if plan.get(element) not in _CATEGORIES:
            told(rule, element, plan.get(element))
    if "NumberOfPreviousCPP" not in plan:
        told("previous-plans-missing", "NumberOfPreviousCPP")
    if end:
        if is_before(life.died, end):
            told("plan-ends-after-death", "CPPendDate", end)
        if is_before(end, start):
            told("plan-out-of-order", "CPPendDate", end)
        if end == start:
            told("plan-of-one-day", "CPPendDate", end)
        if not year.holds(end):
            told("plan-end-outside-period", "CPPendDate", end)
    elif "CINclosureDate" in episode:
        told("closed-with-plan?", "CPPendDate")
    if start is None:
        told("plan-without-start", "CPPstartDate")
        return
    if start > year.reference:
        told("plan-after-period", "CPPstartDate", start)
    if is_before(start, day(episode, "CINreferralDate")):
        told("plan-before-referral", "CPPstartDate", start)
    if is_before(life.died, start):
        told("plan-after-death", "CPPstartDate", start)
    if life.born and start >= years_after(life.born, 18):
        told("plan-at-18?", "CPPstartDate", start)
    if year.holds(start) and not _begins_at_a_conference(start, episode):
        told("plan-without-conference", "CPPstartDate", start)
    _reviews(plan, start, end, year, told)


def _begins_at_a_conference(start: date, episode: Content) -> bool:
    held = start.isoformat()
    return held == episode.get("DateOfInitialCPC") or any(held == one.get("DateOfInitialCPC") for one in episode.get("Section47", ()))


def _reviews(plan: Content, start: date, end: date | None, year: Year, told: Told) -> None:
    reviews = sorted(filter(None, map(as_day, plan.get("CPPreviewDate", ()))))
    if not reviews:
        if end is None and year.is_overdue("first_review", start):
            told("no-review?", "CPPreviewDate")
        return
    if reviews[0] <= start:
        told("review-not-after-start", "CPPreviewDate", reviews[0])
    if len(set(reviews)) < len(reviews):
        told("review-twice?", "CPPreviewDate")
    if reviews[-1] > (end or year.reference):
        told("review-after-end?", "CPPreviewDate", reviews[-1])


# Child in need plans


def _need(plan: Content, episode: Content, life: Life, year: Year, told: Told) -> None:
    start, end = day(plan, "CINPlanStartDate"), day(plan, "CINPlanEndDate")
    if start is None or start > year.reference:
        told("need-plan-start-missing", "CINPlanStartDate", start)
    if is_before(start, day(episode, "CINreferralDate")):
        told("need-plan-before-referral", "CINPlanStartDate", start)
    if is_before(life.died, start):
        told("need-plan-after-death", "CINPlanStartDate", start)
    if end:
        if is_before(life.died, end):
            told("need-plan-ends-after-death?", "CINPlanEndDate", end)
        if is_before(end, start):
            told("need-plan-out-of-order", "CINPlanEndDate", end)
        if end == start:
            told("need-plan-of-one-day?", "CINPlanEndDate", end)
        if not year.holds(end):
            told("need-plan-outside-period", "CINPlanEndDate", end)


def _of_one_episode(plans: list[Content], need_plans: list[Content], told: Told) -> None:
    still_open = sum("CINPlanEndDate" not in one for one in need_plans)
    if still_open > 1:
        told("two-open-need-plans", "CINPlanEndDate")
    if still_open and any("CPPendDate" not in one for one in plans):
        told("both-plans-open", "CINPlanEndDate")
    if any(_is_reviewed_during(plan, one) for plan in plans for one in need_plans):
        told("review-during-need-plan", "CPPreviewDate")


def _is_reviewed_during(plan: Content, need_plan: Content) -> bool:
    start, end = day(need_plan, "CINPlanStartDate"), day(need_plan, "CINPlanEndDate")
    if start is None:
        return False
    reviews = filter(None, (as_day(one) for one in plan.get("CPPreviewDate", ()) if one != plan.get("CPPendDate")))
    return any(start <= review < (end or date.max) for review in reviews)
