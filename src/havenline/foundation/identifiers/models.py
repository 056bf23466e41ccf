"""Accounts, addresses, hashes: one canonical form each, and where it was seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import OnFile, Record


class Kind(models.TextChoices):
    ACCOUNT = "account", _("Account")
    URL = "url", _("Web address")
    HOST = "host", _("Host")
    MAIL = "mail", _("E-mail address")
    TELEPHONE = "telephone", _("Telephone number")
    IP_ADDRESS = "ip", _("IP address")
    DEVICE = "device", _("Device name")
    ADDRESS = "address", _("Postal address")
    MD5 = "md5", _("MD5")
    SHA1 = "sha1", _("SHA-1")
    SHA256 = "sha256", _("SHA-256")
    PDQ = "pdq", _("PDQ (of a picture)")


# A perceptual hash may reveal something of its picture: it is kept with the item that it is of, and shown by a fingerprint alone. It is
# seen in no record, so that no list, search, network, enquiry or package has it.
GUARDED = frozenset({Kind.PDQ})


class Identifier(models.Model):
    """One identifier in its canonical form. Two sightings of it are the same, exactly."""

    kind = models.CharField(max_length=10, choices=Kind)
    canonical = models.CharField(max_length=400)
    shown = models.CharField(max_length=400, help_text=_("As it was first written."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "canonical"], name="identifier_once")]

    def __str__(self) -> str:
        return self.shown


class Sighting(OnFile):
    """An identifier was seen in a record."""

    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="sightings")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="sightings")
    seen_at = models.DateTimeField()
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identifier", "record"], name="sighting_once_a_record")]
        ordering = ["seen_at"]

    def __str__(self) -> str:
        return f"{self.identifier} in {self.record}"

    @property
    def ledger_file(self) -> Record:
        return self.record


class Enquiry(models.Model):
    """Somebody asked about an identifier that stands in a record which they may not see: its owner may answer, or not.

    The asker is told nothing: to them a hit elsewhere looks like none.
    """

    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="enquiries")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_from = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="identifier_enquiries", help_text=_("Whose task it is."))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered = models.BooleanField(default=False, help_text=_("The owner told the asker; otherwise they kept it to themselves."))

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [models.UniqueConstraint(fields=["sighting", "asked_from"], name="enquiry_once_for_each_asking_record")]

    def __str__(self) -> str:
        return f"{self.sighting}, asked from {self.asked_from}"
