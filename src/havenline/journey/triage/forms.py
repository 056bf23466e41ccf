"""What the desk's screens ask. No rule lives here: the actions refuse what cannot be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.intake.models import Danger, Report
from havenline.journey.triage.actions import ForChild
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.actions.deciding import NEUTRAL
from havenline.journey.triage.models import ChildDuty, Decision

AGAINST = "against"
LONGEST = 8000


def _words(label: Any, *, rows: int = 3, help_text: Any = "", initial: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text,
        initial=initial,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": _("Shorten it to 8,000 characters.")},
    )


class DecisionForm(forms.Form):
    """Where the report goes, what follows for each child, what the reporter is told, and why."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    police = forms.ChoiceField(label=_("Refer to police"), required=False, widget=forms.RadioSelect)
    close = forms.BooleanField(label=_("Close and answer"), required=False)
    cannot_wait = forms.BooleanField(label=_("It can’t wait for every item to be graded"), required=False)
    reason = _words(_("Reason for the decision"), help_text=_("Police and social care read it."))
    could_be_read = forms.ChoiceField(
        label=_("Could the person reported read the answer?"),
        help_text=_("Yes, or I don’t know: only the neutral wording goes, and the reporter’s line shows no station."),
        required=False,
        widget=forms.RadioSelect,
        choices=Decision.CouldBeRead.choices,
    )
    answer = _words(
        _("Answer to the reporter"), help_text=_("One wording for every outcome. Change it only where nobody else can read it.")
    )

    def __init__(self, *args: Any, report: Report, duties: list[ChildDuty], police: list[Agency], care: list[Agency], **more: Any) -> None:
        super().__init__(*args, **more)
        self.duties = [duty for duty in duties if duty.hand_over_id is None]
        self.agencies = {agency.slug: agency for agency in [*police, *care]}
        self.fields["police"].choices = [("", _("Not to police")), *((agency.slug, agency.name) for agency in police)]  # type: ignore[attr-defined]
        self.fields["answer"].initial = str(NEUTRAL)
        if report.danger != Danger.NOW:
            del self.fields["cannot_wait"]
        for duty in self.duties:
            what = forms.ChoiceField(
                label=duty.label,
                required=False,
                widget=forms.RadioSelect,
                choices=[
                    *((agency.slug, _("Refer now to %(agency)s") % {"agency": agency.name}) for agency in care),
                    (AGAINST, _("No referral, because")),
                ],
                initial=duty.refer_to.slug if duty.refer_to else AGAINST if duty.settled_at else None,
            )
            self.fields[f"child-{duty.pk}"] = what
            self.fields[f"child-{duty.pk}-why"] = forms.CharField(
                label=_("Reason against a referral"), required=False, max_length=LONGEST, initial=duty.reason_against
            )

    def child_fields(self) -> list[dict[str, Any]]:
        return [{"duty": duty, "what": self[f"child-{duty.pk}"], "why": self[f"child-{duty.pk}-why"]} for duty in self.duties]

    def decided(self) -> dict[str, Any]:
        """The arguments of `actions.decide`."""
        said = self.cleaned_data
        children = {}
        for duty in self.duties:
            what = said.get(f"child-{duty.pk}", "")
            if what == AGAINST:
                children[duty.pk] = ForChild(reason_against=said.get(f"child-{duty.pk}-why", ""))
            elif what:
                children[duty.pk] = ForChild(refer_to=self.agencies[what])
        answer = said.get("answer", "").strip()
        return {
            "police": self.agencies.get(said.get("police", "")),
            "close": said.get("close", False),
            "cannot_wait": said.get("cannot_wait", False),
            "reason": said.get("reason", ""),
            "could_be_read": said.get("could_be_read", ""),
            "answer": "" if answer == str(NEUTRAL) else answer,
            "children": children,
            "seen": said.get("seen"),
        }


class ChildForm(forms.Form):
    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    age = forms.IntegerField(label=_("Age"), required=False, min_value=0, max_value=25)
    town = forms.CharField(label=_("Town"), required=False, max_length=120)
    school = forms.CharField(label=_("School"), required=False, max_length=120)
    address = forms.CharField(label=_("Address"), required=False, max_length=240)


class WriteForm(forms.Form):
    words = _words(_("Your question"))
    could_be_read = forms.ChoiceField(
        label=_("Could the person reported read it?"),
        help_text=_("Yes, or I don’t know: nothing is sent."),
        required=False,
        widget=forms.RadioSelect,
        choices=Decision.CouldBeRead.choices,
    )


class Analyst(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own class takes none at run time
    def label_from_instance(self, obj: Membership) -> str:
        return obj.name


class ShiftForm(forms.Form):
    membership = Analyst(label=_("Who"), queryset=Membership.objects.none(), error_messages={"required": _("Choose an analyst.")})
    since = forms.DateTimeField(
        label=_("From"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Enter the start."), "invalid": _("Enter a time like 2026-11-19 08:00.")},
    )
    until = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Enter the end."), "invalid": _("Enter a time like 2026-11-19 20:00.")},
    )

    def __init__(self, *args: Any, hotline: Agency, **more: Any) -> None:
        super().__init__(*args, **more)
        analysts = Membership.objects.current().filter(agency=hotline, role__in=ANALYSTS).select_related("person")
        self.fields["membership"].queryset = analysts.order_by("person__name")  # type: ignore[attr-defined]


def agencies_of(kind: AgencyKind) -> list[Agency]:
    return list(Agency.objects.filter(kind=kind))
