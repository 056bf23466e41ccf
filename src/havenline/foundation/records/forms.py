"""What is typed about a cover. Rules live in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Silence


class SilenceForm(forms.Form):
    audience = forms.ChoiceField(label=_("Who must not learn of it"), choices=Silence.Audience.choices)
    reason = forms.CharField(label=_("Why"), max_length=1000, error_messages={"required": _("Say why")})


class LiftForm(forms.Form):
    silence = forms.IntegerField()
    reason = forms.CharField(label=_("Why it is lifted"), max_length=1000, error_messages={"required": _("Say why it is lifted")})


class HoldersForm(forms.Form):
    owner = forms.ModelChoiceField(label=_("Held by"), queryset=Membership.objects.none(), required=False, empty_label=_("As now"))
    cover = forms.ModelChoiceField(label=_("Covered by"), queryset=Membership.objects.none(), required=False, empty_label=_("As now"))


class NumberForm(forms.Form):
    system = forms.CharField(label=_("System"), max_length=60, error_messages={"required": _("Enter the system, such as “crime number”")})
    number = forms.CharField(label=_("Number"), max_length=60, error_messages={"required": _("Enter the number")})
