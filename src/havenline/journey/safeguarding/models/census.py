"""What came with a council's own Children in Need census, kept so that its return loses nothing that the census holds."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.engines.census import Content
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import OnFile
from havenline.foundation.sealing import keys
from havenline.journey.safeguarding.models.case import ChildCase
from havenline.journey.safeguarding.models.child import Child


class CensusImport(models.Model):
    """A census that was taken in, once. It names no child."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="censuses")
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file."))
    local_authority = models.CharField(max_length=10, blank=True, help_text=_("As its header says."))
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    reference_date = models.DateField()
    holder = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", help_text=_("Who held its cases at first."))
    imported_at = models.DateTimeField()
    children = models.PositiveIntegerField(default=0)
    episodes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "imported census"
        verbose_name_plural = "imported censuses"
        constraints = [models.UniqueConstraint(fields=["agency", "digest"], name="a_census_is_imported_once")]

    def __str__(self) -> str:
        return f"census {self.year}, {self.agency}"


class CensusChild(models.Model):
    """What the census calls a child of this area. Emptied with the child."""

    child = models.OneToOneField(Child, primary_key=True, on_delete=models.PROTECT, related_name="census")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80, help_text=_("LAchildID"))

    class Meta:
        verbose_name = "child of a census"
        verbose_name_plural = "children of a census"
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], condition=~models.Q(number=""), name="a_child_of_the_census_once"),
        ]

    def __str__(self) -> str:
        return self.number


class CensusEpisode(OnFile):
    """An episode of the census, whose case this is: its dates, and all of it, and of its child, sealed under the case's key."""

    child_case = models.OneToOneField(ChildCase, primary_key=True, on_delete=models.PROTECT, related_name="census")
    of_child = models.ForeignKey(CensusChild, on_delete=models.PROTECT, related_name="episodes")
    came_with = models.ForeignKey(CensusImport, on_delete=models.PROTECT, related_name="of_episodes")
    referred_on = models.DateField()
    ordinal = models.PositiveSmallIntegerField(default=1, help_text=_("Of several with this referral’s day."))
    dates = models.JSONField(default=dict, help_text=_("By element: those that its clocks are counted from."))
    sealed = models.BinaryField(help_text=_("JSON: the child’s elements and the episode’s."))

    class Meta:
        verbose_name = "episode of a census"
        verbose_name_plural = "episodes of a census"
        constraints = [models.UniqueConstraint(fields=["of_child", "referred_on", "ordinal"], name="an_episode_of_the_census_once")]

    def __str__(self) -> str:
        return f"{self.of_child} {self.referred_on}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case

    def contents(self) -> tuple[Content, Content]:
        """What the census said of the child, and of this episode."""
        child, episode = json.loads(self.child_case.record.ledger_seal().open("census", bytes(self.sealed)))
        return child, episode


class ErasedCensusChild(models.Model):
    """That a child of a census was erased here, so that no later census brings the child back: a keyed digest of its number, and the day.

    Nothing else is kept, and nobody can try numbers out on it without mac.key.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    erased_on = models.DateField()

    class Meta:
        verbose_name = "erased child of a census"
        verbose_name_plural = "erased children of a census"
        constraints = [models.UniqueConstraint(fields=["agency", "digest"], name="an_erased_child_of_the_census_once")]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.erased_on}"

    @staticmethod
    def digest_of(agency: Agency, number: str) -> str:
        text = f"erased child of the census of {agency.pk}\0{number}"
        return hmac.new(keys.secret("mac.key"), text.encode(), hashlib.sha256).hexdigest()

    @classmethod
    def days(cls, agency: Agency, numbers: Iterable[str]) -> dict[str, date]:
        """By the numbers of these that were erased: the day."""
        by_digest = {cls.digest_of(agency, number): number for number in numbers}
        found = cls.objects.filter(agency=agency, digest__in=by_digest).values_list("digest", "erased_on")
        return {by_digest[digest]: day for digest, day in found}
