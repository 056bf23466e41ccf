"""What is typed in prevention. Rules live in the actions; these only read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.records.queries import find, normal_reference
from havenline.journey.intake.models import Danger
from havenline.journey.prevention.models import Audience, Did, NearSubject, Reached

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def in_words(label: Any, *, needed: Any = "", hint: Any = "", rows: int = 3, most: int = 4000) -> forms.CharField:
    """A field of words; `needed` is what its absence is answered with, empty where it may be left out. `rows` 1: one line."""
    return forms.CharField(
        label=label,
        required=bool(needed),
        help_text=hint,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput(),
        error_messages={"required": needed},
    )


def radios(label: Any, choices: Any, *, needed: Any, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        widget=forms.RadioSelect(),
        error_messages={"required": needed, "invalid_choice": _("Choose one of those shown")},
    )


class NoticeForm(forms.Form):
    """The text of a notice to schools."""

    title = in_words(
        _("Title"), needed=_("Enter a title"), rows=1, most=120, hint=_("Names nobody, such as “Pupils asked to move to another app”.")
    )
    words = in_words(
        _("What schools shall know"),
        needed=_("Enter what schools shall know"),
        rows=7,
        hint=_("What happens, where online, and what to look for. No name, no account, no address: a notice that holds one is refused."),
    )
    guidance = radios(_("Guidance to read with it"), Audience.choices, needed=_("Choose the guidance to read with it"))


class WriteForm(NoticeForm):
    """The same with where it comes from."""

    token = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    source = forms.CharField(
        label=_("Case or report that it comes from"),
        max_length=20,
        help_text=_("Its reference, such as HL-7K2M-94QD."),
        error_messages={"required": _("Enter the reference of a case or report")},
    )
    also = forms.CharField(
        label=_("Other cases and reports of the same pattern"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One reference a line. Leave empty if there is one source only."),
    )
    field_order = ("token", "source", "also", "title", "words", "guidance")

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_source(self) -> Record:
        return self._record(self.cleaned_data["source"])

    def clean_also(self) -> list[Record]:
        return [self._record(typed) for typed in self.cleaned_data["also"].replace(",", "\n").splitlines() if typed.strip()]

    def _record(self, typed: str) -> Record:
        found = find(typed, by=self.by)
        if found is None:
            raise forms.ValidationError(
                _("No case or report of yours is %(reference)s."), params={"reference": normal_reference(typed)[:20]}
            )
        return found


class AnswersForm(forms.Form):
    """One question for each school, without a default."""

    def __init__(self, *args: Any, asked: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in asked:
            self.fields[f"school-{row.pk}"] = forms.ChoiceField(
                label=row.school.name,
                choices=NearSubject.choices,
                required=False,
                widget=forms.RadioSelect(),
                error_messages={"invalid_choice": _("Choose one of those shown")},
            )

    def answers(self) -> dict[int, str]:
        return {int(name.removeprefix("school-")): value for name, value in self.cleaned_data.items() if value}


class WordsForm(forms.Form):
    """A reason: only words."""

    words = in_words(_("Why"), needed=_("Say why"))

    def __init__(self, *args: Any, label: Any = None, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label or self.fields["words"].label, hint


class AgreeForm(forms.Form):
    count = forms.IntegerField(
        label=_("Type the number of schools that are told"),
        min_value=0,
        error_messages={"required": _("Type the number of schools that are told"), "invalid": _("Type a number")},
    )


class CallForm(forms.Form):
    called_at = forms.DateTimeField(
        label=_("When"),
        widget=MOMENT,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"required": _("Enter when you called"), "invalid": _("Enter a date and time, such as 2026-11-18 10:06")},
    )
    reached = radios(_("Whom did you reach?"), Reached.choices, needed=_("Say whom you reached"))
    spoke_to = in_words(_("Name of whoever answered"), rows=1, most=120)
    agreed = in_words(_("What was agreed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["called_at"].initial = lambda: moment.now().astimezone(moment.LONDON).replace(second=0, microsecond=0)


class SchoolForm(forms.Form):
    urn = forms.IntegerField(
        label=_("Number in the register (URN)"),
        min_value=1,
        max_value=99_999_999,
        error_messages={"required": _("Enter its number in the register"), "invalid": _("Enter a number")},
    )
    name = in_words(_("Name"), needed=_("Enter the school’s name"), rows=1, most=200)
    local_authority = in_words(_("Local authority"), rows=1, most=100)
    town = in_words(_("Town"), rows=1, most=100)
    postcode = in_words(_("Postcode"), rows=1, most=10)
    telephone = in_words(_("Telephone, as in the register"), needed=_("Enter the school’s telephone number"), rows=1, most=30)
    phase = in_words(_("Phase"), rows=1, most=60, hint=_("Such as primary or secondary."))


class TelephoneForm(forms.Form):
    telephone = in_words(
        _("Telephone, as in the register"),
        needed=_("Enter the school’s telephone number"),
        rows=1,
        most=30,
        hint=_("From the school’s own entry in the register, never from a letter or a mail."),
    )


class VerifyForm(forms.Form):
    spoke_to = in_words(_("Who at the school confirmed it"), needed=_("Enter the name of whoever confirmed it"), rows=1, most=120)


class LinkForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Agency.objects.none(), empty_label=_("Choose"), error_messages={"required": _("Choose the agency")}
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class AcknowledgeForm(forms.Form):
    did = radios(_("What have you done?"), Did.choices, needed=_("Say what you have done"))
    reply = in_words(_("Reply to the sender"), hint=_("Only they read it. Name no child here: raise a concern for that."))


class ConversationForm(forms.Form):
    text = forms.CharField(
        label=_("The conversation"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("A line for each message, with who wrote it, such as “Robin: hello”. Words only: no picture is ever taken."),
        error_messages={"required": _("Paste the conversation")},
    )

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")


class DecideForm(forms.Form):
    """What becomes of a screened conversation; each finding is decided first."""

    token = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    words = in_words(
        _("What worries you, in a sentence"),
        needed=_("Say in a sentence what worries you"),
        hint=_("Needed if you send it to the hotline. Name no child here."),
    )
    app = in_words(_("Where it was written"), rows=1, most=120, hint=_("The app, game or site."))
    account = in_words(_("Account that worries you"), rows=1, most=120)
    danger = radios(
        _("Is a child in danger right now?"),
        Danger.choices,
        needed=_("Say whether a child is in danger now"),
        hint=_("If so, call the emergency number first."),
    )

    def __init__(self, *args: Any, findings: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at, finding in enumerate(findings):
            self.fields[f"finding-{at}"] = forms.ChoiceField(
                label=_("Does this sign stand?"),
                choices=[("stands", _("Stands")), ("not", _("Does not stand"))],
                error_messages={"required": _("Line %(line)s: say whether the sign stands") % {"line": finding.line}},
                widget=forms.RadioSelect(),
            )
        self.count = len(findings)

    def stands(self) -> dict[int, bool]:
        said = {at: self.cleaned_data.get(f"finding-{at}") for at in range(self.count)}
        return {at: value == "stands" for at, value in said.items() if value}


class ConcernForm(forms.Form):
    token = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    name = in_words(_("Child’s name"), needed=_("Enter the child’s name"), rows=1, most=120)
    age = forms.IntegerField(
        label=_("Age"), required=False, min_value=0, max_value=19, error_messages={"invalid": _("Enter a number of years")}
    )
    town = in_words(_("Town where the child lives"), rows=1, most=100)
    address = in_words(_("Address"), rows=1, most=200)
    household = in_words(_("Who lives with the child"), rows=1, most=200)
    concern = in_words(
        _("What worries you"),
        needed=_("Say what worries you"),
        rows=5,
        hint=_("What was seen or said, by whom and when. Describe no picture."),
    )
    why = in_words(_("Why you refer it"), needed=_("Say why you refer it"), hint=_("The decision and its reason are kept."))
    parents_told = radios(
        _("Do the parents or carers know?"),
        [
            ("yes", _("Yes, they know that this is referred")),
            ("not_yet", _("Not yet")),
            ("could_harm", _("No: telling them could put the child in danger")),
        ],
        needed=_("Say whether the parents or carers know"),
    )
    urgent = forms.BooleanField(label=_("Urgent: I have telephoned children’s social care too"), required=False)
    called_name = in_words(_("Who answered your call"), rows=1, most=120)
