"""Which questions a report asks, in which order, and what its pages say. Pure: pages in, answers out.

`pages` is what was typed, page by page, as it was typed: Back and Change lose nothing, and everything is checked again
before it is sent.
"""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from havenline.journey.intake import forms
from havenline.journey.intake.models import ReportKind

Pages = dict[str, dict[str, list[str]]]

QUESTIONS: dict[str, type[forms.Question]] = {
    "who": forms.Who,
    "what": forms.What,
    "removal": forms.Removal,
    "danger": forms.InDanger,
    "call": forms.Call,
    "address": forms.Address,
    "where": forms.Where,
    "place": forms.Place,
    "conversation": forms.Conversation,
    "happened": forms.Happened,
    "me": forms.Me,
    "relation": forms.Relation,
    "child": forms.Child,
    "you": forms.You,
    "contact": forms.Contact,
    "check": forms.Check,
}
TO_READ = frozenset({"removal", "call", "check"})  # pages without a question: not counted
ONLINE = {ReportKind.CONTACT, ReportKind.CONVERSATION, ReportKind.PICTURE_OF_ME, ReportKind.OTHER}


def _said(pages: Pages, page: str, field: str) -> str:
    values = pages.get(page, {}).get(field) or [""]
    return values[-1]


def about(pages: Pages) -> dict[str, Any]:
    """What the later questions depend on."""
    who, kind = _said(pages, "who", "who"), _said(pages, "what", "kind")
    is_me = kind == ReportKind.PICTURE_OF_ME or (who == "under_18" and _said(pages, "me", "me") == "me")
    return {"who": who, "kind": kind, "is_me": is_me, "danger": _said(pages, "danger", "danger")}


def path(pages: Pages) -> list[str]:
    """The pages of this report, first to last."""
    known = about(pages)
    who, kind = known["who"], known["kind"]
    steps = ["who", "what"]
    if kind == ReportKind.PICTURE_OF_ME:
        steps.append("removal")
    steps.append("danger")
    if known["danger"] == "now":
        steps.append("call")
    if kind == ReportKind.WEB_PAGE:
        steps.append("address")
    elif kind in ONLINE:
        steps += ["where", "place"]
    elif kind == ReportKind.ADULT_I_KNOW:
        steps.append("place")
    if kind == ReportKind.CONVERSATION:
        steps.append("conversation")
    steps.append("happened")
    if kind != ReportKind.LONG_AGO:
        if who == "under_18" and kind != ReportKind.PICTURE_OF_ME:
            steps.append("me")
        if not known["is_me"]:
            steps.append("relation")
        if kind != ReportKind.WEB_PAGE or known["is_me"] or _said(pages, "relation", "relation") in {"lives_with", "knows"}:
            steps.append("child")
    if not known["is_me"]:
        steps.append("you")
    return [*steps, "contact", "check"]


def form_of(step: str, pages: Pages, *, check: bool = False) -> forms.Question:
    """A page's form with what was typed there; `check=True` binds it, so that it says its errors."""
    kind = QUESTIONS[step]
    known = about(pages)
    typed = pages.get(step)
    if check:
        return kind(as_data(typed or {}), about=known)
    form = kind(about=known)
    if typed is not None:
        form = kind(about=known, initial={name: values[-1] for name, values in typed.items() if values})
    return form


def as_data(typed: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def first_unready(pages: Pages) -> str | None:
    """The first page on the path that was not answered, or not so that it can be sent."""
    for step in path(pages):
        if step == "check":
            return None
        if step not in pages or not form_of(step, pages, check=True).is_valid():
            return step
    return None


def number_of(step: str, pages: Pages) -> tuple[int, int]:
    """Question 3 of 6; (0, 0) for a page that asks nothing."""
    asked = [s for s in path(pages) if s not in TO_READ]
    return (asked.index(step) + 1, len(asked)) if step in asked else (0, 0)


def answers_of(pages: Pages) -> dict[str, Any]:
    """The answers as they are stored, of the pages on the path. Every page there must be ready (`first_unready`)."""
    known = about(pages)
    said: dict[str, Any] = {}
    for step in path(pages):
        form = form_of(step, pages, check=True)
        form.is_valid()
        said.update({(step, name): value for name, value in form.cleaned_data.items()})

    def given(step: str, name: str, empty: Any = "") -> Any:
        return said.get((step, name), empty)  # type: ignore[call-overload]

    is_me = known["is_me"]
    name = given("child", "child_name") if is_me else given("you", "name")
    return {
        "who": known["who"],
        "kind": known["kind"],
        "happened": given("happened", "happened"),
        "place": {
            "urls": given("address", "urls", []) or given("place", "urls", []),
            "app": given("place", "app"),
            "accounts": given("place", "accounts", []),
            "conversation": given("conversation", "conversation"),
            "where": given("where", "where"),
        },
        "danger": given("danger", "danger"),
        "child": {
            "is_me": is_me,
            "name": given("child", "child_name"),
            "age": given("child", "age", None),
            "town": given("child", "town"),
            "school": given("child", "school"),
        },
        "relation": "me" if is_me else given("relation", "relation", "unknown"),
        "reporter": {"name": name, "contact": given("contact", "contact") if given("contact", "how") != "here" else ""},
        "contact": {"how": given("contact", "how", "here"), "when": given("contact", "when") if given("contact", "how") != "here" else ""},
    }


def summary(pages: Pages) -> list[dict[str, str]]:
    """`[{step, question, answer}]` for the page where a person checks what they wrote."""
    lines = []
    for step in path(pages):
        if step in TO_READ:
            continue
        form = form_of(step, pages, check=True)
        for bound in form.visible_fields():
            if step == "contact" and bound.name != "how" and _said(pages, "contact", "how") == "here":
                continue
            lines.append({"step": step, "question": str(bound.label), "answer": _shown(bound)})
    return lines


def _shown(bound: Any) -> str:
    value = bound.data if bound.form.is_bound else bound.initial
    if hasattr(bound.field, "choices"):
        return str(dict(bound.field.choices).get(value, ""))
    if isinstance(value, bool) or bound.name == "no_address":
        return _("Yes") if value else ""
    return str(value or "")
