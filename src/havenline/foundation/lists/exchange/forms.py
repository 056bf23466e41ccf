"""What is typed about a source. Rules live in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.lists.exchange.models import Source

HOURS = ((15, _("15 minutes")), (60, _("an hour")), (360, _("six hours")), (720, _("twelve hours")), (1440, _("a day")))


class SourceForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it speaks"), choices=Source.Kind.choices, error_messages={"required": _("Choose what the source speaks")}
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("As they gave it, beginning with https://. Of another Havenline: https://their-host/api/v1/lists/NAME."),
        error_messages={"required": _("Enter the address that they gave you")},
    )
    user = forms.CharField(label=_("User’s name there"), max_length=120, required=False)
    secret = forms.CharField(
        label=_("Secret: their password, token or key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Sealed, and never shown again. Left empty, the one that is kept stays, as long as the address does."),
    )
    signers = forms.CharField(
        label=_("Keys that sign it"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Of another Havenline alone, a line each. Ask for them by telephone or on paper."),
    )
    every_minutes = forms.TypedChoiceField(label=_("Ask it every"), choices=HOURS, coerce=int, initial=360)
