"""Whose the case is, what of it is looked at, and in whose calendar it stands."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import queries
from havenline.journey.safeguarding.actions.calendars import WHO_MAY
from havenline.journey.safeguarding.forms.fields import Day, Person, words
from havenline.journey.safeguarding.models import CalendarFeed
from havenline.journey.safeguarding.queries import chronology


class PeopleForm(forms.Form):
    owner = Person(label=_("Holds the case"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    cover = Person(label=_("Covers in their absence"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    manager = Person(label=_("Manager"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    chair = Person(label=_("Conference chair"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holders = queries.case_holders(by=by)
        self.fields["owner"].queryset = self.fields["cover"].queryset = holders  # type: ignore[attr-defined]
        self.fields["manager"].queryset = queries.people_of(by=by, role=Role.TEAM_MANAGER)  # type: ignore[attr-defined]
        self.fields["chair"].queryset = queries.people_of(by=by, role=Role.CONFERENCE_CHAIR)  # type: ignore[attr-defined]


class ReassignForm(forms.Form):
    to = Person(
        label=_("To whom"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose who takes it over")},
    )
    words = words(
        _("Hand-over note"),
        missing=_("Say what whoever takes it over must know"),
        help_text=_("What was promised, what comes next, what worries you. It waits for them until they have read it."),
    )

    def __init__(self, *args: Any, by: Membership, held_by: Membership | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = queries.case_holders(by=by)
        self.fields["to"].queryset = others.exclude(pk=held_by.pk) if held_by else others  # type: ignore[attr-defined]


class ReassignSeveralForm(ReassignForm):
    """The same for several cases; `cases`: reference and words of each that is offered."""

    cases = forms.MultipleChoiceField(
        label=_("Which cases"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose the cases that go")}
    )
    field_order = ("cases", "to", "words")

    def __init__(self, *args: Any, by: Membership, cases: list[tuple[str, str]], chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, by=by, held_by=None, **kwargs)
        self.fields["cases"].choices = cases  # type: ignore[attr-defined]
        self.fields["cases"].initial = [reference for reference, _words in cases] if chosen else []


class ChronologyForm(forms.Form):
    """By GET: what is shown stands in the address."""

    kinds = forms.MultipleChoiceField(label=_("What happened"), required=False, widget=forms.CheckboxSelectMultiple)
    since = Day(label=_("From"), required=False)
    until = Day(label=_("Until"), required=False)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    words = forms.CharField(label=_("Words"), required=False, max_length=200)

    def __init__(self, *args: Any, events: list[chronology.Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(code, title) for code, title in chronology.KINDS.items()]  # type: ignore[attr-defined]
        agencies = {event.agency.slug: event.agency.name for event in events}
        self.fields["agency"].choices = [("", _("Every agency")), *sorted(agencies.items(), key=lambda one: one[1])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _("Enter a day that is not before the first one."))
        return said


class CalendarForm(forms.Form):
    whose = forms.ChoiceField(
        label=_("What it shows"), widget=forms.RadioSelect, error_messages={"required": _("Choose what the calendar shows")}
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [(code, label) for code, label in CalendarFeed.Whose.choices if by.role in WHO_MAY[code]]
        self.fields["whose"].choices = mine  # type: ignore[attr-defined]
        self.fields["whose"].initial = mine[0][0]
