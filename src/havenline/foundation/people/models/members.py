"""Agencies, persons, and the memberships they act in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.roles import BREAKERS, MAY_SEE, ROLES_OF, SUPERVISORS, AgencyKind, Role, Team
from havenline.foundation.sealing import holders

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class NotPartyToRecord(PermissionError):
    """This person acts in no agency that is party to the record, or in no role that may see it."""


class NotYourRole(PermissionError):
    """This act belongs to another role; says which."""


class Agency(OnNoFile, models.Model):
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AgencyKind)
    area = models.CharField(max_length=80, blank=True, help_text=_("The places that it serves, as people would say them."))
    opens = models.TimeField(null=True, blank=True, help_text=_("Office hours on working days; empty: day and night."))
    closes = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def ledger_object(self) -> str:
        return f"agency {self.slug}"

    @property
    def holder(self) -> str:
        """Whose key pair its people read by."""
        return holders.of_agency(self.slug)


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(OnNoFile, AbstractBaseUser):
    """Whoever can sign in. What a person may see follows from the membership that they act in, never from the account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=moment.now)
    address_verified_at = models.DateTimeField(null=True, blank=True, help_text=_("When a letter to this address was last answered."))
    locked_until = models.DateTimeField(null=True, blank=True)
    failed_sign_ins = models.PositiveSmallIntegerField(default=0)
    key_hints = models.BooleanField(_("show and use single keys at the desk"), default=True)
    theme = models.CharField(
        _("colours"), max_length=5, blank=True, choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]
    )

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    if TYPE_CHECKING:
        memberships: RelatedManager[Membership]

    class Meta:
        verbose_name_plural = "persons"

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """R. Osei, as it stands on the desk."""
        first, _space, last = self.name.rpartition(" ")
        return f"{first[:1]}. {last}" if first else last

    @property
    def sealed_as(self) -> str:
        """What this person's own key is kept under: 68 random bits of the account's number."""
        return f"P-{self.id.hex[:18]}"

    @property
    def ledger_name(self) -> str:
        return f"person:{self.id}"

    ledger_agency = ""
    ledger_role = ""

    @property
    def ledger_object(self) -> str:
        return f"person {self.id}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """In force now, of a person whose account is active."""
        at = moment.now()
        return self.filter(since__lte=at, person__is_active=True).filter(models.Q(until=None) | models.Q(until__gt=at))

    def supervising(self, agency: Agency) -> MembershipQuerySet:
        return self.current().filter(agency=agency, role=SUPERVISORS.get(agency.kind, ""))


class Membership(OnNoFile, models.Model):
    """A person in one role of one agency. It is what acts: one membership a session."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role)
    team = models.CharField(max_length=20, choices=Team, blank=True, default=Team.NONE)
    since = models.DateTimeField(default=moment.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency", "role", "team"], condition=models.Q(until=None), name="membership_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.get_role_display()}, {self.agency.name}"

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def short_name(self) -> str:
        return self.person.short_name

    @property
    def ledger_name(self) -> str:
        return f"person:{self.person_id}"

    @property
    def ledger_agency(self) -> str:
        return self.agency.slug

    @property
    def ledger_role(self) -> str:
        return str(self.role)

    @property
    def ledger_object(self) -> str:
        return f"membership {self.pk}"

    @property
    def sees(self) -> frozenset[str]:
        """The kinds of file that this role may see at all."""
        return MAY_SEE[self.role]

    @property
    def supervises(self) -> bool:
        return SUPERVISORS.get(self.agency.kind) == self.role

    @property
    def may_break_glass(self) -> bool:
        """May open one record that their agency is not party to: a supervisor of police or of social care."""
        return self.role in BREAKERS

    @property
    def may_be_second(self) -> bool:
        """Whether this is somebody who agrees to what an administrator proposes."""
        return self.supervises or self.role in (Role.ADMINISTRATOR, Role.AUDITOR)

    def must_be(self, *roles: str) -> None:
        """Raises NotYourRole."""
        if self.role not in roles:
            wanted = " / ".join(str(Role(role).label) for role in roles)
            raise NotYourRole(_("This is for: %(roles)s. You act as %(mine)s.") % {"roles": wanted, "mine": self.get_role_display()})

    def can_act_on(self, record: Any) -> bool:
        """Whether this person's agency is party to a Record now, and they work on it; who broke its glass only reads it."""
        return bool(type(record).objects.party_to(self).filter(pk=record.pk).exists())

    def must_be_party_to(self, file: Any) -> None:
        """`file`: a Record, or a row that has one. Who broke its glass reads it and is no party. Raises NotPartyToRecord."""
        if not self.can_act_on(getattr(file, "record", file)):
            raise NotPartyToRecord(_("This does not exist, or it is not yours to see."))

    def clean(self) -> None:
        if self.role not in ROLES_OF[self.agency.kind]:
            raise ValueError(f"{self.agency.get_kind_display()} has no {self.get_role_display()}.")
