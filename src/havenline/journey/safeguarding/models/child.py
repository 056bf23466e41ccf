"""A child known to an area, who is around the child, and whether two of them are one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from havenline.journey.safeguarding.models.case import ChildCase


class Household(models.Model):
    """Who lives together. It belongs to the area's social care, never to one case."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="households")
    number = models.CharField(max_length=12, unique=True, help_text=_("H-7K2M"))
    address = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Child(models.Model):
    """A child known to this area. Seen only through a case that the person's agency is party to."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="children")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    other_household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children_at_times",
        help_text=_("Where the child also lives: with the other parent."),
    )
    no_fixed_address = models.BooleanField(default=False)
    found_at = models.CharField(max_length=300, blank=True, help_text=_("Where the child is found, if not at home."))
    name = models.CharField(max_length=120)
    other_names = models.CharField(max_length=300, blank=True, help_text=_("By which the child is or was called, a comma between."))
    born_on = models.DateField(null=True, blank=True)
    born_about = models.CharField(max_length=60, blank=True, help_text=_("As it was told, where no date is known: “summer 2019”."))
    born_earliest = models.DateField(null=True, blank=True, help_text=_("The range that what was told stands for."))
    born_latest = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True, help_text=_("Of an unborn child."))
    age_as_told = models.PositiveSmallIntegerField(null=True, blank=True)
    school = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text=_("A person said that they are one."),
    )

    if TYPE_CHECKING:
        cases: RelatedManager[ChildCase]
        relationships: RelatedManager[Relationship]
        numbers: RelatedManager[ChildNumber]
        keys: RelatedManager[ChildKey]

    class Meta:
        verbose_name_plural = "children"
        constraints = [
            models.CheckConstraint(
                condition=Q(born_earliest=None) | Q(born_latest=None) | Q(born_earliest__lte=models.F("born_latest")),
                name="born_at_the_earliest_before_the_latest",
            ),
            models.CheckConstraint(condition=Q(born_on=None) | Q(expected_on=None), name="born_or_expected"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kept_as(self) -> Child:
        """The child that this one was found to be, however often; itself where nobody said so."""
        return self.merged_into.kept_as if self.merged_into else self

    @property
    def names(self) -> tuple[str, ...]:
        """Each name that the child is or was called by, the usual one first."""
        return tuple(filter(None, (name.strip() for name in (self.name, *self.other_names.split(",")))))

    @property
    def named(self) -> str:
        """Name and age, as a list shows a child."""
        return f"{self.name}, {self.age}" if self.age is not None else self.name

    @property
    def age(self) -> int | None:
        """Whole years: by date of birth, by a range where both its ends give the same, else as it was told."""
        if self.born_on is not None:
            return age_at(self.born_on, moment.today())
        ends = {age_at(end, moment.today()) for end in (self.born_earliest, self.born_latest) if end is not None}
        return ends.pop() if self.born_earliest and self.born_latest and len(ends) == 1 else self.age_as_told

    @property
    def born_in_words(self) -> str:
        """What is known of the child's birth where no date is: as it was told, and the range beside it."""
        between = [date_format(end, "j M Y") for end in (self.born_earliest, self.born_latest) if end is not None]
        return ", ".join(filter(None, [self.born_about, "–".join(between)]))


def age_at(born_on: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def standing(self) -> RelationshipQuerySet:
        """What is held to be so now: neither ended nor withdrawn."""
        return self.filter(ended_on=None, withdrawn_at=None)


class Relationship(models.Model):
    """A statement on somebody around the child: who, how related, whether they live with or care for the child; who said so, and when.

    Never changed: it ends when it is no longer so, or is withdrawn because it never was; the row stays, with who said that.
    """

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="relationships")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60)
    lives_with = models.BooleanField(default=False)
    cares_for = models.BooleanField(default=False)
    is_parent = models.BooleanField(default=False)
    born_on = models.DateField(null=True, blank=True)
    said_by = models.CharField(max_length=120)
    said_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text=_("Since when it is no longer so; the row stays."))
    ended_said_by = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text=_("It never was so."))
    withdrawn_why = models.CharField(max_length=200, blank=True)
    closed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Who recorded its end.")
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["said_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_on=None) | Q(withdrawn_at=None), name="a_statement_ends_or_is_withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.relation} of {self.child}"


class ChildNumber(models.Model):
    """What another system calls the child: NHS number, unique pupil number, a number in the area's own case system."""

    NHS, UPN, CENSUS = "nhs", "upn", "LA child ID"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="numbers")
    system = models.CharField(max_length=40, help_text=_("nhs, upn, or the other system’s name."))
    number = models.CharField(max_length=40)
    ended_on = models.DateField(null=True, blank=True, help_text=_("The other system uses it no longer; the row stays."))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["system", "number"]
        constraints = [models.UniqueConstraint(fields=["child", "system", "number"], name="one_number_of_a_child_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"


class ChildKey(models.Model):
    """A key under which a child is found who may be the same (engines.linking). Derived: made anew whenever what is known changes."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=120, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "key"], name="one_key_of_a_child_once")]

    def __str__(self) -> str:
        return self.key


class NotTheSame(models.Model):
    """A person said that these are two children: they are not offered as one again. `one` has the smaller number."""

    one = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "not the same"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], condition=Q(taken_back_at=None), name="two_children_are_told_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="two_children_in_their_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"


class Merge(models.Model):
    """A person said that two are one child. What went over is listed, so that it can go back: nothing is lost by a merge or its undoing."""

    kept = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="merges")
    other = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    went_over = models.JSONField(help_text=_("Primary keys, by what they are: cases, relationships, numbers."))
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["other"], condition=Q(undone_at=None), name="a_child_is_merged_once_at_a_time")]

    def __str__(self) -> str:
        return f"{self.other_id} into {self.kept_id}"
