"""What is typed in investigation. Rules live in the actions; these only read."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.identifiers.models import GUARDED, Identifier, Kind
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.queries import normal_reference
from havenline.journey.investigation import queries
from havenline.journey.investigation.actions import Answer, Call
from havenline.journey.investigation.models import (
    AccessAnswer,
    AccessFinding,
    Band,
    Case,
    CaseKind,
    ContactAbuse,
    ContactAbuseSource,
    Ending,
    Finding,
    OnRegister,
    Question,
    Subject,
    WelfareCheck,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def words(label: Any, *, needed: Any = "", hint: Any = "", long: bool = True) -> forms.CharField:
    """A field of words; `needed` is what its absence is answered with, empty where it may be left out."""
    return forms.CharField(
        label=label,
        required=bool(needed),
        help_text=hint,
        max_length=4000 if long else 160,
        widget=forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput(),
        error_messages={"required": needed},
    )


def choice(label: Any, choices: Any, *, needed: Any = "", hint: Any = "", radio: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=bool(needed),
        help_text=hint,
        choices=choices,
        widget=forms.RadioSelect() if radio else forms.Select(),
        error_messages={"required": needed, "invalid_choice": _("Choose one of those shown")},
    )


def day(label: Any, *, needed: Any = "", hint: Any = "") -> forms.DateField:
    wrong = _("Enter a date, such as 2026-11-18")
    return forms.DateField(
        label=label, required=bool(needed), help_text=hint, widget=DAY, error_messages={"required": needed, "invalid": wrong}
    )


def time_of_day(label: Any, *, needed: Any = "", hint: Any = "") -> forms.DateTimeField:
    wrong = _("Enter a date and time, such as 2026-11-18 10:06")
    return forms.DateTimeField(
        label=label,
        required=bool(needed),
        help_text=hint,
        widget=MOMENT,
        input_formats=[*MOMENTS, "%Y-%m-%d %H:%M"],
        error_messages={"required": needed, "invalid": wrong},
    )


class Person(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """Somebody of the own agency."""

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.name}, {obj.get_role_display()}"


class TakeUpForm(forms.Form):
    title = words(
        _("Title"),
        long=False,
        needed=_("Enter a title that names nobody"),
        hint=_("Stands in lists: it names nobody, such as “Contact on chat.example”."),
    )
    kind = choice(_("What is it about?"), CaseKind.choices, needed=_("Choose what the case is about"))
    owner = Person(
        label=_("Owner"), queryset=Membership.objects.none(), empty_label=None, error_messages={"required": _("Choose an owner")}
    )
    cover = Person(
        label=_("Covers for the owner’s absence"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody yet")
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = queries.colleagues(by)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["cover"].queryset = people  # type: ignore[attr-defined]
        self.fields["owner"].initial = by.pk
        self.fields["title"].max_length = 120  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    case = forms.ModelChoiceField(
        label=_("Case"), queryset=Case.objects.none(), empty_label=None, error_messages={"required": _("Choose a case")}
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = queries.cases_in("team", by=by).filter(record__agency=by.agency)
        self.fields["case"].queryset = mine  # type: ignore[attr-defined]
        self.fields["case"].label_from_instance = lambda case: f"{case.reference}, {case.title}"  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """A reason, a review, an answer: only words."""

    words = words(_("Why"), needed=_("Say why"))

    def __init__(self, *args: Any, label: Any = None, hint: Any = None, needed: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["words"]
        field.label, field.help_text = label or field.label, hint or ""
        if needed:
            field.error_messages["required"] = needed


class AnswerForm(WordsForm):
    outcome = choice(
        _("What became of it"),
        [
            ("case_opened", _("A case was opened")),
            ("linked_to_a_case", _("Joined to a case that was open")),
            ("no_further_action", _("No further action")),
        ],
        needed=_("Choose what became of it"),
    )
    field_order = ("outcome", "words")


class OwnerForm(TakeUpForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["title"], self.fields["kind"]


class IdentifierForm(forms.Form):
    kind = choice(_("Kind"), [one for one in Kind.choices if one[0] not in GUARDED], needed=_("Choose its kind"), radio=False)
    raw = words(_("Identifier"), long=False, needed=_("Enter the identifier"), hint=_("As it was written. Never a picture."))
    source = words(_("Where it was seen"), long=False, needed=_("Say where it was seen"))


class StepForm(forms.Form):
    what = words(_("What was tried"), long=False, needed=_("Say what was tried"))
    outcome = words(_("What came of it"), needed=_("Say what came of it"))
    done_on = day(_("Done on"), needed=_("Enter the date"))


class TransferForm(WordsForm):
    to = forms.ModelChoiceField(
        label=_("Force"), queryset=Agency.objects.none(), empty_label=None, error_messages={"required": _("Choose a force")}
    )
    field_order = ("to", "words")

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Agency.objects.filter(kind=AgencyKind.POLICE).exclude(pk=by.agency_id)  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    ending = choice(_("How it ends"), Ending.choices, needed=_("Choose how the case ends"))
    words = words(_("Why"), needed=_("Say why the case ends"), hint=_("Put on the ledger under your name."))
    reference = forms.CharField(
        label=_("Type the case number to confirm"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short mono"}),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def clean_reference(self) -> str:
        typed = normal_reference(self.cleaned_data["reference"])
        if typed != self.case.reference:
            raise forms.ValidationError(_("Type %(reference)s, the number of this case") % {"reference": self.case.reference})
        return typed


class AccessForm(forms.Form):
    """Nine questions, each with answer, source, date and note. What stands is filled in; there is no default."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, answers: dict[str, AccessAnswer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = max((a.pk for a in answers.values()), default=0)
        for question in Question:
            stands = answers.get(question)
            self.fields[f"{question}-answer"] = choice(question.label, Finding.choices)
            self.fields[f"{question}-source"] = words(_("Source"), long=False)
            self.fields[f"{question}-source_date"] = day(_("Date"))
            self.fields[f"{question}-note"] = words(_("Note"), long=False)
            if stands is not None:
                self.fields[f"{question}-answer"].initial = stands.answer
                self.fields[f"{question}-source"].initial = stands.source
                self.fields[f"{question}-source_date"].initial = stands.source_date
                self.fields[f"{question}-note"].initial = stands.note

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for question in Question:
            answer, source, when = (told.get(f"{question}-{part}") for part in ("answer", "source", "source_date"))
            if not answer and (source or when):
                self.add_error(f"{question}-answer", _("Choose Yes, No or Not yet known for “%(q)s”") % {"q": question.label})
            if answer in {Finding.YES, Finding.NO}:
                if not source:
                    self.add_error(f"{question}-source", _("Enter the source of “%(q)s”") % {"q": question.label})
                if when is None and f"{question}-source_date" not in self.errors:
                    self.add_error(f"{question}-source_date", _("Enter the date of “%(q)s”") % {"q": question.label})
            if isinstance(when, date) and when > moment.today():
                self.add_error(f"{question}-source_date", _("Enter a date for “%(q)s” that is today or earlier") % {"q": question.label})
        return told

    def answers(self) -> dict[str, Answer]:
        """The questions that were answered."""
        told = self.cleaned_data
        return {
            question: Answer(
                told[f"{question}-answer"], told[f"{question}-source"], told[f"{question}-source_date"], told[f"{question}-note"]
            )
            for question in Question.values
            if told.get(f"{question}-answer")
        }


class CallFields(forms.Form):
    """An urgent referral is telephoned too."""

    urgent = forms.BooleanField(label=_("Urgent: I telephoned, too"), required=False)
    called_at = time_of_day(_("When"), hint=_("Of the call."))
    called_name = words(_("Who answered"), long=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("urgent"):
            if not told.get("called_name"):
                self.add_error("called_name", _("Enter the name of whoever answered"))
            if not told.get("called_at") and "called_at" not in self.errors:
                self.add_error("called_at", _("Enter when you telephoned"))
            elif isinstance(told.get("called_at"), datetime) and told["called_at"] > moment.now():
                self.add_error("called_at", _("Enter a time that is now or earlier"))
        return told

    @property
    def call(self) -> Call | None:
        told = self.cleaned_data
        return Call(told["called_at"], told["called_name"]) if told["urgent"] else None


class FindingForm(CallFields):
    finding = choice(_("Overall finding"), AccessFinding.choices, needed=_("Choose the finding"))
    rationale = words(_("Reason"), needed=_("Say what the finding rests on"))
    band = choice(
        _("Band"),
        [("", _("None assigned")), *Band.choices],
        radio=False,
        hint=_("The band that you, trained, assigned with your own tool. Havenline works out none."),
    )
    review_asked_of = Person(
        label=_("Ask to review"), queryset=Membership.objects.none(), required=False, empty_label=_("Anybody of the team")
    )
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("finding", "rationale", "band", "review_asked_of", "urgent", "called_at", "called_name")

    def __init__(self, *args: Any, subject: Subject, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_asked_of"].queryset = queries.colleagues(by).exclude(person=by.person)  # type: ignore[attr-defined]
        stands = subject.assessment
        self.fields["replaces"].initial = stands.pk if stands else None


class ReviewForm(forms.Form):
    agrees = choice(_("Your review"), [("yes", _("I agree")), ("no", _("Send it back"))], needed=_("Choose whether you agree"))
    words = words(_("Words"), hint=_("Needed when you send it back."))


class ChildForm(forms.Form):
    how = choice(_("Found under"), Question.choices, needed=_("Choose the question under which it was found"), radio=False)
    name = words(_("Child’s name"), long=False, hint=_("A name, a household or an address is enough."))
    age = forms.IntegerField(
        label=_("Age"),
        required=False,
        min_value=0,
        max_value=17,
        error_messages={
            "invalid": _("Enter an age in years"),
            "max_value": _("Enter an age under 18"),
            "min_value": _("Enter an age of 0 or more"),
        },
    )
    relation = words(_("The subject is the child’s"), long=False, hint=_("Father, coach, neighbour…"))
    school = words(_("School"), long=False)
    town = words(_("Town"), long=False)
    household = words(_("Household"), long=False)
    address = words(_("Address"), long=False)

    def details(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in ("name", "relation", "town", "school", "household", "address")}


class AttributionForm(forms.Form):
    identifier: Any = forms.ModelChoiceField(
        label=_("Identifier of the case"), queryset=None, empty_label=None, error_messages={"required": _("Choose an identifier")}
    )
    evidence = words(_("Evidence"), needed=_("Say what shows that it belongs to this person"))
    seen_at = time_of_day(_("Exact time of use"), hint=_("Needed for an IP address: it is shared by many."))
    port = forms.IntegerField(
        label=_("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        error_messages={"invalid": _("Enter a number"), "max_value": _("Enter a port up to 65535"), "min_value": _("Enter a port from 1")},
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["identifier"]
        field.queryset = Identifier.objects.filter(sightings__record=subject.case.record)  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.get_kind_display()}: {one.shown}"  # type: ignore[attr-defined]


class NameForm(forms.Form):
    name = words(_("Name"), long=False, needed=_("Enter the name"))
    born_on = day(_("Date of birth"))


class RegisterForm(forms.Form):
    on_register = choice(_("The sex offenders’ register says"), OnRegister.choices, needed=_("Choose what the register says"))
    checked_on = day(_("Checked on"), needed=_("Enter the date of the check"))
    conditions = words(_("Conditions"))
    next_notification = day(_("Next notification due"))


class ContactAbuseForm(forms.Form):
    asked = choice(_("Was it asked about?"), [("yes", _("Yes")), ("no", _("No"))], needed=_("Choose whether it was asked about"))
    found = choice(_("Contact abuse"), ContactAbuse.choices, needed=_("Choose what was found"))
    source = choice(_("Source"), [("", _("None")), *ContactAbuseSource.choices], radio=False)
    source_date = day(_("Date"))


class WelfareForm(forms.Form):
    attended_at = time_of_day(_("When police attended"), needed=_("Enter when police attended"))
    at_risk = choice(
        _("The subject’s own risk of suicide"), WelfareCheck._meta.get_field("at_risk").choices, needed=_("Choose what was seen")
    )
    done = words(_("What was asked, seen and done"), needed=_("Say what was asked, seen and done"))
