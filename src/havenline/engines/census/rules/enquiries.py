"""What is asked of an episode's enquiries (`Section47`) and their initial conferences."""

from datetime import date

from havenline.engines.census.shape import Content

from .year import Told, Year, day, is_before, overlap

SATURDAY = 5


def ask(child: Content, episode: Content, year: Year, told: Told) -> None:
    records = episode.get("Section47", ())
    if not records:
        return
    referral, is_closed = day(episode, "CINreferralDate"), "CINclosureDate" in episode
    told_of_episodes = {one["DateOfInitialCPC"] for one in child.get("CINdetails", ()) if "DateOfInitialCPC" in one}
    runs: list[tuple[date, date]] = []
    under_way = 0
    for record in records:
        start, held, not_required = day(record, "S47ActualStartDate"), day(record, "DateOfInitialCPC"), record.get("ICPCnotRequired")
        if is_before(start, referral):
            told("enquiry-before-referral", "S47ActualStartDate", start)
        if held:
            _conference(record, start, held, referral, year, told)
            if record["DateOfInitialCPC"] in told_of_episodes:
                told("conference-told-twice", "DateOfInitialCPC", held)
        if held and not_required == "true":
            told("conference-and-not-required?", "DateOfInitialCPC", held)
        if is_closed and bool(held) == (not_required == "true"):
            told("closed-with-enquiry", "DateOfInitialCPC", held)
        if start:
            _target(record, start, year, told)
        if not held and not_required != "true":
            under_way += 1
            if start and not_required == "false":
                if not year.holds(start):
                    told("open-enquiry-outside-period", "S47ActualStartDate", start)
                if year.is_overdue("conference_15", start):
                    told("conference-over-15-days?", "DateOfInitialCPC")
        if start:
            runs.append((start, held or (start if not_required == "true" else max(start, year.reference))))
    if under_way > 1:
        told("two-open-enquiries", "S47ActualStartDate")
    if len(records) > 1 and overlap(runs):
        told("enquiries-overlap", "S47ActualStartDate")


def _conference(record: Content, start: date | None, held: date, referral: date | None, year: Year, told: Told) -> None:
    if is_before(held, referral):
        told("conference-before-referral", "DateOfInitialCPC", held)
    if start is None or held < start:
        told("conference-before-enquiry", "DateOfInitialCPC", held)
    if not year.holds(held):
        told("conference-outside-period", "DateOfInitialCPC", held)
    if held.weekday() >= SATURDAY:
        told("conference-on-weekend", "DateOfInitialCPC", held)


def _target(record: Content, start: date, year: Year, told: Told) -> None:
    target = day(record, "InitialCPCtarget")
    if target is None:
        return
    if target.weekday() >= SATURDAY:
        told("conference-target-on-weekend?", "InitialCPCtarget", target)
    due = year.due("conference_15", start)
    if due and target != due:
        told("conference-target?", "InitialCPCtarget", target)
