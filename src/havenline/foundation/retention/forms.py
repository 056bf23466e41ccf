"""What is typed about the end of a record. Rules live in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is held"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Proceedings, an inquiry, a complaint. It is sealed with the record."),
        error_messages={"required": _("Say why it is held")},
    )
    review_on = forms.DateField(
        label=_("Look at it again on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The hold does not end by itself on that day."),
        error_messages={"required": _("Choose a day"), "invalid": _("Enter a day such as 2027-05-31")},
    )


class ReleaseForm(forms.Form):
    reason = forms.CharField(label=_("Why it is released"), max_length=1000, error_messages={"required": _("Say why it is released")})


class FindRecordForm(forms.Form):
    reference = forms.CharField(label=_("Its reference"), max_length=20, error_messages={"required": _("Enter its reference")})


class EraseForm(forms.Form):
    count = forms.IntegerField(
        label=_("How many records you erase"),
        help_text=_("Type the number: there is no way back."),
        error_messages={"required": _("Type how many they are"), "invalid": _("Type how many they are, as a number")},
    )
