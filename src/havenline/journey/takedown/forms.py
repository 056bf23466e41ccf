"""What is typed about notices and hosts. Rules live in the actions."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.takedown.models import HostAnswer

LONGEST = 4000


class _Police(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own class takes none at run time
    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=_("Police"),
            queryset=Agency.objects.filter(kind=AgencyKind.POLICE),
            empty_label=_("Choose"),
            error_messages={"required": _("Choose the police who can release it")},
            **more,
        )


class NoForm(forms.Form):
    """An act that asks nothing."""


class WordsForm(forms.Form):
    """One reason, in words."""

    words = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, required=False)


class _WithReason(WordsForm):
    """Something is chosen, and why: both are asked for at once. `needed` is what the action says where the words are missing."""

    needed: Any = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].required = True
        self.fields["words"].error_messages["required"] = self.needed


class HowForm(WordsForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].label = _("How you know")
        self.fields["words"].help_text = _("Looked in the isolated viewer, told by telephone, told by police.")


class ReleaseForm(WordsForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].label = _("Why it may leave now")


class ExtendForm(_WithReason):
    needed = _("Say why it stays held: the hotline reads this.")
    until = forms.DateField(
        label=_("Keep it held until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Choose the day until which it stays held"),
            "invalid": _("Choose the day until which it stays held"),
        },
    )
    field_order = ["until", "words"]


class PoliceForm(forms.Form):
    police = _Police()


class HoldForm(WordsForm):
    police = _Police(required=False, help_text=_("Left open: those of the decision, or those serving the child’s place."))


class AnswerForm(_WithReason):
    """What the host said by telephone."""

    needed = _("Note who said what, in a sentence.")
    what = forms.ChoiceField(
        label=_("What the host said"),
        choices=[(value, label) for value, label in HostAnswer.What.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the host said")},
    )
    submission = forms.CharField(widget=forms.HiddenInput, max_length=64)
    field_order = ["what", "words", "submission"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].label = _("Who said it, in a sentence")
        self.fields["submission"].initial = lambda: uuid4().hex


class ContestForm(_WithReason):
    needed = _("Say why: it stands on the ledger under your name.")
    upheld = forms.ChoiceField(
        label=_("What you decide"),
        choices=[("stands", _("The notice stands")), ("withdrawn", _("The host is right: withdraw it"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide")},
    )
    field_order = ["upheld", "words"]


class ContactForm(forms.Form):
    """Where a host takes notices."""

    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        error_messages={"required": _("Enter the contact’s e-mail address, such as abuse@pictures.example.")},
    )
    found_at = forms.CharField(
        label=_("Where the address was found"),
        max_length=200,
        error_messages={"required": _("Say where the address was found: the host’s abuse page, its register entry, a call.")},
        help_text=_("The host’s abuse page, its register entry, a call."),
    )


class HostForm(forms.Form):
    domain = forms.CharField(
        label=_("Host’s name in addresses"),
        required=False,
        max_length=400,
        help_text=_("Such as pictures.example; names below it count too."),
    )
    name = forms.CharField(label=_("Who runs it"), required=False, max_length=120)
    country = forms.CharField(label=_("Country"), required=False, max_length=60)


class NoticeContactForm(ContactForm):
    """From a notice: its host and the contact in one step."""

    domain = forms.CharField(label=_("Host’s name in addresses"), required=False, max_length=400)
    name = forms.CharField(label=_("Who runs it"), required=False, max_length=120)
    field_order = ["domain", "name", "email", "found_at"]


class SearchForm(forms.Form):
    find = forms.CharField(label=_("Find a host or contact"), required=False, max_length=200)
