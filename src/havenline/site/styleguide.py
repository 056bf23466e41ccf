"""Each component in each state, on one page, light beside dark. Mounted in the demo only."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from havenline.engines.procedure.periods import Explanation, explain_period

from .look.parties import PARTIES

COLOURS = [
    "canvas",
    "sunken",
    "rule",
    "rule-strong",
    "ink",
    "ink-2",
    "harbour",
    "harbour-deep",
    "harbour-tint",
    "focus",
    "today-mark",
    "late",
    "late-tint",
    "today",
    "today-tint",
    "done",
    "done-tint",
    "hotline",
    "police",
    "care",
    "school",
    "host",
]

# The drawings' dates, so that pictures of this page stay the same from day to day.
_TODAY = date(2026, 11, 24)


def _explained(started: date, working_days: int) -> Explanation:
    return explain_period(
        amount=working_days, unit="working days", started=started, title="", rule="", source="the drawings", verified="policy"
    )


def _reading(kind: str, text: str, date_text: str = "", fraction: float = 0.0) -> dict[str, Any]:
    return {"reading": {"kind": kind, "text": text, "date_text": date_text, "fraction": fraction}}


CLOCKS = [
    _reading("due", "Due in 12 working days", "Thu 10 Dec", 0.2),
    _reading("due", "Due in 1 working day", "Wed 25 Nov", 0.8),
    _reading("today", "Due today", "Tue 24 Nov", 0.93),
    _reading("late", "Late by 3 working days"),
    _reading("done", "Done on day 13 of 15"),
    _reading("done late", "Done 3 working days late"),
    _reading("not started", "Not started", "10 working days after the conference"),
    _reading("stopped", "Stopped: no longer needed"),
]

PROCEDURE = [
    {"party": "police", "title": "Referral", "detail": "Wed 18 Nov, 10:06", "state": "happened"},
    {"party": "social_care", "title": "Decision", "detail": "Thu 19 Nov, 09:40", "state": "happened", "chip": _reading("done", "In time")},
    {"party": "social_care", "title": "Strategy discussion", "detail": "Thu 19 Nov, 14:00", "state": "happened"},
    {"party": "social_care", "title": "Section 47 enquiry", "detail": "since Thu 19 Nov", "state": "now"},
    {
        "party": "social_care",
        "title": "First conference",
        "detail": "by Thu 10 Dec",
        "state": "not yet",
        "chip": _reading("due", "In 12 working days", "", 0.2),
    },
    {
        "party": "social_care",
        "title": "First core group",
        "detail": "10 working days after it",
        "state": "not yet",
        "chip": _reading("not started", "Not started"),
    },
]

HAPPENS_NEXT = [
    {"party": "reporter", "title": "You told us", "detail": "Today, 7:42 pm", "state": "happened"},
    {"party": "hotline", "title": "A trained person reads it", "detail": "By tomorrow, Friday 13 November", "state": "not yet"},
    {"party": "police", "title": "If a child may be at risk, police are told at once", "detail": "Social workers too.", "state": "not yet"},
    {"party": "reporter", "title": "We leave you an answer here", "detail": "Come back with your receipt", "state": "maybe"},
]

LANES = {
    "parties": ["reporter", "hotline", "host", "police", "social_care", "school"],
    "stations": [
        {"party": "reporter", "title": "Report received", "when": "12 Nov, 19:42"},
        {"party": "hotline", "title": "Read and decided", "when": "13 Nov, 09:12"},
        {"party": "host", "title": "Account closed", "when": "13 Nov, 13:58", "branch": True},
        {"party": "police", "title": "Package received", "when": "13 Nov, 09:12"},
        {"party": "police", "title": "Subject identified", "when": "16 Nov, 15:30"},
        {"party": "police", "title": "Access found", "when": "18 Nov, 10:05"},
        {"party": "social_care", "title": "Referral", "when": "18 Nov, 10:06"},
        {"party": "social_care", "title": "Strategy discussion", "when": "19 Nov, 14:00"},
        {"party": "school", "title": "Lead told", "when": "20 Nov, 11:10", "branch": True},
        {"party": "social_care", "title": "Plan made", "when": "8 Dec, 11:30"},
        {"party": "social_care", "title": "Core group", "when": "17 Dec, 10:00"},
        {"party": "reporter", "title": "Answer left", "when": "17 Dec, 16:20"},
    ],
}

STEPS = [
    {
        "party": "reporter",
        "when": "Thu 12 Nov, 19:42",
        "text": "A parent reports that an adult stranger asked to meet their child.",
        "entry": "88,102",
    },
    {
        "party": "hotline",
        "who": "R. Osei",
        "when": "Fri 13 Nov, 09:12",
        "text": "Read. Referred to police.",
        "entry": "88,231",
        "chip": _reading("done", "13 h 30 min"),
    },
    {"party": "police", "who": "D. Amara", "when": "Wed 18 Nov, 10:05", "text": "Access to children: found.", "entry": "89,376"},
    {
        "party": "social_care",
        "who": "K. Ndiaye",
        "when": "Tue 24 Nov, 10:40",
        "text": "Decision told to police.",
        "entry": "90,391",
        "chip": _reading("late", "3 working days late"),
    },
    {
        "party": "social_care",
        "when": "",
        "text": "First conference",
        "state": "not yet",
        "chip": _reading("due", "Due in 12 working days", "Thu 10 Dec", 0.2),
    },
]

WHERE = [
    ("chat", "In a chat or messages"),
    ("game", "In a game"),
    ("page", "On a website or an app’s public page"),
    ("call", "In a video call"),
    ("elsewhere", "Somewhere else online"),
    ("unknown", "I don’t know"),
]


# Charts, in each state: shown, hidden, one row, none. Each picture is on the page twice (light, dark), so ids get the theme's name.
SHARES = [
    {"label": "Any source", "note": "41 of 318", "words": "12.9%", "value": 0.129, "low": 0.096, "high": 0.17, "strong": True},
    {
        "label": "Record of an earlier conviction or allegation",
        "note": "22 of 318",
        "words": "6.9%",
        "value": 0.069,
        "low": 0.046,
        "high": 0.103,
    },
    {"label": "A child’s account", "note": "", "words": "not shown"},
]
WEEK_COLUMNS = [
    {"label": "Week from 5 Oct: 14 reports", "tick": "5 Oct", "counts": (0, 6, 0, 8)},
    {"label": "Week from 12 Oct: not shown", "tick": "12 Oct", "state": "hidden"},
    {"label": "Week from 19 Oct: 23 reports", "tick": "19 Oct", "counts": (5, 5, 6, 7)},
    {"label": "Week from 26 Oct: 18 reports", "tick": "26 Oct", "counts": (None, 11, None, 0), "rest": 7},
    {"label": "Week from 2 Nov: no report", "tick": "2 Nov", "counts": (0, 0, 0, 0)},
]


def _charts(theme: str) -> dict[str, Any]:
    ticks = [(tenth / 10, f"{tenth * 10}%") for tenth in range(8)]
    shares = {"title": "Shares by source", "description": "Three sources", "top": 0.7, "ticks": ticks}
    weeks = {"title": "Reports by week", "description": "Five weeks", "stages": ["Waits", "Closed", "Referred", "Taken up"]}
    marks = [(0.12, "12% official record"), (0.55, "55% self-report")]
    return {
        "shares": {**shares, "id": f"{theme}-shares", "rows": SHARES, "marks": marks},
        "one_share": {**shares, "id": f"{theme}-one-share", "rows": SHARES[:1]},
        "hidden_shares": {**shares, "id": f"{theme}-hidden-shares", "rows": SHARES[2:]},
        "weeks": {**weeks, "id": f"{theme}-weeks", "columns": WEEK_COLUMNS},
        "hidden_weeks": {**weeks, "id": f"{theme}-hidden-weeks", "columns": WEEK_COLUMNS[1:2]},
    }


class SampleForm(forms.Form):
    """One field of each kind."""

    where = forms.ChoiceField(
        label="Where did it happen?",
        help_text="Choose the first place. You can add others later.",
        choices=WHERE,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where it happened, or choose “I don’t know”"},
    )
    also = forms.MultipleChoiceField(label="Also", choices=WHERE[:3], widget=forms.CheckboxSelectMultiple, required=False)
    why = forms.CharField(label="Why", help_text="Put on the ledger under your name", error_messages={"required": "Enter why"})
    happened_on = forms.DateField(label="When", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    words = forms.CharField(
        label="Add to your report", help_text="Words only. Please don’t describe any picture.", widget=forms.Textarea, required=False
    )
    agency = forms.ChoiceField(label="To", choices=[("a", "Northmere Police"), ("b", "Northmere social care")], required=False)
    sure = forms.BooleanField(label="I have told the other agency", required=False)
    household = forms.ChoiceField(
        label="Own children in the household",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not yet known")],
        widget=forms.RadioSelect,
        required=False,
    )
    grade = forms.ChoiceField(
        label="Grade",
        choices=[("A", "Grade A"), ("B", "Grade B"), ("C", "Grade C"), ("N", "Not criminal"), ("U", "Unsure")],
        widget=forms.RadioSelect,
        required=False,
    )

    def clean_happened_on(self) -> date | None:
        day: date | None = self.cleaned_data["happened_on"]
        if day and day > _TODAY:
            raise ValidationError("Enter a date that is today or earlier")
        return day


def show(request: HttpRequest) -> HttpResponse:
    """`?ground=public` shows the same components on the public pages' ground; `?lang=ar` mirrors the page."""
    with translation.override("ar" if request.GET.get("lang") == "ar" else translation.get_language()):
        return _show(request)


def _show(request: HttpRequest) -> HttpResponse:
    themes = []
    for theme in ("light", "dark"):
        wrong = {f"wrong-{theme}-household": "unknown", f"wrong-{theme}-happened_on": "2026-12-31", f"wrong-{theme}-grade": "B"}
        themes.append(
            {
                "name": theme,
                "charts": _charts(theme),
                "form": SampleForm(prefix=theme, initial={"where": "game", "household": "yes", "also": ["chat"]}),
                "wrong": SampleForm(wrong, prefix=f"wrong-{theme}"),
                "no": SampleForm(prefix=f"no-{theme}", initial={"household": "no"}),
            }
        )
    return render(
        request,
        "styleguide.html",
        {
            "ground": "public" if request.GET.get("ground") == "public" else "desk",
            "themes": themes,
            "colours": COLOURS,
            "party_kinds": list(PARTIES),
            "clocks": CLOCKS,
            "procedure": PROCEDURE,
            "happens_next": HAPPENS_NEXT,
            "lanes": LANES,
            "steps": STEPS,
            "today": _TODAY,
            "late_ribbon": _explained(date(2026, 11, 18), 1),
            "conference_ribbon": _explained(date(2026, 11, 19), 15),
            "assessment_ribbon": _explained(date(2026, 11, 18), 45),
            "police": {"kind": "police", "name": "Northmere Police"},
        },
    )
