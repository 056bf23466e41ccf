"""Agencies, persons, the memberships they act in, and the keys of platforms."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.roles import BREAKERS, MAY_SEE, ROLES_OF, SUPERVISORS, AgencyKind, Role, Scope, Team

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


class FailedNear(models.Model):
    """How many sign-ins failed from near one place in a quarter of an hour. The place is an HMAC under that day's key."""

    near = models.CharField(max_length=64)
    since = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "failed near"
        constraints = [models.UniqueConstraint(fields=["near", "since"], name="failed_near_once_a_quarter")]
        indexes = [models.Index(fields=["since"], name="failed_near_by_age")]

    def __str__(self) -> str:
        return f"{self.since:%H:%M} {self.failures}"


class Visit(OnNoFile, models.Model):
    """A session of somebody who signed in, as they see it. Where it was is not kept, only with what."""

    class Why(models.TextChoices):
        IDLE = "idle", _("You had done nothing for a while, so your session ended.")
        WHOLE = "whole", _("Your session had lasted as long as one may, so it ended.")
        ELSEWHERE = "elsewhere", _("You ended this session from another page of yours.")
        PASSWORD = "password", _("Your password was changed, so this session ended.")
        FACTOR = "factor", _("Your second factor was reset, so this session ended.")
        CLOSED = "closed", _("This account was closed while the page was open.")
        SIGNED_OUT = "signed_out", _("You signed out.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="visits")
    device = models.CharField(max_length=80)
    since = models.DateTimeField(default=moment.now)
    last_used_at = models.DateTimeField(default=moment.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Why, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "ended_at"], name="visit_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_why="") | (models.Q(ended_at__isnull=False) & ~models.Q(ended_why="")),
                name="an_ended_visit_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.device}"

    @property
    def ledger_object(self) -> str:
        return f"session {self.pk}"


class Draft(OnNoFile, models.Model):
    """What somebody typed and did not send, or sent after their session had ended. Sealed with their own key, and with the record's."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    page = models.CharField(max_length=300, help_text=_("The address of the page that the form stood on."))
    action = models.CharField(max_length=300, help_text=_("Where the form is sent to."))
    form = models.CharField(max_length=60, blank=True, help_text=_("Which form of the page."))
    record = models.CharField(
        max_length=20, blank=True, help_text=_("The record that it belongs to, whose key seals it too; no foreign key.")
    )
    sealed = models.BinaryField()
    was_sent = models.BooleanField(default=False, help_text=_("It was sent, after the session had ended."))
    saved_at = models.DateTimeField(default=moment.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "action", "form"], name="one_draft_a_form")]
        indexes = [models.Index(fields=["saved_at"], name="draft_by_age"), models.Index(fields=["record"], name="draft_by_record")]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.page}"

    @property
    def ledger_object(self) -> str:
        return f"draft {self.pk}"


class AccountLink(OnNoFile, models.Model):
    """A letter's link to one's own account: an invitation to set a password, or the question whether a new address is theirs.

    The token is made only as the letter leaves, and kept as its hash.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        ADDRESS = "address", _("New address")

    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    address = models.EmailField()
    asked_at = models.DateTimeField(default=moment.now)
    token_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of 256 random bits; empty until the letter leaves.")
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~models.Q(token_hash=""), name="account_link_token_once"),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(used_at=None, ended_at=None), name="one_open_account_link_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.address}"

    @property
    def ledger_object(self) -> str:
        return f"{self.kind} {self.pk}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> ProposalQuerySet:
        return self.filter(answer="", proposed_at__gt=moment.now() - PROPOSED_FOR)


PROPOSED_FOR = timedelta(days=14)  # then it lapses, and is proposed anew


class Proposal(OnNoFile, models.Model):
    """What an administrator asks for and a second person agrees to: a role that sees cases, or the reset of a second factor."""

    class Kind(models.TextChoices):
        ROLE = "role", _("A role")
        FACTOR_RESET = "factor_reset", _("Reset of the second factor")

    class Answer(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ALONE = "alone", _("Done by one administrator: nobody else could agree")

    kind = models.CharField(max_length=12, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="proposals")
    role = models.CharField(max_length=24, choices=Role, blank=True)
    team = models.CharField(max_length=20, choices=Team, blank=True, default=Team.NONE)
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=moment.now)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_by=None, answered_at=None)
                | (~models.Q(answer="") & models.Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answered_proposal_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(answer="agreed") | ~models.Q(answered_by=models.F("proposed_by")), name="a_second_person_agrees"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="role") & ~models.Q(role="") | models.Q(kind="factor_reset", role=""),
                name="a_proposed_role_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.person.name}, {self.agency.name}"

    @property
    def ledger_object(self) -> str:
        return f"proposal {self.pk}"

    @property
    def lapses_at(self) -> datetime:
        return self.proposed_at + PROPOSED_FOR


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

    ledger_role = "platform"

    @property
    def ledger_object(self) -> str:
        return f"API key {self.prefix}"
