"""What happened, what is set for a day ahead, and who is invited."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import papers, path
from havenline.journey.safeguarding.forms.fields import Day, Hour, OnCase, words
from havenline.journey.safeguarding.queries import invitations

NOT_YET = "begun"


class StepForm(OnCase):
    """One step of the guidance: outcome, day, note."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect, error_messages={"required": _("Choose the outcome")})
    happened_on = Day(label=_("When it happened"))
    happened_at = Hour()
    note = words(_("Note"), required=False)
    weekend_confirmed = forms.BooleanField(label=_("It did take place on that weekend day"), required=False)

    def __init__(self, *args: Any, step: procedure.Step, may_begin: bool = False, ask_weekend: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(outcome.code, outcome.title) for outcome in step.outcomes]
        if may_begin and choices:
            choices.append((NOT_YET, str(_("It has begun; no outcome yet"))))
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["outcome"]
        if not ask_weekend:
            del self.fields["weekend_confirmed"]

    def outcome_code(self) -> str:
        outcome = str(self.cleaned_data.get("outcome") or "")
        return "" if outcome == NOT_YET else outcome


class EmergencyForm(OnCase):
    """What was done, and its hour: the clock of it counts hours."""

    outcome = forms.ChoiceField(label=_("What was done"), widget=forms.RadioSelect, error_messages={"required": _("Choose what was done")})
    happened_on = Day(label=_("On which day"))
    happened_at = Hour(required=True)
    note = words(_("Where the child is now, and who is with them"), required=False, help_text=_("Only what whoever takes over needs."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step = procedure.edition_in_force(moment.today()).step(path.EMERGENCY)
        self.fields["outcome"].choices = [(outcome.code, outcome.title) for outcome in step.outcomes]  # type: ignore[attr-defined]


class CorrectForm(StepForm):
    did_not_happen = forms.BooleanField(label=_("It did not happen at all"), required=False)
    reason = words(_("What was wrong"), missing=_("Say what was wrong"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class BookForm(OnCase):
    booked_for = Day(label=_("Day"))
    booked_at = Hour()
    reason = words(_("Why it cannot be in time, if it is after the last day"), required=False)
    weekend_confirmed = forms.BooleanField(label=_("It will take place on that weekend day"), required=False)

    def __init__(self, *args: Any, ask_weekend: bool = False, has_last_day: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_weekend:
            del self.fields["weekend_confirmed"]
        if not has_last_day:
            del self.fields["reason"]


class InviteForm(forms.Form):
    """An agency that signs in here; or a person by a letter."""

    agency = forms.ChoiceField(
        label=_("Who"),
        help_text=_("An agency with an account is invited behind its sign-in; anybody else by a printed letter."),
        error_messages={"required": _("Choose who is invited")},
    )
    name = forms.CharField(label=_("Name, or whom of that agency"), max_length=120, required=False)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    report_by = Day(label=_("Their report, please, by"), required=False, help_text=_("Of an agency with an account."))
    words = words(_("Words to them"), required=False, help_text=_("A letter can be opened by others: name no child and no reason in it."))
    field_order = ["agency", "name", "place", "report_by", "words"]

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {f"at-{one.pk}": one for one in invitations.can_be_invited(by=by)}
        self.fields["agency"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            (_("Behind their sign-in"), [(code, one.name) for code, one in self.agencies.items()]),
            (_("By a printed letter"), list(papers.AGENCIES.items())),
        ]

    def chosen(self) -> dict[str, Any]:
        """What `actions.invite` takes."""
        said = {name: self.cleaned_data[name] for name in ("name", "place", "report_by", "words")}
        to = self.agencies.get(self.cleaned_data["agency"])
        return {**said, "to_agency": to, "agency": "" if to else self.cleaned_data["agency"]}


class ReasonForm(OnCase):
    reason = words(_("Reason"))
