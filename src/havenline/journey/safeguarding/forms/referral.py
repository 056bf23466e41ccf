"""A referral is taken up, decided, and whoever referred is told."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import path, queries
from havenline.journey.safeguarding.forms.fields import Day, Hour, OnCase, Person, words
from havenline.journey.safeguarding.models import ChildCase, Household, ReferrerTold
from havenline.journey.safeguarding.queries.same_child import Candidate


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
