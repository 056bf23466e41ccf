"""The papers of a case: assessment, plan, visit and the rest. Every version is kept, sealed under the case's key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.safeguarding import papers
from havenline.journey.safeguarding.models.case import ChildCase

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Paper(OnFile):
    """One paper. It is open until it is finished; finished, it waits for its sign-off where its form asks for one."""

    class State(models.TextChoices):
        OPEN = "open", _("Being written")
        WAITS = "waits", _("Waits for sign-off")
        FINISHED = "finished", _("Finished")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=40, help_text=_("The form: a file of papers/."))
    number = models.PositiveSmallIntegerField(help_text=_("The how-manieth of its form on this case."))
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_back_sealed = models.BinaryField(null=True, blank=True, help_text=_("Why the manager gave it back."))

    if TYPE_CHECKING:
        versions: RelatedManager[PaperVersion]

    class Meta:
        ordering = ["begun_at", "id"]
        constraints = [models.UniqueConstraint(fields=["child_case", "code", "number"], name="papers_of_a_form_are_numbered")]

    def __str__(self) -> str:
        return f"{self.title}, {self.child_case}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case

    @property
    def form(self) -> papers.Form:
        return papers.form_of(self.code)

    @property
    def title(self) -> str:
        return f"{self.form.title} {self.number}" if self.number > 1 else self.form.title

    @property
    def given_back(self) -> str:
        return self.ledger_seal().open("given back", bytes(self.given_back_sealed)) if self.given_back_sealed else ""


class PaperVersion(models.Model):
    """What a paper said at one time. `aside`: it could not be brought together with what somebody else saved meanwhile; nothing is lost."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField(help_text=_("JSON: by field."))
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    by_itself = models.BooleanField(default=False, help_text=_("Saved while somebody typed."))
    aside = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "number"], name="versions_of_a_paper_are_numbered"),
            models.CheckConstraint(condition=Q(number__gt=0), name="versions_begin_with_one"),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.number}"

    def goes_on_from(self, before: PaperVersion) -> bool:
        """Whether the same person typed on in the same minute: the two are shown as one, and one is kept once the paper is finished."""
        typed = before.by_itself and self.by_itself and before.aside == self.aside and before.by_id == self.by_id
        return typed and before.saved_at.replace(second=0, microsecond=0) == self.saved_at.replace(second=0, microsecond=0)

    def content(self) -> dict[str, Any]:
        """By field: text, a list of codes, or rows by column."""
        said: dict[str, Any] = json.loads(self.paper.ledger_seal().open("paper", bytes(self.sealed)))
        return said
