"""The engine's states in the words of a screen: chips, sentences, stations."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from havenline.engines import procedure
from havenline.engines.procedure import Explanation, Situation, StepState
from havenline.foundation import moment
from havenline.foundation.clocks.models import Reading
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import CaseEvent, ChildCase
from havenline.journey.safeguarding.queries.referrer import referrer_of

PARTY = "social_care"
SHORT = {
    path.DECISION: gettext_lazy("Decision"),
    path.INITIAL_CONFERENCE: gettext_lazy("First conference"),
}  # on the line, where room is short


def day(value: date) -> str:
    """Thu 19 Nov, with the year where it is another."""
    return date_format(value, "D j M" if value.year == moment.today().year else "D j M Y")


def day_and_time(on: date, at: time | None) -> str:
    return f"{day(on)}, {at:%H:%M}" if at else day(on)


def reading_of(state: StepState, *, short: bool = False) -> Reading:
    """A step's clock as its chip shows it. `short`: beside a date that stands there already."""
    date_text = "" if short or state.due is None else day(state.due)
    fraction = min(1.0, max(0.0, (state.day_number or 0) / state.of)) if state.of else 0.0
    if state.state == "not started" or state.due is None:
        return Reading("not started", str(_("Not started")), "", 0.0)
    if state.state == "not needed":
        text = _("Not needed any more; was late") if state.late else _("Not needed any more")
        return Reading("stopped", str(text), "", fraction)
    if state.state == "late-done":
        how_late = ngettext("Done %(n)s working day late", "Done %(n)s working days late", state.late_by) % {"n": state.late_by}
        return Reading("done late", how_late if state.late_by else _("Done late"), "", 1.0)
    if state.state == "done":
        if (state.of or 0) > 1:
            return Reading("done", _("Done on day %(day)s of %(of)s") % {"day": state.day_number, "of": state.of}, "", fraction)
        return Reading("done", str(_("In time")), "", fraction)
    left = state.days_left or 0
    if state.late:
        how_late = ngettext("Late by %(n)s working day", "Late by %(n)s working days", state.late_by) % {"n": state.late_by}
        return Reading("late", how_late if state.late_by else _("Late"), date_text, 1.0)
    if state.due == moment.today():
        return Reading("today", str(_("Due today")), date_text, fraction)
    if short:
        return Reading("due", ngettext("In %(n)s working day", "In %(n)s working days", left) % {"n": left}, "", fraction)
    return Reading("due", ngettext("Due in %(n)s working day", "Due in %(n)s working days", left) % {"n": left}, date_text, fraction)


@dataclass(frozen=True)
class ShownClock:
    """A clock with its ribbon: `amount` is set strong, `sentence` says how the date was counted."""

    step: str
    title: str
    reading: Reading
    amount: str
    sentence: str
    source: str
    explanation: Explanation | None
    late: bool
    has_ribbon: bool
    counted_again: str = ""


def shown_clock(state: StepState, *, owner: str) -> ShownClock:
    told = state.explain()
    amount = procedure.in_words(told.amount, told.unit) if told else ""
    rest = state.rule.removeprefix(amount).strip() if told else state.rule
    return ShownClock(
        step=state.step,
        title=state.title,
        reading=reading_of(state),
        amount=amount,
        sentence=" ".join(_sentence(state, told, rest, owner)) if told else "",
        source=_source(told, state.edition) if told else "",
        explanation=told,
        late=state.late,
        has_ribbon=told is not None and told.unit != "hours",
    )


def _sentence(state: StepState, told: Explanation, rest: str, owner: str) -> list[str]:
    started = day(told.started)
    said = [f"{rest}, {started} ({_('day 0') if told.counting == 'day 0' else _('day 1')})."]
    if state.late:
        said.append(_("Was due %(day)s.") % {"day": day(told.due)})
    if told.skipped:
        said.append(_("Skips %(days)s.") % {"days": _and([_holiday(d.date, d.name) for d in told.skipped])})
    if told.unit == "working days" and not state.late and state.day_number is not None and state.day_number > 0:
        said.append(_("Today is day %(n)s.") % {"n": state.day_number})
    if not told.falls_on_working_day:
        said.append(_("That is no working day: the last one before it is %(day)s.") % {"day": day(told.last_working_day)})
    if owner:
        said.append((_("Chair: %(who)s.") if state.role == "chair" else _("Owner: %(who)s.")) % {"who": owner})
    return said


def _holiday(on: date, name: str | None) -> str:
    plain = (name or "").replace(" (", ", ").replace(")", "")
    return f"{date_format(on, 'j M')} ({plain})" if plain else date_format(on, "j M")


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else _("%(most)s and %(last)s") % {"most": ", ".join(parts[:-1]), "last": parts[-1]}


def _source(told: Explanation, edition: str) -> str:
    title = procedure.edition(edition).title
    where = told.source if told.source.startswith("Working Together") else f"{told.source}; {title}"
    where = where.replace("Working Together to Safeguard Children", "Working Together")
    if told.verified == "remembered":
        return _("%(source)s: as remembered, not yet checked against its text.") % {"source": where}
    if told.verified == "secondary":
        return _("%(source)s: from a secondary source.") % {"source": where}
    return f"{where}."


def stations(child_case: ChildCase, now: Situation, events: list[CaseEvent]) -> list[dict[str, Any]]:
    """The procedure's line: what happened, what goes on, what may follow."""
    laid = []
    far = {"later_review", path.PLAN_ENDS} if not any(s.step in path.REVIEWS and s.done_on for s in now.steps) else set()
    for state in now.steps:
        if not state.milestone or state.state == "not needed" or (state.state == "not started" and state.step in far):
            continue
        at = next((e.happened_at for e in events if e.step == state.step and e.happened_on == state.done_on), None)
        party = child_case.referrer.kind if state.step == path.REFERRAL else PARTY
        laid.append({"party": party, "title": SHORT.get(state.step, state.title), **_standing(state, at, child_case)})
    return laid


def _standing(state: StepState, at: time | None, child_case: ChildCase) -> dict[str, Any]:
    if state.done_on is not None:
        if state.step == path.REFERRAL:
            chip: Any = _("from %(agency)s") % {"agency": referrer_of(child_case).name}
        elif state.due is not None:
            chip = {"reading": reading_of(state, short=True)}
        else:
            chip = state.outcome_title or ""
        return {"state": "happened", "detail": day_and_time(state.done_on, at), "chip": chip}
    if state.begun is not None:
        return {"state": "now", "detail": _("since %(day)s") % {"day": day(state.begun)}, "chip": _chip(state)}
    if state.due is not None:
        return {"state": "not yet", "detail": _("by %(day)s") % {"day": day(state.due)}, "chip": _chip(state)}
    if state.state == "waiting":
        return {"state": "not yet", "detail": _("waits to be done"), "chip": ""}
    limit = procedure.edition(state.edition).step(state.step, on=moment.today()).clock
    return {"state": "not yet", "detail": state.rule if limit else "", "chip": {"reading": reading_of(state)}}


def _chip(state: StepState) -> Any:
    return {"reading": reading_of(state, short=True)} if state.due is not None else ""


def next_due(now: Situation) -> Reading | None:
    """The clock that runs out next, for the head of the page."""
    coming = [c for c in now.open_clocks if not c.late and c.step != path.CHASES]
    if not coming:
        return None
    first = min(coming, key=lambda c: c.due or date.max)
    said = reading_of(first)
    return Reading(said.kind, _("Next: %(what)s") % {"what": said.text[:1].lower() + said.text[1:]}, said.date_text, said.fraction)


def local_day_and_time(when: datetime) -> str:
    at = when.astimezone(moment.LONDON)
    return day_and_time(at.date(), at.time())
