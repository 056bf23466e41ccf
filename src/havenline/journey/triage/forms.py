"""What the desk's screens ask. No rule lives here: the actions refuse what cannot be."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.intake.choices import ReportKind
from havenline.journey.triage.actions import ForChild
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.hosts import AtHost
from havenline.journey.triage.models import ChildDuty, Decision, Grade, LinkAnswer, LookLimits, Mood, WarningSign, Wellbeing
from havenline.journey.triage.offering import GRADE, KIND
from havenline.journey.triage.queries import HalfDay

LONGEST = 8000


class _Agencies(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own class takes none at run time
    """Agencies by name; whichever serves the child's place says so, and nothing is chosen for the analyst."""

    serves: Agency | None = None

    def label_from_instance(self, obj: Agency) -> str:
        return _("%(agency)s (serves the child’s place)") % {"agency": obj.name} if obj == self.serves else obj.name


def _words(label: Any, *, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": gettext_lazy("Shorten it to 8,000 characters")},
    )


class GradeForm(forms.Form):
    """One letter for one item."""

    grade = forms.ChoiceField(
        label=gettext_lazy("Grade"),
        choices=Grade.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a grade, then save it.")},
    )


class ReasonForm(forms.Form):
    """Why a report is read without claiming it."""

    words = _words(gettext_lazy("Why do you read it without claiming it?"), help_text=gettext_lazy("It goes on the ledger."), rows=2)


class ChildForm(forms.Form):
    """A child whom the form did not ask for."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    age = forms.IntegerField(
        label=gettext_lazy("Age"),
        required=False,
        min_value=0,
        max_value=120,
        error_messages={key: gettext_lazy("Enter the age in years, or leave it empty.") for key in ("invalid", "min_value", "max_value")},
    )
    town = forms.CharField(label=gettext_lazy("Town or place"), required=False, max_length=200)
    school = forms.CharField(label=gettext_lazy("School or club"), required=False, max_length=200)
    household = forms.CharField(label=gettext_lazy("Who lives with the child"), required=False, max_length=400)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=400)


class _CouldBeRead(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Could the person reported read this?"),
            required=False,
            choices=Decision.CouldBeRead.choices,
            widget=forms.RadioSelect,
        )


class WriteForm(forms.Form):
    """A question to the reporter, before the decision."""

    words = _words(gettext_lazy("Your question"), help_text=gettext_lazy("It waits behind the receipt. Nothing is mailed."))
    could_be_read = _CouldBeRead()


class SignsForm(forms.Form):
    """Each warning sign that was found: whether it stands. Nothing is chosen beforehand, and nothing has to be."""

    def __init__(self, data: Any = None, *, signs: Iterable[WarningSign], **more: Any) -> None:
        super().__init__(data, auto_id="signs_%s", **more)
        for sign in signs:
            self.fields[f"sign-{sign.number}"] = forms.ChoiceField(
                label=_("Line %(line)s: does this sign stand?") % {"line": sign.found["line"]},
                choices=[("yes", _("It stands")), ("no", _("It does not"))],
                widget=forms.RadioSelect,
                required=False,
                initial={True: "yes", False: "no", None: None}[sign.stands],
            )

    def chosen(self) -> dict[int, bool]:
        """By the sign's number, what was answered."""
        return {int(name.removeprefix("sign-")): said == "yes" for name, said in self.cleaned_data.items() if said}


class DecisionForm(forms.Form):
    """Where the report goes. Everything is asked here and nothing is required: the action names all that stands open at once."""

    police = _Agencies(label=gettext_lazy("Refer to police"), queryset=Agency.objects.none(), required=False)
    notice_to_host = forms.BooleanField(label=gettext_lazy("Send a notice to the host of each item graded A, B or C"), required=False)
    close = forms.BooleanField(label=gettext_lazy("Close and answer: nothing more is done here"), required=False)
    cannot_wait = forms.BooleanField(label=gettext_lazy("A child is in danger: decide before every item is graded"), required=False)
    reason = _words(gettext_lazy("Reason for the decision"), help_text=gettext_lazy("Goes with each referral. The reporter never sees it."))
    could_be_read = _CouldBeRead()
    answer = _words(
        gettext_lazy("Answer in your own words"),
        help_text=gettext_lazy("Left empty, or where anyone but the reporter could read it, the neutral wording goes."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, duties: Iterable[ChildDuty], place: str = "", at_hosts: Iterable[AtHost] = (), **more: Any
    ) -> None:
        super().__init__(data, auto_id="decide_%s", **more)
        self.at_hosts = list(at_hosts)
        for one in self.at_hosts:
            self.fields[f"link-{one.item.number}"] = forms.ChoiceField(
                label=_("Item %(n)s: could this link have been made for one person?") % {"n": one.item.number},
                required=False,
                choices=LinkAnswer.ForOnePerson.choices,
                widget=forms.RadioSelect,
                initial=one.answer.answer if one.answer else None,
            )
        self.duties = [duty for duty in duties if duty.hand_over_id is None]
        police = self.fields["police"]
        assert isinstance(police, _Agencies)  # noqa: S101  (declared above)
        _offer(police, AgencyKind.POLICE, place, _("Not to police"))
        for duty in self.duties:
            area = _Agencies(label=_("Refer to children’s social care"), queryset=Agency.objects.none(), required=False)
            _offer(area, AgencyKind.SOCIAL_CARE, str(duty.child.get("town") or place), _("No referral"))
            area.initial = duty.refer_to_id
            self.fields[f"child-{duty.pk}-refer_to"] = area
            against = _words(_("Or the reason against a referral"), rows=2)
            against.initial = duty.reason_against
            self.fields[f"child-{duty.pk}-reason_against"] = against
            for asked in (area, against):
                asked.widget.attrs["form"] = "decide"  # they stand with the child, outside the form

    def of_child(self, duty: ChildDuty) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"child-{duty.pk}-refer_to"], self[f"child-{duty.pk}-reason_against"]

    def links(self) -> list[tuple[AtHost, forms.BoundField]]:
        """Each item that a host would be asked about, with the question about its link."""
        return [(one, self[f"link-{one.item.number}"]) for one in self.at_hosts]

    def chosen(self) -> dict[str, Any]:
        """What the action takes."""
        said = self.cleaned_data
        children = {
            duty.pk: ForChild(refer_to=said[f"child-{duty.pk}-refer_to"], reason_against=said[f"child-{duty.pk}-reason_against"])
            for duty in self.duties
        }
        asked = ("police", "notice_to_host", "close", "cannot_wait", "reason", "could_be_read", "answer", "seen")
        links = {one.item.number: said[f"link-{one.item.number}"] for one in self.at_hosts}
        return {name: said[name] for name in asked} | {"children": children, "for_one_person": links}


def _offer(field: _Agencies, kind: str, place: str, nobody: str) -> None:
    field.serves = serving(kind, place) if place.strip() else None
    field.queryset = Agency.objects.filter(kind=kind)
    field.empty_label = nobody


class _Analyst(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return obj.name


class ShiftForm(forms.Form):
    """Who is on call, from when until when (London time)."""

    membership = _Analyst(
        label=gettext_lazy("Analyst"),
        queryset=Membership.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={
            "required": gettext_lazy("Choose an analyst."),
            "invalid_choice": gettext_lazy("Choose an analyst of your hotline."),
        },
    )

    def __init__(self, data: Any = None, *, by: Membership, **more: Any) -> None:
        super().__init__(data, **more)
        analysts: QuerySet[Membership] = Membership.objects.current().filter(agency=by.agency, role__in=ANALYSTS)
        field = self.fields["membership"]
        assert isinstance(field, _Analyst)  # noqa: S101  (declared above)
        field.queryset = analysts.select_related("person").order_by("person__name")
        self.fields["since"] = _moment(_("From"))
        self.fields["until"] = _moment(_("Until"))


def _moment(label: str) -> "_Moment":
    return _Moment(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Enter a day and an hour."), "invalid": _("Enter a day and an hour like 2026-11-19 18:00.")},
    )


class _Moment(forms.DateTimeField):
    def clean(self, value: Any) -> datetime | None:
        said = super().clean(value)
        return said.replace(tzinfo=moment.LONDON) if said is not None else None


def _number(label: Any, *, required: bool = False, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        help_text=help_text,
        min_value=1,
        max_value=1000,
        error_messages={
            key: gettext_lazy("Enter a whole number from 1 to 1,000.") for key in ("required", "invalid", "min_value", "max_value")
        },
    )


class OwnLimitsForm(forms.Form):
    """A person's own limits. Left empty, the agency's hold."""

    looks = _number(gettext_lazy("Looks a day"))
    minutes = _number(gettext_lazy("Minutes of looking a day"))
    between_breaks = _number(gettext_lazy("Minutes of looking before a break"))

    def __init__(self, data: Any = None, *, sheet: Wellbeing, agency: LookLimits) -> None:
        own = {"looks": sheet.looks_a_day, "minutes": sheet.minutes_a_day, "between_breaks": sheet.minutes_between_breaks}
        super().__init__(data, auto_id="own_%s", initial=own)
        theirs = {"looks": agency.looks_a_day, "minutes": agency.minutes_a_day, "between_breaks": agency.minutes_between_breaks}
        for name, most in theirs.items():
            self.fields[name].help_text = _("At most %(n)s, the agency’s.") % {"n": most}


class LimitsForm(forms.Form):
    """The agency's limits."""

    looks = _number(gettext_lazy("Looks a day"), required=True)
    minutes = _number(gettext_lazy("Minutes of looking a day"), required=True)
    between_breaks = _number(gettext_lazy("Minutes of looking before a break"), required=True)
    of_a_break = _number(gettext_lazy("Minutes of a break"), required=True)

    def __init__(self, data: Any = None, *, limits: LookLimits) -> None:
        now = {
            "looks": limits.looks_a_day,
            "minutes": limits.minutes_a_day,
            "between_breaks": limits.minutes_between_breaks,
            "of_a_break": limits.minutes_of_a_break,
        }
        super().__init__(data, auto_id="limits_%s", initial=now)


class NotTakenForm(forms.Form):
    """What the queue passes on."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of report"), choices=ReportKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    grades = forms.MultipleChoiceField(
        label=gettext_lazy("Items known under a grade"),
        choices=[(grade.value, grade.label) for grade in (Grade.A, Grade.B, Grade.C)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, sheet: Wellbeing) -> None:
        codes = sheet.not_taken
        now = {
            "kinds": [code.removeprefix(KIND) for code in codes if code.startswith(KIND)],
            "grades": [code.removeprefix(GRADE) for code in codes if code.startswith(GRADE)],
        }
        super().__init__(data, auto_id="not_%s", initial=now)


class BreakForm(forms.Form):
    """What becomes of what is claimed, over a break."""

    keep = forms.TypedChoiceField(
        label=gettext_lazy("What you read now"),
        choices=[
            (0, gettext_lazy("Goes back to its place")),
            (15, gettext_lazy("Stays with you for 15 minutes")),
            (30, gettext_lazy("Stays with you for 30 minutes")),
        ],
        coerce=int,
        initial=0,
        required=False,
        widget=forms.RadioSelect,
    )


class CheckInForm(forms.Form):
    """A mood and a few words, to oneself."""

    mood = forms.TypedChoiceField(
        label=gettext_lazy("How are you?"), choices=Mood.choices, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("A few words, to yourself"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlanForm(forms.Form):
    """For each half-day, who takes looks."""

    def __init__(self, data: Any = None, *, halves: Iterable[HalfDay], people: list[Membership], fill: bool = False) -> None:
        super().__init__(data, auto_id="plan_%s")
        self.halves, self.people = list(halves), {str(one.pk): one for one in people}
        for one in self.halves:
            now = one.planned or (one.suggested if fill else [])
            self.fields[one.name] = forms.MultipleChoiceField(
                label=one.title,
                choices=[(key, person.short_name) for key, person in self.people.items()],
                initial=[str(person.pk) for person in now],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def rows(self) -> list[tuple[HalfDay, Any]]:
        return [(one, self[one.name]) for one in self.halves]

    def chosen(self) -> dict[tuple[date, str], list[Membership]]:
        return {(one.on, one.half): [self.people[key] for key in self.cleaned_data[one.name]] for one in self.halves}
