"""What the conference service’s screens ask. No rule lives here: the actions refuse what cannot be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.forms import Day, Hour, Person, words
from havenline.journey.safeguarding.models import ConferenceRoom
from havenline.journey.safeguarding.queries import diary
from havenline.journey.safeguarding.queries.what_if import LOOKED_AHEAD, USUAL_A_WEEK, Imagined

WEEKDAYS = [("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday"))]


def number(
    label: Any, *, least: int, most: int, required: bool = True, help_text: Any = "", initial: int | None = None
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        help_text=help_text,
        initial=initial,
        error_messages={
            "required": _("Enter a number"),
            "invalid": _("Enter a whole number"),
            "min_value": _("Enter %(limit_value)s or more"),
            "max_value": _("Enter %(limit_value)s or less"),
        },
    )


class RoomForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, error_messages={"required": _("Enter the room’s name")})
    places = number(_("Places"), least=1, most=500)
    accessible = forms.BooleanField(label=_("Can be reached without a step"), required=False)


class SittingForm(forms.Form):
    begins = Hour(label=_("Begins"), required=True)
    ends = Hour(label=_("Ends"), required=True)


class AwayForm(forms.Form):
    who = Person(label=_("Who"), queryset=Membership.objects.none(), empty_label=_("Choose"), error_messages={"required": _("Choose who")})
    since = Day(label=_("First day"))
    until = Day(label=_("Last day"))

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = diary.colleagues(by=by)  # type: ignore[attr-defined]


class WeekForm(forms.Form):
    weekdays = forms.MultipleChoiceField(label=_("Days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, required=False)
    most_a_day = number(_("At most in one day"), least=1, most=8)


class NeedForm(forms.Form):
    people = number(_("How many people come"), least=2, most=60)
    step_free = forms.BooleanField(label=_("Somebody cannot climb a step"), required=False)


class PlaceForm(forms.Form):
    """One of the free places; room and chair as the diary offers them, or others."""

    place = forms.ChoiceField(label=_("Free places"), widget=forms.RadioSelect, error_messages={"required": _("Choose a place")})
    chair = Person(
        label=_("Chair"), queryset=Membership.objects.none(), required=False, empty_label=_("Whoever is free, the case’s own chair first")
    )
    room = forms.ModelChoiceField(
        label=_("Room"), queryset=ConferenceRoom.objects.none(), required=False, empty_label=_("The smallest that is large enough")
    )
    reason = words(_("Why it cannot be in time, if it is after the last day"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        self.fields["chair"].queryset = diary.chairs_asked(by=by)  # type: ignore[attr-defined]
        self.fields["room"].queryset = diary.rooms(by=by)  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    until = Day(label=_("Plan what is due until"))


class AcceptForm(forms.Form):
    reason = words(_("Why those after their last day cannot be earlier"), required=False)


class WhatIfForm(forms.Form):
    """Each part may be left out. Nothing is changed by it."""

    holiday = Day(label=_("A bank holiday more"), required=False, help_text=_("A day that becomes one, such as 2026-12-23."))
    no_holiday = Day(label=_("A bank holiday less"), required=False, help_text=_("A day that is one and would not be."))
    edition = forms.ChoiceField(label=_("The limits of another edition"), required=False)
    step = forms.ChoiceField(label=_("Another limit for one step"), required=False)
    amount = number(_("Its limit"), least=1, most=400, required=False, help_text=_("In the step’s own unit, which its name says."))
    fewer_chairs = number(_("Chairs fewer"), least=0, most=20, required=False, help_text=_("The first ones by name."))
    away = Person(label=_("Somebody is away"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    since = Day(label=_("First day of that"), required=False)
    until = Day(label=_("Last day of that"), required=False)
    a_week = number(_("Steps that a person finishes in a week, now"), least=1, most=50, required=False, initial=USUAL_A_WEEK)
    then_a_week = number(_("Steps that a person would finish in a week"), least=1, most=50, required=False)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = procedure.guidance()
        now = held.in_force(moment.today())
        self.fields["edition"].choices = [  # type: ignore[attr-defined]
            ("", _("As they are")),
            *((edition.name, edition.title) for edition in reversed(held.editions) if edition is not now),
        ]
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *(
                (step.code, f"{step.title} ({procedure.in_words(step.clock.amount, step.clock.unit)})")
                for step in now.steps
                if step.clock is not None and step.code not in path.CLOCK_ELSEWHERE
            ),
        ]
        self.fields["away"].queryset = diary.colleagues(by=by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if (told.get("fewer_chairs") or told.get("away")) and not (since and until):
            self.add_error("since", _("Enter from when until when: the chairs fewer, or whoever is away, need their days"))
        if since and until and until < since:
            self.add_error("until", _("Enter a last day that is on or after the first"))
        elif since and until and (until - since).days > LOOKED_AHEAD:
            self.add_error("until", _("Enter a last day within %(days)s days of the first") % {"days": LOOKED_AHEAD})
        if told.get("step") and not told.get("amount"):
            self.add_error("amount", _("Enter the limit that the step would have"))
        return told

    def imagined(self) -> Imagined:
        told = self.cleaned_data
        return Imagined(
            holiday=told["holiday"],
            no_holiday=told["no_holiday"],
            edition=told["edition"],
            step=told["step"],
            amount=told["amount"] if told["step"] else None,
            fewer_chairs=told["fewer_chairs"] or 0,
            away=told["away"],
            since=told["since"],
            until=told["until"],
            a_week=told["a_week"] or USUAL_A_WEEK,
            then_a_week=told["then_a_week"],
        )
