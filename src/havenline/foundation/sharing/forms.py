"""What is typed about sharing and break-glass. Rules live in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.sharing import queries


class ReasonForm(forms.Form):
    """One reason, in words."""

    reason = forms.CharField(
        label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, error_messages={"required": _("Say why")}
    )


class ShareForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=_("With"),
        queryset=Agency.objects.none(),
        to_field_name="slug",
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the agency"), "invalid_choice": _("Choose an agency of the list")},
    )
    purpose = forms.CharField(label=_("What for"), max_length=120, error_messages={"required": _("Say what they need it for")})
    lawful_basis = forms.CharField(
        label=_("Lawful basis"),
        max_length=120,
        help_text=_("UK GDPR article and condition, or Part 3 of the Data Protection Act 2018."),
        error_messages={"required": _("Enter the basis, such as Article 6(1)(e), safeguarding of children")},
    )
    until = forms.DateField(
        label=_("Until, that day included"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter the last day"), "invalid": _("Enter a day such as 31/01/2027")},
    )
    withheld = forms.CharField(
        label=_("What is withheld, and why"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, record: Record, by: Membership, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.fields["agency"].queryset = queries.could_be_shared_with(record, by=by)  # type: ignore[attr-defined]


class GlassForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        help_text=_("Such as SC-7K2M-94QD, in any spelling. Whoever told you of it can read it out."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the reference of the one record")},
    )
    reason = forms.CharField(
        label=_("Why you must see it now"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Whoever holds the record reads this today, and oversight reviews it."),
        error_messages={"required": _("Say why it can’t wait")},
    )


class FindingForm(forms.Form):
    finding = forms.ChoiceField(
        label=_("Was it in order?"),
        choices=[("in order", _("It was in order")), ("not in order", _("It was not in order"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one")},
    )
    reason = forms.CharField(
        label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, error_messages={"required": _("Say why")}
    )
