"""The components of the look, for every room's templates: `{% load look %}`. They take plain dicts or objects; see `/styleguide/`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet, BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect, Textarea
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from havenline.site.look import charts, shapes, strips
from havenline.site.look import ribbon as ribbons
from havenline.site.look.around import around as draw_around
from havenline.site.look.given import given
from havenline.site.look.network import network as draw_network
from havenline.site.look.parties import party_of
from havenline.site.look.swimlanes import swimlanes as draw_swimlanes
from havenline.site.look.timeline import timeline as draw_timeline

register = template.Library()

CHIPS = ("state", "ink", "done", "unanswered", "quiet", "new")
UNKNOWN = ("unknown", "not_yet_known", "dont_know")


# Shapes and names


@register.simple_tag
def mark() -> SafeString:
    return shapes.mark()


@register.simple_tag
def icon(name: str) -> SafeString:
    return shapes.icon(name)


@register.simple_tag
def shape(party: object, state: str = "happened", label: str | None = None) -> SafeString:
    """A party's shape, which says its party and state to a screen reader. `label=""` where a name stands beside it."""
    said = _state_in_words(party, state) if label is None else label
    return shapes.shape(party, state, said)


def _state_in_words(party: object, state: str) -> str:
    words = {"happened": "", "now": _("now"), "not yet": _("not yet"), "maybe": _("perhaps later")}[state]
    return f"{party_of(party).name}, {words}" if words else str(party_of(party).name)


@register.simple_tag
def party(agency: Any) -> SafeString:
    """An agency's badge: shape, name, colour."""
    kind = given(agency, "kind")
    name = given(agency, "name") or party_of(kind).name
    return format_html('<span class="badge party-{}">{}<span>{}</span></span>', party_of(kind).key, shapes.shape(kind), name)


@register.simple_tag
def party_name(kind: object, name: str = "") -> SafeString:
    """A party's or person's name with the shape before it."""
    return format_html(
        '<span class="party-name party-{}">{}<span>{}</span></span>', party_of(kind).key, shapes.shape(kind), name or party_of(kind).name
    )


# The line


@register.inclusion_tag("look/line.html")
def line(stations: Iterable[Any], orientation: str = "horizontal") -> dict[str, Any]:
    """The line: stations of `party`, `title`, `detail`, `state` ("happened", "now", "not yet", "maybe"), and `chip` (HTML or a clock)."""
    drawn = [
        {
            "party": given(station, "party"),
            "title": given(station, "title"),
            "detail": given(station, "detail"),
            "state": given(station, "state", "happened"),
            "chip": _chip_of(given(station, "chip", None)),
        }
        for station in stations
    ]
    for station, following in zip(drawn, [*drawn[1:], None], strict=True):
        station["said"] = _state_in_words(station["party"], station["state"])
        station["leads_on"] = following is not None and following["state"] in ("happened", "now")
    return {"stations": drawn, "orientation": orientation}


def _chip_of(thing: Any) -> Any:
    if thing is None or isinstance(thing, str):
        return thing or ""
    return clock_chip(thing)


@register.inclusion_tag("look/progress.html")
def progress(step: int, total: int) -> dict[str, Any]:
    """Where a person is in the form. The last node is the end of the line: checking and sending."""
    nodes = [{"state": "is-done" if at < step else "is-now" if at == step else "", "way": at < step} for at in range(1, total + 2)]
    return {"step": step, "total": total, "nodes": nodes}


@register.simple_tag
def swimlanes(lanes: Any) -> SafeString:
    """The whole journey: `parties` in order, and `stations` of `party`, `title`, `when`, `state`, `branch`, `after`."""
    box = '<div class="swimlanes" tabindex="0" role="group" aria-label="{}">{}</div>'
    return format_html(box, _("The line through the parties"), draw_swimlanes(lanes))


@register.simple_tag
def network(picture: Any) -> SafeString:
    """Reports, identifiers and the person in three fixed columns; see `site/look/network.py`. A table below it says the same."""
    return format_html(
        '<div class="network-box-scroll" tabindex="0" role="group" aria-label="{}">{}</div>',
        _("Network of linked reports"),
        draw_network(picture),
    )


@register.simple_tag
def around(picture: Any) -> SafeString:
    """The people around a child, inside and outside the home; see `site/look/around.py`. A table beside it says the same."""
    box = '<div class="network-box-scroll" tabindex="0" role="group" aria-label="{}">{}</div>'
    return format_html(box, _("The people around the child"), draw_around(picture))


@register.inclusion_tag("look/trace_list.html")
def trace_list(steps: Iterable[Any]) -> dict[str, Any]:
    """Every step: `party`, `when`, `who`, `text`, and where there is one `chip`, `entry` (its number in the ledger), `state`, `url`."""
    return {
        "steps": [
            {
                "party": given(step, "party"),
                "who": given(step, "who") or party_of(given(step, "party")).name,
                "when": given(step, "when"),
                "text": given(step, "text"),
                "url": given(step, "url"),
                "entry": given(step, "entry"),
                "state": given(step, "state", "happened"),
                "chip": _chip_of(given(step, "chip", None)),
            }
            for step in steps
        ]
    }


# Clocks and days

_CLOCKS = {
    "due": "due",
    "today": "today",
    "late": "late",
    "done": "done",
    "done late": "done-late",
    "not started": "not-started",
    "stopped": "stopped",
}


@register.simple_tag
def clock_chip(clock: Any) -> SafeString:
    """A clock's reading: its face, its words, its date. Takes a clock with `.reading`, or the reading itself."""
    reading = given(clock, "reading", clock)
    fraction = round(16 * float(given(reading, "fraction", 0.0) or 0.0)) / 16  # as fine as a face of 16 px shows it
    return _clock_chip(str(given(reading, "kind")), str(given(reading, "text")), str(given(reading, "date_text") or ""), fraction)


@lru_cache(maxsize=2048)
def _clock_chip(kind: str, text: str, date_text: str, fraction: float) -> SafeString:
    if kind in ("late", "done late"):
        face = shapes.icon("bang")
    elif kind == "done":
        face = shapes.icon("tick")
    else:
        face = shapes.pie(0.0 if kind in ("not started", "stopped") else fraction)
    dated = format_html(' <span class="clock-note">{}</span>', date_text) if date_text else ""
    return format_html('<span class="chip clock clock-{}">{}<span>{}{}</span></span>', _CLOCKS[kind], face, text, dated)


@register.inclusion_tag("look/day_ribbon.html")
def day_ribbon(
    explanation: Any,
    today: date | datetime,
    late_days: list[date] | None = None,
    is_working_day: Callable[[date], bool] | None = None,
    label: str = "",
) -> dict[str, Any]:
    """Each calendar day of a clock, from an engine's explanation. Late days are counted by the engine's calendar if not given."""
    return {"ribbon": ribbons.ribbon(explanation, today, late_days, is_working_day), "label": label or _("The days, one by one")}


@register.inclusion_tag("look/ribbon_legend.html")
def ribbon_legend() -> dict[str, Any]:
    return {}


# Chips, keys, tiles


@register.simple_tag
def chip(text: object, kind: str = "state") -> SafeString:
    """A status chip: `state` plain, `ink` a finding, `done` green with a tick, `unanswered` red tint, `quiet` a reason, `new`."""
    if kind not in CHIPS:
        raise ValueError(f"no chip is called {kind!r}: use one of {', '.join(CHIPS)}")
    return format_html('<span class="chip chip-{}">{}<span>{}</span></span>', kind, shapes.icon("tick") if kind == "done" else "", text)


@register.simple_tag
def key(letter: str) -> SafeString:
    """A hint in a button or sentence that a key does this. Extra to the words, so it is not read out."""
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', {"Enter": "↵"}.get(letter, letter))


@register.inclusion_tag("look/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "label": label, "drawing": shapes.waiting_station()}


@register.inclusion_tag("look/stat_tile.html")
def stat_tile(
    label: str, value: object, note: str = "", share: float | None = None, low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    """A number with its note; with `share`, `low`, `high` (0 to 1) its interval is drawn."""
    drawing = shapes.interval_bar(share, low, high) if share is not None and low is not None and high is not None else ""
    return {"label": label, "value": value, "note": note, "drawing": drawing}


@register.simple_tag
def meter(value: float, limit: float) -> SafeString:
    """A bar of how much of a limit is used; say the numbers beside it."""
    return shapes.meter_bar(value / limit if limit else 0)


@register.simple_tag
def dot_chart(chart: Any) -> SafeString:
    """A dot with whiskers for each row; see `site/look/charts.py`. A table below it says the same."""
    return charts.dot_chart(chart)


@register.simple_tag
def bar_chart(chart: Any) -> SafeString:
    """Bars by week, in stages; see `site/look/charts.py`. A table below it says the same."""
    return charts.bar_chart(chart)


@register.simple_tag
def timeline(chart: Any) -> SafeString:
    """A lane for each kind of thing, over time; see `site/look/timeline.py`. A list beside it says the same."""
    return draw_timeline(chart)


@register.simple_tag
def days_left_strip(left: Sequence[int], label: str) -> SafeString:
    """A dot for each time, by the days that were left; see `site/look/strips.py`."""
    return strips.days_left_strip(left, label)


@register.simple_tag
def receipt(digits: object) -> SafeString:
    """A receipt in groups of four, left to right in every script, and copied without the gaps being part of it."""
    plain = "".join(character for character in str(digits) if character.isdigit())
    groups = [plain[at : at + 4] for at in range(0, len(plain), 4)]
    spans = format_html("{}", SafeString(" ".join(f"<span>{group}</span>" for group in groups)))
    return format_html('<bdi dir="ltr">{}</bdi>', spans)


@register.filter
def day(value: date | datetime) -> str:
    """Thu 12 Nov: a day at the desk."""
    return date_format(value, "D j M")


@register.filter
def ltr(value: object) -> object:
    """A telephone number or a reference inside a sentence: read from left to right where the sentence runs the other way."""
    return format_html('<bdi dir="ltr">{}</bdi>', value) if get_language_bidi() else value


# Forms


@register.inclusion_tag("look/error_summary.html")
def error_summary(form: "BaseForm | BaseFormSet[Any]", title: str = "") -> dict[str, Any]:
    """What to do before the form can be taken, first on the page and focused; each line leads to its field."""
    lines: list[dict[str, str]] = []
    all_missing = True
    forms: Sequence[BaseForm] = form.forms if isinstance(form, BaseFormSet) else [form]
    if isinstance(form, BaseFormSet):
        lines += [{"text": str(error), "target": ""} for error in form.non_form_errors()]
        all_missing = not lines
    for one in forms:
        if not one.is_bound:
            continue
        for name, errors in one.errors.items():
            target = _first_control(one[name]) if name in one.fields else ""
            for error in errors.as_data():
                all_missing = all_missing and error.code == "required"
                lines += [{"text": str(message), "target": target} for message in error.messages]
    count = len(lines)
    if title:
        said = title
    elif all_missing:
        said = ngettext("One thing is missing", "%(count)s things are missing", count) % {"count": _counted(count)}
    else:
        said = ngettext("One thing needs changing", "%(count)s things need changing", count) % {"count": _counted(count)}
    return {"lines": lines, "title": said, "title_id": f"{form.prefix or 'form'}-errors"}


def _counted(count: int) -> str:
    return {2: _("Two"), 3: _("Three"), 4: _("Four"), 5: _("Five")}.get(count, str(count))


def _first_control(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


@register.inclusion_tag("look/field.html")
def field(bound: BoundField, title: bool = False, hide_label: bool = False) -> dict[str, Any]:
    """A field with label, hint, error and control. Radios and checkboxes are big targets; an option whose value is unknown stands
    apart, after "or". `title=True` where the page's one heading is the question itself and the legend repeats it unseen."""
    widget = bound.field.widget
    is_choices = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    return {
        "field": bound,
        "is_choices": is_choices,
        "is_check": isinstance(widget, CheckboxInput),
        "choices": _choices(bound) if is_choices else [],
        "control": _control(bound) if not is_choices and not isinstance(widget, CheckboxInput) else "",
        "hide_label": title or hide_label,
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
        "is_optional": not bound.field.required and not isinstance(widget, CheckboxInput),
    }


def _control(bound: BoundField) -> SafeString:
    widget = bound.field.widget
    attrs = {**widget.attrs, "class": f"input {widget.attrs.get('class', '')}".strip()}
    if isinstance(widget, Textarea) and attrs.get("rows") == "10":  # Django's own default: taller than any of our questions
        attrs["rows"] = "5"
    return bound.as_widget(attrs=attrs)


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for option in bound.subwidgets:
        value = str(option.data.get("value", ""))
        found.append({"option": option, "stands_apart": value in UNKNOWN and bool(found), "value": value})
    return found


@register.inclusion_tag("look/segmented.html")
def segmented(bound: BoundField, hide_label: bool = False, keys: str = "", grades: bool = False) -> dict[str, Any]:
    """Radio buttons side by side (Yes / No / Not yet known). `keys="ABCNU"` gives each its key; `grades=True` draws them large."""
    options = [{"option": option, "key": keys[at : at + 1]} for at, option in enumerate(bound.subwidgets)]
    return {
        "field": bound,
        "options": options,
        "hide_label": hide_label,
        "grades": grades,
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
    }
