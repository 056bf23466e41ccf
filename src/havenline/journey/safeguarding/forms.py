"""What each screen asks. No rule lives here: the actions refuse what cannot be."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import papers, path, queries
from havenline.journey.safeguarding.actions.calendars import WHO_MAY
from havenline.journey.safeguarding.models import CalendarFeed, CaseNote, ChildCase, Household, ReferrerTold, StepDown
from havenline.journey.safeguarding.queries import chronology, invitations
from havenline.journey.safeguarding.queries.same_child import Candidate

NOT_YET = "begun"


class Day(forms.DateField):
    def __init__(self, *, label: Any = None, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label or _("When"),
            required=required,
            help_text=help_text,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": _("Enter the date"), "invalid": _("Enter a date like 2026-11-19")},
        )


class Hour(forms.TimeField):
    def __init__(self, *, label: Any = None, required: bool = False) -> None:
        super().__init__(
            label=label or _("At what time"),
            required=required,
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": _("Enter the time"), "invalid": _("Enter a time like 14:00")},
        )


def words(label: Any, *, required: bool = True, missing: Any = "", help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": missing or _("Say why"), "max_length": _("Shorten it to 8,000 characters")},
    )


class OnCase(forms.Form):
    """Every form on a case says how much of it the person had seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class Person(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own class takes none at run time
    """A person of this agency, by name."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.name


class TakeUpForm(forms.Form):
    which = forms.ChoiceField(
        label=_("Is it one of these children?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the child, or say that it is another child")},
    )
    owner = Person(label=_("Who holds the case"), queryset=Membership.objects.none(), required=False, empty_label=_("Whoever takes it up"))
    manager = Person(label=_("Manager"), queryset=Membership.objects.none(), required=False, empty_label=_("The area’s manager"))

    def __init__(self, *args: Any, alike: list[Candidate], by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alike = {str(one.child.pk): one.child for one in alike if one.may_be_same}
        which = self.fields["which"]
        assert isinstance(which, forms.ChoiceField)  # noqa: S101  (for mypy: a choice was declared)
        choices = [(f"child-{one.child.pk}", _same(one)) for one in alike if one.may_be_same]
        homes = {one.child.household_id: one.child.household for one in alike if one.child.household}
        choices += [
            (f"household-{home.pk}", _("Another child in household %(number)s") % {"number": home.number})
            for home in homes.values()
            if home
        ]
        which.choices = [*choices, ("another", _("Another child, not known here"))]
        if not alike:
            del self.fields["which"]
        self.fields["owner"].queryset = queries.case_holders(by=by)  # type: ignore[attr-defined]
        self.fields["manager"].queryset = queries.people_of(by=by, role=Role.TEAM_MANAGER)  # type: ignore[attr-defined]
        self.homes = {str(pk): home for pk, home in homes.items()}

    def chosen(self) -> dict[str, Any]:
        """What `actions.take_up` takes."""
        kind, _dash, pk = str(self.cleaned_data.get("which") or "").partition("-")
        household: Household | None = self.homes.get(pk) if kind == "household" else None
        return {
            "child": self.alike.get(pk) if kind == "child" else None,
            "household": household,
            "is_another_child": kind in ("another", "household"),
            "owner": self.cleaned_data.get("owner"),
            "manager": self.cleaned_data.get("manager"),
        }


def _same(one: Candidate) -> str:
    """The child, and what speaks for and against its being the same."""
    child = one.child
    told = [child.name]
    if child.age is not None:
        told.append(str(child.age))
    if child.school:
        told.append(child.school)
    if child.household:
        told.append(f"{_('household')} {child.household.number}")
    said = {"child": ", ".join(told), "why": one.why, "against": one.against}
    if one.against:
        return str(_("The same child: %(child)s. %(why)s; but %(against)s")) % said
    return str(_("The same child: %(child)s. %(why)s")) % said


class DecideForm(OnCase):
    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect, error_messages={"required": _("Choose the decision")})
    reason = words(_("Reason"), missing=_("Give the reason for the decision"), help_text=_("Kept with the case, under your name."))
    answer = words(
        _("Answer to the referrer"),
        required=False,
        help_text=_("What they read. Leave it empty to answer later: the clock of the answer runs on."),
    )

    decided_on = Day(label=_("On which day it was decided"), required=False)

    def __init__(self, *args: Any, may_answer: bool = True, began_earlier: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_answer:
            del self.fields["answer"]
        if not began_earlier:
            del self.fields["decided_on"]
        step = procedure.edition_in_force(moment.today()).step(path.DECISION)
        self.fields["outcome"].choices = [(o.code, o.title) for o in step.outcomes]  # type: ignore[attr-defined]


class AnswerForm(OnCase):
    words = words(
        _("Your answer"), missing=_("Write the answer"), help_text=_("Only what the referrer needs: the decision, and what happens next.")
    )


class Told(forms.Form):
    """When somebody was told; the day alone is its noon, and today is now."""

    day: str

    def when(self) -> datetime | None:
        on, at = self.cleaned_data[self.day], self.cleaned_data.get("told_at")
        if on == moment.today() and at is None:
            return moment.now()
        return datetime.combine(on, at or time(12), tzinfo=moment.LONDON)


class TellReferrerForm(Told):
    day = "told_on"
    how = forms.ChoiceField(
        label=_("How"), choices=ReferrerTold.How.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose how")}
    )
    whom = forms.CharField(
        label=_("Who is told"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The name; for a letter the whole address."),
    )
    words = words(
        _("What they are told"),
        missing=_("Write what they are told; where nobody can be told, say why"),
        help_text=_("The decision, and what happens next: no more than they need."),
    )
    told_on = Day(label=_("When, if not by letter"), required=False)
    told_at = Hour()
    also = forms.MultipleChoiceField(
        label=_("It tells of these children, too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They were told of at the same time, and their decisions are made."),
    )

    def __init__(self, *args: Any, together: list[ChildCase], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["also"].choices = [(str(one.pk), f"{one.child.name}, {one.reference}") for one in together]  # type: ignore[attr-defined]
        if not together:
            del self.fields["also"]
        self.initial.setdefault("told_on", moment.today())

    def when(self) -> datetime | None:
        return super().when() if self.cleaned_data["told_on"] else None


class PostedForm(Told):
    day = "posted_on"
    posted_on = Day(label=_("When it was posted"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("posted_on", moment.today())


class SignOffForm(forms.Form):
    agree = forms.ChoiceField(
        label=_("Sign it off?"),
        choices=[("yes", _("Yes: the decision is made")), ("no", _("No: give it back"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you sign it off")},
    )
    words = words(_("What is missing, if you give it back"), required=False)


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

    def __init__(self, *args: Any, ask_weekend: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_weekend:
            del self.fields["weekend_confirmed"]


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


class ChildForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Enter a name")})
    other_names = forms.CharField(
        label=_("Other names"), max_length=300, required=False, help_text=_("By which the child is or was called. A comma between them.")
    )
    born_on = Day(label=_("Date of birth"), required=False)
    born_about = forms.CharField(
        label=_("When born, if no date is known"), max_length=60, required=False, help_text=_("As it was told, such as summer 2019.")
    )
    born_earliest = Day(label=_("That is at the earliest"), required=False)
    born_latest = Day(label=_("And at the latest"), required=False)
    expected_on = Day(label=_("Unborn: expected on"), required=False)
    age_as_told = forms.IntegerField(
        label=_("Age, as told"), required=False, min_value=0, max_value=25, error_messages={"invalid": _("Enter the age in whole years")}
    )
    school = forms.CharField(label=_("School"), max_length=160, required=False)
    language = forms.CharField(label=_("Language"), max_length=60, required=False)
    no_fixed_address = forms.BooleanField(label=_("No fixed address"), required=False)
    found_at = forms.CharField(
        label=_("Where the child is found, if not at home"), max_length=300, required=False, help_text=_("School, a hostel, with whom.")
    )
    as_read = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)


class NumberForm(forms.Form):
    system = forms.CharField(
        label=_("System"),
        max_length=40,
        help_text=_("NHS, UPN, or the name of another system."),
        error_messages={"required": _("Enter the system")},
        widget=forms.TextInput(attrs={"list": "systems"}),
    )
    number = forms.CharField(label=_("The child’s number in it"), max_length=40, error_messages={"required": _("Enter the number")})


class RelationshipForm(forms.Form):
    name = forms.CharField(label=_("Who"), max_length=120, error_messages={"required": _("Enter who it is")})
    relation = forms.CharField(label=_("Related how"), max_length=60, error_messages={"required": _("Enter how they are related")})
    lives_with = forms.BooleanField(label=_("Lives with the child"), required=False)
    cares_for = forms.BooleanField(label=_("Cares for the child"), required=False)
    is_parent = forms.BooleanField(label=_("Is a parent"), required=False)
    born_on = Day(label=_("Their date of birth, if it is known"), required=False)
    said_by = forms.CharField(label=_("Who said so"), max_length=120, error_messages={"required": _("Enter who said so")})
    said_on = Day(label=_("When they said so"), required=False)


class SeenForm(forms.Form):
    happened_on = Day(label=_("When the child was seen"))
    happened_at = Hour()
    view = words(_("What the child said they want and feel"), required=False, help_text=_("In their words, as short as it can be."))


class TellForm(forms.Form):
    whom = forms.ChoiceField(
        label=_("Who"), choices=CaseNote.Whom.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose who")}
    )
    invited_to = forms.ChoiceField(label=_("Invited to"), required=False)
    words = words(_("What they were told"), missing=_("Say what they were told"), help_text=_("Only what they need."))
    happened_on = Day(label=_("When"))
    happened_at = Hour()

    def __init__(self, *args: Any, meetings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invited_to"].choices = [("", _("Told, not invited")), *meetings]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    words = words(_("Note"), missing=_("Enter the note"))


class PeopleForm(forms.Form):
    owner = Person(label=_("Holds the case"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    cover = Person(label=_("Covers in their absence"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    manager = Person(label=_("Manager"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))
    chair = Person(label=_("Conference chair"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody"))

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holders = queries.case_holders(by=by)
        self.fields["owner"].queryset = self.fields["cover"].queryset = holders  # type: ignore[attr-defined]
        self.fields["manager"].queryset = queries.people_of(by=by, role=Role.TEAM_MANAGER)  # type: ignore[attr-defined]
        self.fields["chair"].queryset = queries.people_of(by=by, role=Role.CONFERENCE_CHAIR)  # type: ignore[attr-defined]


class ReassignForm(forms.Form):
    to = Person(
        label=_("To whom"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose who takes it over")},
    )
    words = words(
        _("Hand-over note"),
        missing=_("Say what whoever takes it over must know"),
        help_text=_("What was promised, what comes next, what worries you. It waits for them until they have read it."),
    )

    def __init__(self, *args: Any, by: Membership, held_by: Membership | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = queries.case_holders(by=by)
        self.fields["to"].queryset = others.exclude(pk=held_by.pk) if held_by else others  # type: ignore[attr-defined]


class ChronologyForm(forms.Form):
    """By GET: what is shown stands in the address."""

    kinds = forms.MultipleChoiceField(label=_("What happened"), required=False, widget=forms.CheckboxSelectMultiple)
    since = Day(label=_("From"), required=False)
    until = Day(label=_("Until"), required=False)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    words = forms.CharField(label=_("Words"), required=False, max_length=200)

    def __init__(self, *args: Any, events: list[chronology.Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(code, title) for code, title in chronology.KINDS.items()]  # type: ignore[attr-defined]
        agencies = {event.agency.slug: event.agency.name for event in events}
        self.fields["agency"].choices = [("", _("Every agency")), *sorted(agencies.items(), key=lambda one: one[1])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _("Enter a day that is not before the first one."))
        return said


class CalendarForm(forms.Form):
    whose = forms.ChoiceField(
        label=_("What it shows"), widget=forms.RadioSelect, error_messages={"required": _("Choose what the calendar shows")}
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [(code, label) for code, label in CalendarFeed.Whose.choices if by.role in WHO_MAY[code]]
        self.fields["whose"].choices = mine  # type: ignore[attr-defined]
        self.fields["whose"].initial = mine[0][0]


class StepDownForm(OnCase):
    to = forms.ChoiceField(
        label=_("Which help"), choices=StepDown.To.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose the help")}
    )
    holder = Person(label=_("Who holds it from now on"), queryset=Membership.objects.none(), required=False, empty_label=_("Choose"))
    first_on = Day(label=_("First visit or meeting"), required=False)
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
