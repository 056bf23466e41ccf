"""The child, the people around the child, and what is noted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.journey.safeguarding.forms.fields import Day, Hour, words
from havenline.journey.safeguarding.models import CaseNote


class ChildForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Enter a name")})
    other_names = forms.CharField(
        label=_("Other names"), max_length=300, required=False, help_text=_("By which the child is or was called. A comma between them.")
    )
    born_on = Day(label=_("Date of birth"), required=False)
    born_about = forms.CharField(
        label=_("When born, if no date is known"), max_length=60, required=False, help_text=_("As it was told, such as summer 2019.")
    )
    born_earliest = Day(label=_("That is at the earliest"), required=False)
    born_latest = Day(label=_("And at the latest"), required=False)
    expected_on = Day(label=_("Unborn: expected on"), required=False)
    age_as_told = forms.IntegerField(
        label=_("Age, as told"), required=False, min_value=0, max_value=25, error_messages={"invalid": _("Enter the age in whole years")}
    )
    school = forms.CharField(label=_("School"), max_length=160, required=False)
    language = forms.CharField(label=_("Language"), max_length=60, required=False)
    no_fixed_address = forms.BooleanField(label=_("No fixed address"), required=False)
    found_at = forms.CharField(
        label=_("Where the child is found, if not at home"), max_length=300, required=False, help_text=_("School, a hostel, with whom.")
    )
    as_read = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)


class NumberForm(forms.Form):
    system = forms.CharField(
        label=_("System"),
        max_length=40,
        help_text=_("NHS, UPN, or the name of another system."),
        error_messages={"required": _("Enter the system")},
        widget=forms.TextInput(attrs={"list": "systems"}),
    )
    number = forms.CharField(label=_("The child’s number in it"), max_length=40, error_messages={"required": _("Enter the number")})


class RelationshipForm(forms.Form):
    name = forms.CharField(label=_("Who"), max_length=120, error_messages={"required": _("Enter who it is")})
    relation = forms.CharField(label=_("Related how"), max_length=60, error_messages={"required": _("Enter how they are related")})
    lives_with = forms.BooleanField(label=_("Lives with the child"), required=False)
    cares_for = forms.BooleanField(label=_("Cares for the child"), required=False)
    is_parent = forms.BooleanField(label=_("Is a parent"), required=False)
    born_on = Day(label=_("Their date of birth, if it is known"), required=False)
    said_by = forms.CharField(label=_("Who said so"), max_length=120, error_messages={"required": _("Enter who said so")})
    said_on = Day(label=_("When they said so"), required=False)


class SeenForm(forms.Form):
    happened_on = Day(label=_("When the child was seen"))
    happened_at = Hour()
    view = words(_("What the child said they want and feel"), required=False, help_text=_("In their words, as short as it can be."))


class TellForm(forms.Form):
    whom = forms.ChoiceField(
        label=_("Who"), choices=CaseNote.Whom.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose who")}
    )
    invited_to = forms.ChoiceField(label=_("Invited to"), required=False)
    words = words(_("What they were told"), missing=_("Say what they were told"), help_text=_("Only what they need."))
    happened_on = Day(label=_("When"))
    happened_at = Hour()

    def __init__(self, *args: Any, meetings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invited_to"].choices = [("", _("Told, not invited")), *meetings]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    words = words(_("Note"), missing=_("Enter the note"))
