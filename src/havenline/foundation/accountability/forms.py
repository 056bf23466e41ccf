"""What is typed about requests and breaches. Rules live in the actions."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.accountability.models import Breach, Choice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _words(label: "StrOrPromise", hint: "StrOrPromise" = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=4000, required=required, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say it in words")},
    )  # fmt: skip


def _day(label: "StrOrPromise", hint: "StrOrPromise" = "") -> forms.DateField:
    messages = {"required": _("Choose a day"), "invalid": _("Enter a day such as 2027-05-31")}
    return forms.DateField(label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}), error_messages=messages)


def _moment(label: "StrOrPromise", hint: "StrOrPromise" = "", *, required: bool = True) -> forms.DateTimeField:
    messages = {"required": _("Enter day and time"), "invalid": _("Enter day and time such as 2027-05-31 14:30")}
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=hint, required=required, widget=widget, error_messages=messages)


class RequestForm(forms.Form):
    name = forms.CharField(label=_("Name of whoever asks"), max_length=120, error_messages={"required": _("Enter their name")})
    born_on = forms.CharField(label=_("Date of birth, as they say it"), max_length=40, required=False)
    contact = forms.CharField(label=_("Where the answer goes"), max_length=300, error_messages={"required": _("Say where the answer goes")})
    asks = _words(_("What they ask for"), required=False)
    identity_checked = forms.CharField(label=_("How their identity was checked"), max_length=120, required=False)
    received_on = _day(_("It came on"), _("The month counts from this day."))


class RecordForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of a record about them"), max_length=20, error_messages={"required": _("Enter its reference")}
    )


class DecideForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What is disclosed"), choices=Choice.What.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose one")}
    )
    reason = _words(_("Why"), _("An exemption, or what outweighs it. Not told to whoever asks."))


class ExtendForm(forms.Form):
    reason = _words(_("Why it takes longer"), _("They are told."))


class EndForm(forms.Form):
    number = forms.CharField(
        label=_("Its number"), help_text=_("There is no way back."), max_length=20, error_messages={"required": _("Type its number")}
    )


class BreachForm(forms.Form):
    what = _words(_("What happened"), _("Whose data, how much, and what was done about it."))
    happened_at = _moment(_("When it happened"), _("Leave it empty where that is not known yet."), required=False)
    known_at = _moment(_("When it was known"), _("The 72 hours count from here."))


class BreachDecisionForm(forms.Form):
    decided = forms.ChoiceField(
        label=_("The regulator"), choices=Breach.Decided.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose one")}
    )
    reason = _words(_("Its number there, or why a risk to anybody is unlikely"))


class ToldForm(forms.Form):
    words = _words(_("Who was told, and how"))
