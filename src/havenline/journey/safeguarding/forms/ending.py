"""When a case began, what help goes on, and where it goes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency, Membership
from havenline.journey.safeguarding import queries
from havenline.journey.safeguarding.forms.fields import Day, Hour, OnCase, Person, words
from havenline.journey.safeguarding.models import StepDown


class StepDownForm(OnCase):
    to = forms.ChoiceField(
        label=_("Which help"), choices=StepDown.To.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose the help")}
    )
    holder = Person(label=_("Who holds it from now on"), queryset=Membership.objects.none(), required=False, empty_label=_("Choose"))
    first_on = Day(label=_("First visit or meeting"), required=False)
    begun_on = Day(
        label=_("It has begun already, on"), required=False, help_text=_("The day of the first visit or meeting, if that took place.")
    )
    words = words(
        _("What it is to do, and what the child and parents say to it; or why no help goes on"),
        missing=_("Say what help goes on, or why none"),
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["seen"]
        self.fields["holder"].queryset = queries.case_holders(by=by)  # type: ignore[attr-defined]


class HelpBeganForm(forms.Form):
    on = Day(label=_("On which day"))


class BeganForm(forms.Form):
    began_on = Day(label=_("The referral came on"))
    answered_on = Day(
        label=_("Whoever referred was told on"), required=False, help_text=_("As far as the file says. Leave it empty if they were not.")
    )
    source = words(
        _("Where this stands"), missing=_("Say where this day stands"), help_text=_("Which file or system, and where it is kept.")
    )


class TransferForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_("To which area"), queryset=Agency.objects.none(), empty_label=_("Choose"), error_messages={"required": _("Choose the area")}
    )
    reason = words(_("Why, in words that the other area reads"))
    urgent = forms.BooleanField(label=_("It is urgent: I have telephoned"), required=False)
    called_on = Day(label=_("Telephoned on"), required=False)
    called_at = Hour(label=_("Telephoned at"))
    called_name = forms.CharField(label=_("Who answered"), max_length=120, required=False)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = queries.other_areas(by=by)  # type: ignore[attr-defined]
