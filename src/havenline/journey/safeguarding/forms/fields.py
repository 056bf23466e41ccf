"""What several forms of the room have in common: a day, an hour, words, a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership


class Day(forms.DateField):
    def __init__(self, *, label: Any = None, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label or _("When"),
            required=required,
            help_text=help_text,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": _("Enter the date"), "invalid": _("Enter a date like 2026-11-19")},
        )


class Hour(forms.TimeField):
    def __init__(self, *, label: Any = None, required: bool = False) -> None:
        super().__init__(
            label=label or _("At what time"),
            required=required,
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": _("Enter the time"), "invalid": _("Enter a time like 14:00")},
        )


def words(label: Any, *, required: bool = True, missing: Any = "", help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": missing or _("Say why"), "max_length": _("Shorten it to 8,000 characters")},
    )


class OnCase(forms.Form):
    """Every form on a case says how much of it the person had seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class Person(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own class takes none at run time
    """A person of this agency, by name."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.name
