"""A paper's form in a browser: Django's own fields for its questions, and a table for what has rows. No rule lives here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from havenline.journey.safeguarding import papers
from havenline.journey.safeguarding.actions.refusals import PaperNotWhole
from havenline.journey.safeguarding.papers import Content, Field

BLANK = 2  # rows more than there are
MOST_ROWS = 60
LONGEST = 20_000  # characters of one answer
YES_NO = (("yes", _("Yes")), ("no", _("No")), ("not_known", _("Not yet known")))
THERE = (("", "–"), ("yes", _("Yes")), ("no", _("No")))


class Rows(forms.Widget):
    """A table of inputs, `name-row-column`; a row of which nothing is said is none."""

    template_name = "safeguarding/rows.html"
    use_fieldset = True

    def __init__(self, question: Field) -> None:
        super().__init__()
        self.question = question

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        found = []
        for row in range(MOST_ROWS):
            said = {code: str(data.get(f"{name}-{row}-{code}", "")).strip() for code, _title in self.question.columns}
            if any(said.values()):
                found.append(said)
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        rows = [*(value or []), *({} for _blank in range(BLANK))][:MOST_ROWS]
        choices = {"agency": (("", "–"), *papers.AGENCIES.items()), "there": THERE} if self.question.kind == "people" else {}
        return {
            "widget": {"name": name},
            "columns": self.question.columns,
            "rows": [
                [
                    {
                        "name": f"{name}-{number}-{code}",
                        "label": title,
                        "value": row.get(code, ""),
                        "choices": choices.get(code, ()),
                        "is_long": self.question.kind == "rows" and len(self.question.columns) < 3,
                    }
                    for code, title in self.question.columns
                ]
                for number, row in enumerate(rows)
            ],
        }


class RowsField(forms.Field):
    """A list of rows. What is too long is refused, never cut."""

    def __init__(self, question: Field, **said: Any) -> None:
        super().__init__(widget=Rows(question), **said)

    def validate(self, value: list[dict[str, str]]) -> None:
        if any(len(cell) > LONGEST for row in value for cell in row.values()):
            raise forms.ValidationError(_("Shorten what stands in one place to 20,000 characters"))


class PaperForm(forms.Form):
    """`base`: the version that this page began with."""

    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, form: papers.Form, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form = form
        for question in form.fields:
            self.fields[question.name] = _field(question)

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(part.title, [self[question.name] for question in part.fields]) for part in self.form.parts]

    def say_what_is_missing(self, refusal: PaperNotWhole) -> None:
        """Each thing where it belongs."""
        for name, what in refusal.missing.items():
            self.add_error(name, forms.ValidationError(_("Before it is finished, say: %(what)s") % {"what": what}, code="required"))
        if not refusal.missing:
            self.add_error(None, str(refusal))

    def content(self) -> Content:
        """What was typed, by field; days as they are written in a version."""
        return {question.name: _plain(self.cleaned_data.get(question.name)) for question in self.form.fields}


def _plain(said: Any) -> Any:
    return said.isoformat() if hasattr(said, "isoformat") else said


def _field(question: Field) -> forms.Field:
    said: dict[str, Any] = {"label": question.title, "required": False, "help_text": question.help}
    if question.kind == "words":
        return forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}), **said)
    if question.kind == "line":
        return forms.CharField(max_length=300, **said)
    if question.kind == "day":
        return forms.DateField(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Enter a date like 2026-11-19")},
            **said,
        )
    if question.kind == "choice":
        return forms.ChoiceField(choices=question.options, widget=forms.RadioSelect, **said)
    if question.kind == "yes_no":
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **said)
    if question.kind == "many":
        return forms.MultipleChoiceField(choices=question.options, widget=forms.CheckboxSelectMultiple, **said)
    return RowsField(question, **said)


def _day(said: str) -> str:
    """A day as people write it; whatever else an earlier form may have kept there stays as it is."""
    try:
        return date_format(date.fromisoformat(said), "j F Y")
    except ValueError:
        return said


def in_words(question: Field, said: Any) -> Any:
    """An answer as it is read: text, or rows of text."""
    if question.is_empty(said):
        return ""
    if question.kind == "day":
        return _day(str(said))
    if question.kind in ("choice", "yes_no"):
        return dict(question.options or YES_NO).get(said, said)
    if question.kind == "many":
        return ", ".join(dict(question.options).get(one, one) for one in said)
    if question.kind in ("rows", "people"):
        words: Mapping[str, Any] = papers.AGENCIES | {"yes": _("Yes"), "no": _("No")} if question.kind == "people" else {}
        return [[words.get(row.get(code, ""), row.get(code, "")) for code, _title in question.columns] for row in said]
    return said
