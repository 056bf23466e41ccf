"""What the public pages of the guidance ask: by GET, so that an answer has an address. Nothing is stored."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.engines import procedure
from havenline.journey.safeguarding.queries import due_dates

CLOSURES = 60
NATIONS = {
    "england": _("England"),
    "wales": _("Wales"),
    "scotland": _("Scotland"),
    "northern-ireland": _("Northern Ireland"),
}


def edition_names() -> list[tuple[str, str]]:
    return [(edition.name, edition.name) for edition in reversed(procedure.guidance().editions)]


class DueDateForm(forms.Form):
    """A step, the day on which its clock starts, and by which edition and whose working days to count."""

    step = forms.ChoiceField(
        label=_("Step"),
        widget=forms.Select(attrs={"lang": "en", "dir": "ltr"}),
        error_messages={"required": _("Choose a step"), "invalid_choice": _("Choose a step from the list")},
    )
    started = forms.DateField(
        label=_("Day on which its clock starts"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the day"), "invalid": _("Enter a date like 2026-11-19")},
    )
    edition = forms.ChoiceField(label=_("Edition"), required=False, error_messages={"invalid_choice": _("Choose an edition from the list")})
    nation = forms.ChoiceField(
        label=_("Working days of"),
        required=False,
        choices=list(NATIONS.items()),
        help_text=_("The guidance is England’s. Elsewhere only the bank holidays change here, not the procedure."),
        error_messages={"invalid_choice": _("Choose a nation from the list")},
    )
    closed = forms.CharField(
        label=_("Days on which your office is closed"),
        required=False,
        max_length=CLOSURES * 12,
        help_text=_("Dates like 2026-12-24, with commas between. They are shown, and never move the date."),
        error_messages={"max_length": _("Name fewer days")},
    )
    answer: due_dates.DueDate | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [("", "—"), *due_dates.clocked_steps()]  # type: ignore[attr-defined]
        self.fields["edition"].choices = [("", _("The one in force on that day")), *edition_names()]  # type: ignore[attr-defined]

    def clean_closed(self) -> dict[date, str]:
        try:
            return {date.fromisoformat(part.strip()): "closed" for part in self.cleaned_data["closed"].split(",") if part.strip()}
        except ValueError as error:
            raise forms.ValidationError(_("Enter dates like 2026-12-24, with commas between")) from error

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if self.errors:
            return said
        try:
            self.answer = due_dates.due_date(
                step=said["step"],
                started=said["started"],
                edition=said["edition"],
                nation=said["nation"] or "england",
                closed=said["closed"],
            )
        except procedure.NoEditionInForce:
            self.add_error(
                "started", _("The first edition that is held came into force in December 1999. Enter a later day, or choose an edition")
            )
        except procedure.DateOutOfRange:
            self.add_error("started", _("The bank holidays of that year are not known. Check the year"))
        except (procedure.StepUnknown, procedure.StepHasNoLimit):
            held = ", ".join(due_dates.editions_with(said["step"]))
            self.add_error("edition", _("That edition has no such step. Choose one of: %(editions)s") % {"editions": held})
        return said


class CompareForm(forms.Form):
    """Two editions."""

    old = forms.ChoiceField(
        label=_("From"), error_messages={"required": _("Choose an edition"), "invalid_choice": _("Choose an edition from the list")}
    )
    new = forms.ChoiceField(
        label=_("To"), error_messages={"required": _("Choose an edition"), "invalid_choice": _("Choose an edition from the list")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("old", "new"):
            self.fields[name].choices = edition_names()  # type: ignore[attr-defined]
