"""What the front door asks of whoever telephones, writes or comes in: as many children and people as they tell of."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.records.models import Silence
from havenline.journey.safeguarding.actions.told import MOST_CHILDREN
from havenline.journey.safeguarding.forms import Day, Hour, words
from havenline.journey.safeguarding.models import ToldReferral

MOST_PEOPLE = 20
PEOPLE_FIRST = 2


def _text(label: Any, most: int, *, hint: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, help_text=hint, widget=forms.TextInput(attrs=attrs))


def _of_a_child() -> dict[str, forms.Field]:
    return {
        "name": _text(_("Name"), 120, hint=_("As they say it, in any order and script."), dir="auto"),
        "born_on": Day(label=_("Date of birth"), required=False),
        "age": forms.IntegerField(label=_("Age, as told"), required=False, min_value=0, max_value=120),
        "school": _text(_("School or nursery"), 160),
    }


def _more_of_a_child() -> dict[str, forms.Field]:
    return {
        "other_names": _text(_("Other names"), 300, hint=_("A comma between them."), dir="auto"),
        "born_about": _text(_("When born, if no date is known"), 60, hint=_("As it was told, such as summer 2019.")),
        "born_earliest": Day(label=_("That is at the earliest"), required=False),
        "born_latest": Day(label=_("And at the latest"), required=False),
        "expected_on": Day(label=_("Unborn: expected on"), required=False),
        "language": _text(_("Language"), 60),
        "nhs": _text(_("NHS number"), 20),
        "upn": _text(_("Unique pupil number"), 20),
    }


def _of_a_person() -> dict[str, forms.Field]:
    return {
        "name": _text(_("Who"), 120, dir="auto"),
        "relation": _text(_("Related how"), 60),
        "is_parent": forms.BooleanField(label=_("Parent"), required=False),
        "lives_with": forms.BooleanField(label=_("Lives with the child"), required=False),
        "cares_for": forms.BooleanField(label=_("Cares for the child"), required=False),
    }


class ToldForm(forms.Form):
    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    children = forms.IntegerField(widget=forms.HiddenInput, required=False)
    people = forms.IntegerField(widget=forms.HiddenInput, required=False)
    source = forms.ChoiceField(
        label=_("Who referred"),
        choices=[("", _("Choose")), *ToldReferral.Source.choices],
        error_messages={"required": _("Choose who referred")},
    )
    reporter = _text(_("Their name"), 120, dir="auto")
    contact = _text(_("How they can be reached"), 300, hint=_("Telephone or address: they are told what was decided."))
    relation = _text(_("How they know the child"), 160)
    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=ToldReferral.Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it came")},
    )
    received_on = Day(label=_("When it came"), help_text=_("The clocks count from then, not from when you record it."))
    received_at = Hour(label=_("At what time"), required=True)
    concern = words(_("What was said"), missing=_("Enter what was said"), help_text=_("In their words as far as you can."))
    urgent = forms.BooleanField(label=_("A child may be in danger today"), required=False)
    must_not_learn = forms.MultipleChoiceField(
        label=_("Who must not learn of it"),
        required=False,
        choices=[
            (one.value, one.label)
            for one in (Silence.Audience.SUBJECT, Silence.Audience.HOUSEHOLD, Silence.Audience.SCHOOL, Silence.Audience.REPORTER)
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Every letter, call and print asks this first."),
    )
    household = _text(_("Household, as told"), 300, hint=_("Who lives there, in a few words."))
    address = _text(_("Address"), 300)
    no_fixed_address = forms.BooleanField(label=_("No fixed address"), required=False)
    found_at = _text(_("Where the child is found, if not there"), 300, hint=_("School, a hostel, with whom."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers: list[int] = []
        said: Mapping[str, Any] = self.data if self.is_bound else self.initial
        now = moment.now().astimezone(moment.LONDON)
        self.initial.setdefault("token", uuid4().hex)
        self.initial.setdefault("received_on", now.date())
        self.initial.setdefault("received_at", now.time().replace(second=0, microsecond=0))
        self.child_count = _count(said.get("children"), 1, MOST_CHILDREN)
        self.people_count = _count(said.get("people"), PEOPLE_FIRST, MOST_PEOPLE)
        self.initial["children"], self.initial["people"] = self.child_count, self.people_count
        for number in range(1, self.child_count + 1):
            for name, field in {**_of_a_child(), **_more_of_a_child()}.items():
                self.fields[f"child-{number}-{name}"] = field
        for number in range(1, self.people_count + 1):
            for name, field in _of_a_person().items():
                self.fields[f"person-{number}-{name}"] = field

    def each_child(self) -> Iterator[tuple[int, list[BoundField], list[BoundField], bool]]:
        """Number, what is asked first, what is asked where it matters, and whether that says something."""
        for number in range(1, self.child_count + 1):
            more = [self[f"child-{number}-{name}"] for name in _more_of_a_child()]
            yield number, [self[f"child-{number}-{name}"] for name in _of_a_child()], more, any(one.errors or one.value() for one in more)

    def each_person(self) -> Iterator[tuple[int, list[BoundField]]]:
        for number in range(1, self.people_count + 1):
            yield number, [self[f"person-{number}-{name}"] for name in _of_a_person()]

    def rest(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    @property
    def about_referrer(self) -> list[BoundField]:
        return self.rest("source", "reporter", "contact", "relation", "channel", "received_on", "received_at")

    @property
    def about_concern(self) -> list[BoundField]:
        return self.rest("concern", "urgent", "must_not_learn")

    @property
    def about_home(self) -> list[BoundField]:
        return self.rest("address", "no_fixed_address", "found_at", "household")

    def told(self) -> dict[str, Any]:
        """What `actions.record_told_referral` takes."""
        said = self.cleaned_data
        names = [*_of_a_child(), *_more_of_a_child()]
        children = [{name: said.get(f"child-{n}-{name}") for name in names} for n in range(1, self.child_count + 1)]
        self.numbers = [n for n, one in enumerate(children, start=1) if any(value not in ("", None) for value in one.values())] or [1]
        people = [{name: said.get(f"person-{n}-{name}") for name in _of_a_person()} for n in range(1, self.people_count + 1)]
        plain = ("token", "source", "channel", "concern", "reporter", "contact", "relation", "household", "address", "found_at")
        return {
            **{name: said[name] for name in plain},
            "no_fixed_address": said["no_fixed_address"],
            "urgent": said["urgent"],
            "must_not_learn": said["must_not_learn"],
            "received_at": datetime.combine(said["received_on"], said["received_at"], tzinfo=moment.LONDON),
            # A child of whom nothing but the place is known is a child all the same.
            "children": [children[n - 1] for n in self.numbers],
            "people": [one for one in people if one["name"]],
        }

    def say(self, wrong: Mapping[str, str]) -> None:
        """What the action refused, beside its field: rows that were left empty count here and not there."""
        for name, told in wrong.items():
            kind, _dash, rest = name.partition("-")
            number, _dash, field = rest.partition("-")
            own = f"child-{self.numbers[int(number) - 1]}-{field}" if kind == "child" else name
            self.add_error(own if own in self.fields else None, told)

    def clean(self) -> dict[str, Any]:
        """A person around the child has a name."""
        said = super().clean() or {}
        for number in range(1, self.people_count + 1):
            of_them = {name: said.get(f"person-{number}-{name}") for name in _of_a_person()}
            if any(of_them.values()) and not of_them["name"]:
                self.add_error(f"person-{number}-name", _("Enter who it is"))
        return said


def _count(said: Any, least: int, most: int) -> int:
    text = str(said or "")
    return min(max(int(text), least), most) if text.isascii() and text.isdecimal() and len(text) < 4 else least
