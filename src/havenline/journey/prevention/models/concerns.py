"""A concern of a school about one child, with the decision and its reason, as it was handed to children's social care."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import File


class Concern(File):
    """Keeping Children Safe in Education: concerns, decisions and the reasons for them are recorded."""

    submission = models.CharField(max_length=64, unique=True, help_text=_("Sending the form again finds this."))
    sealed = models.BinaryField(help_text=_("JSON: the child, the concern, why it is referred, and whether the parents were told."))
    raised_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["-raised_at"]

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.record.ledger_seal().open("concern", self.sealed))
        return told
