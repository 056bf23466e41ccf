"""What is typed to move a hand-over. Rules live in the actions."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import PURPOSES

RETURN_REASONS = [
    ("not_our_area", _("Not our area")),
    ("more_needed", _("We need more to act on it")),
    ("already_known", _("We have it already")),
    ("not_for_us", _("Not for an agency of our kind")),
]
OUTCOMES = [
    ("acted", _("Acted on")),
    ("in_hand", _("In hand; nothing more is needed from the sender")),
    ("passed_on", _("Passed on to another agency")),
    ("no_further_action", _("No further action")),
]
SAID = {**dict(RETURN_REASONS), **dict(OUTCOMES), **{code: said for one in PURPOSES.values() for code, said in one.answers}}


class _Words(forms.Form):
    words = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, required=False)


class ReturnForm(_Words):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=RETURN_REASONS, widget=forms.RadioSelect, error_messages={"required": _("Choose the reason")}
    )
    field_order = ["reason", "words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("In words, for the sender")


class WithdrawForm(_Words):
    pass


class SendForm(_Words):
    urgent = forms.BooleanField(label=_("Urgent: it is telephoned too"), required=False)
    field_order = ["words", "urgent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("Words to the receiver")


class AnswerForm(_Words):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=OUTCOMES, widget=forms.RadioSelect, error_messages={"required": _("Choose the outcome")}
    )
    field_order = ["outcome", "words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("In words, for the sender")


def answers_of(hand_over: HandOver) -> list[tuple[str, Any]]:
    """What this one can be answered with."""
    return list(hand_over.what_for.answers or OUTCOMES)


class CallForm(forms.Form):
    name = forms.CharField(label=_("Who answered"), max_length=120, error_messages={"required": _("Enter the name of whoever answered")})
    called_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": _("Enter the time of the call"), "invalid": _("Enter a date and time such as 2026-11-18 10:06")},
    )

    def clean_called_at(self) -> datetime:
        when: datetime = self.cleaned_data["called_at"]
        return when if when.tzinfo else when.replace(tzinfo=moment.LONDON)


FORMS: dict[str, type[forms.Form]] = {
    "return": ReturnForm,
    "withdraw": WithdrawForm,
    "send": SendForm,
    "answer": AnswerForm,
    "call": CallForm,
    "accept": forms.Form,
}


def form_of(act: str, hand_over: HandOver, data: Any = None) -> forms.Form:
    """The form of one move of this hand-over."""
    form = FORMS[act](data, prefix=act, initial=initial(act, hand_over))
    if act == "answer":
        form.fields["outcome"].choices = answers_of(hand_over)  # type: ignore[attr-defined]
    return form


def initial(act: str, hand_over: HandOver) -> dict[str, Any]:
    if act == "call":
        return {"called_at": moment.now().astimezone(moment.LONDON).replace(second=0, microsecond=0, tzinfo=None)}
    return {"urgent": hand_over.urgent} if act == "send" else {}
