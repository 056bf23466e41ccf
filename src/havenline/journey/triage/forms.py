"""What the desk's screens ask. No rule lives here: the actions refuse what cannot be."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.triage.actions import ForChild
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.hosts import AtHost
from havenline.journey.triage.models import ChildDuty, Decision, Grade, LinkAnswer, WarningSign

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
