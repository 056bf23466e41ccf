"""What a platform signs in with."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models.members import Agency, Person
from havenline.foundation.people.roles import Scope

WARNED_BEFORE = timedelta(days=30)  # before a key runs out


def every_scope() -> list[str]:
    return [scope.value for scope in Scope]


class ApiKey(OnNoFile, models.Model):
    """What a platform signs in with. Shown once, stored hashed."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="api_keys")
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64, help_text="SHA-256: the key has 256 random bits, so no slow hash is needed.")
    scopes = models.JSONField(default=every_scope)
    answerable = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="api_keys", help_text=_("Their account’s end is the key’s.")
    )
    first = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The first of those that replaced each other."),
    )
    made_at = models.DateTimeField(default=moment.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.agency.name} {self.prefix}…"

    @property
    def line(self) -> int:
        """What a key and those that replaced it have in common: an Idempotency-Key sent again after a rotation makes no second report."""
        return self.first_id or self.pk

    @property
    def has_ended(self) -> bool:
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= moment.now())

    @property
    def ends_in_days(self) -> int | None:
        """Whole days until it runs out, where that is near enough to be warned of; else None."""
        if self.has_ended or self.expires_at is None or self.expires_at - moment.now() > WARNED_BEFORE:
            return None
        return (self.expires_at - moment.now()).days

    @property
    def scopes_in_words(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    @property
    def ledger_name(self) -> str:
        return f"key:{self.prefix}"

    @property
    def ledger_agency(self) -> str:
        return self.agency.slug

    @property
    def ledger_role(self) -> str:
        return str(self.agency.kind)

    @property
    def ledger_object(self) -> str:
        return f"API key {self.prefix}"
