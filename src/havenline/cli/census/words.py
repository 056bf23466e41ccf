"""How the clocks of the census are called, and sentences about them, for the terminal and for the page alike."""

from datetime import date

from havenline.engines.census import IN_WORKING_DAYS, LAST_DAYS, Clock, Timeliness

TITLES: dict[Clock, str] = {
    "assessment_45": "Assessments",
    "conference_15": "Initial conferences",
    "first_review": "First reviews",
    "later_review": "Later reviews",
}


def in_words(day: date) -> str:
    """'31 March 2026'."""
    return f"{day.day} {day:%B %Y}"


def of_the_file(found: Timeliness) -> str:
    """Whose census it is, until when, and how much it holds."""
    header = found.header
    whose = f"Local authority {header.local_authority}" if header.local_authority else "A census that names no local authority"
    until = f"up to {in_words(header.reference_date)}" if header.reference_date else "with no reference date"
    return f"{whose}, {until}: {found.children:,} children, {found.episodes:,} episodes."


def limit_in_words(found: Timeliness, clock: Clock) -> str:
    """'45 working days'; '89 to 92 days' for months; nothing where nothing was due."""
    limit = found.limit(clock)
    if limit is None:
        return ""
    days = f"{limit[0]}" if limit[0] == limit[1] else f"{limit[0]} to {limit[1]}"
    return f"{days} {days_of(clock)}"


def days_of(clock: Clock) -> str:
    return "working days" if clock in IN_WORKING_DAYS else "days"


def share(part: int, whole: int) -> str:
    """'71.3%': never rounded up to all, nor down to none."""
    if not whole:
        return "none"
    tenths = round(1000 * part / whole)
    if part < whole:
        tenths = min(tenths, 999)
    if part:
        tenths = max(tenths, 1)
    return f"{tenths / 10:.1f}%"


def drift_in_words(found: Timeliness, clock: Clock) -> str:
    """How many of those in time were so only just; nothing where none was in time."""
    drift = found.drift(clock)
    if not drift.in_time:
        return ""
    last, within = share(drift.on_the_last_day, drift.in_time), share(drift.in_the_last_days, drift.in_time)
    return (
        f"of {drift.in_time:,} in time, {drift.on_the_last_day:,} ({last}) were done on the last day,"
        f" {drift.in_the_last_days:,} ({within}) in the last {LAST_DAYS} working days."
    )
