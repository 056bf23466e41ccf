"""Who hosts an item, what was asked of them, and what came of it. What a host says is a claim; that it is gone, a person says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import File, OnFile
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.models import Decision, LinkAnswer

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Host(OnNoFile, models.Model):
    """Whoever runs the machine that an item is on, as the hotline's directory knows them, by the name in the item's address."""

    domain = models.CharField(max_length=253, unique=True, help_text=_("The host’s name in addresses; names below it count too."))
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=60, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    if TYPE_CHECKING:
        contacts: RelatedManager[Contact]

    class Meta:
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain

    @property
    def ledger_object(self) -> str:
        return f"host {self.pk}"


class Contact(OnNoFile, models.Model):
    """Where a host takes notices. A new one is used only after another person approved it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Not approved")
        RETIRED = "retired", _("No longer used")

    host = models.ForeignKey(Host, on_delete=models.PROTECT, related_name="contacts")
    email = models.EmailField()
    found_at = models.CharField(
        max_length=200, help_text=_("Where the address was found: the host’s abuse page, its register entry, a call.")
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True, help_text=_("The last letter to it did not arrive, or nobody knows."))
    bounced_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["host"], condition=models.Q(state="approved"), name="one_approved_contact_a_host"),
            models.CheckConstraint(
                condition=models.Q(settled_by=None) | ~models.Q(settled_by=models.F("proposed_by")),
                name="contact_settled_by_another_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(settled_by__isnull=False), name="contact_approved_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.host}"

    @property
    def ledger_object(self) -> str:
        return f"contact {self.pk}"


class Notice(File):
    """One request to one host about items of one report.

    drafted -> held for police -> sent -> acknowledged -> removed (a person says so) / refused / contested. Unanswered is a late
    clock; back again is a new notice. What was held leaves only after a person released it: the database says so too.
    """

    class Asks(models.TextChoices):
        REMOVE = "remove", _("Remove it, and keep it for police")
        PRESERVE = "preserve", _("Preserve it, and do not tell the user")

    class HeldBecause(models.TextChoices):
        ACCOUNT_CONTACTED_A_CHILD = "account_contacted_a_child", _("An account contacted a child.")
        LINK_FOR_ONE_PERSON = "link_for_one_person", _("A link could have been made for one person.")
        TYPED = "typed", _("A person asked for it.")

    class State(models.TextChoices):
        DRAFTED = "drafted", _("Not sent yet")
        HELD = "held", _("Held for police")
        LEAVING = "leaving", _("Leaving")  # its letter is queued; sent once the host's mail server took it
        BOUNCED = "bounced", _("Did not reach the host")
        SENT = "sent", _("Sent")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        REFUSED = "refused", _("Refused")
        CONTESTED = "contested", _("Contested")
        REMOVED = "removed", _("Removed")  # or preserved: what was asked was done, a person says
        WITHDRAWN = "withdrawn", _("Withdrawn")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="notices")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    host = models.ForeignKey(Host, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    hostname = models.CharField(max_length=253, help_text=_("The name in the items’ addresses."))
    asks = models.CharField(max_length=10, choices=Asks)
    state = models.CharField(max_length=14, choices=State, default=State.DRAFTED)
    drafted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("The last that left.")
    )
    police = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Whose word releases it, while it is held.")
    )
    held_because = models.CharField(max_length=30, choices=HeldBecause, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason_sealed = models.BinaryField(null=True, blank=True)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_words_sealed = models.BinaryField(null=True, blank=True, help_text=_("How it is known, or why it was taken back."))
    repeats = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="repeated_by",
        help_text=_("Back again after this one."),
    )
    problem = models.CharField(max_length=300, blank=True, help_text=_("Why it cannot go on without a person."))

    if TYPE_CHECKING:
        items: RelatedManager[NoticeItem]
        links: RelatedManager[HostLink]
        answers: RelatedManager[HostAnswer]
        look_ups: RelatedManager[LookUp]
        repeated_by: RelatedManager[Notice]

    class Meta:
        ordering = ["drafted_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(state="held") | models.Q(held_at__isnull=False), name="held_notice_says_since_when"),
            models.CheckConstraint(
                condition=models.Q(state__in=["drafted", "held", "withdrawn"]) | models.Q(contact__isnull=False),
                name="notice_leaves_to_a_contact",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="removed") | models.Q(ended_by__isnull=False), name="that_it_is_removed_a_person_says"
            ),
            models.CheckConstraint(
                condition=models.Q(held_at=None) | models.Q(released_at__isnull=False) | models.Q(state__in=["held", "withdrawn"]),
                name="what_is_held_leaves_only_released",
            ),
            models.CheckConstraint(condition=models.Q(ended_at=None) | models.Q(ended_by__isnull=False), name="notice_ended_by_a_person"),
            models.UniqueConstraint(
                fields=["decision", "hostname", "asks"], condition=models.Q(repeats=None), name="notice_once_a_decision_and_host"
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None) | models.Q(released_by__isnull=False), name="hold_released_by_a_person"
            ),
        ]

    @property
    def release_reason(self) -> str:
        return self.ledger_seal().open("reason", self.release_reason_sealed) if self.release_reason_sealed else ""

    @property
    def end_words(self) -> str:
        return self.ledger_seal().open("end", self.end_words_sealed) if self.end_words_sealed else ""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def has_left(self) -> bool:
        """Whether its host has it, as far as we know: then a host may answer it, and somebody may record what came of it."""
        return self.sent_at is not None

    @property
    def done_word(self) -> str:
        """What a person records once the host has done what was asked."""
        return str(_("Preserved") if self.asks == self.Asks.PRESERVE else _("Removed"))

    @property
    def state_word(self) -> str:
        return self.done_word if self.state == self.State.REMOVED else str(self.get_state_display())


class NoticeItem(OnFile):
    """An item that a notice names, with the answer to whether its link could have been made for one person."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(ReportedItem, on_delete=models.PROTECT, related_name="notice_items")
    link_answer = models.ForeignKey(LinkAnswer, on_delete=models.PROTECT, related_name="+", help_text=_("As it stood at drafting."))

    if TYPE_CHECKING:
        checks: RelatedManager[RemovalCheck]

    class Meta:
        ordering = ["item__number"]
        constraints = [models.UniqueConstraint(fields=["notice", "item"], name="item_once_a_notice")]

    def __str__(self) -> str:
        return f"{self.item} in {self.notice}"

    @property
    def ledger_file(self) -> Notice:
        return self.notice


class LookUp(OnFile):
    """Where the items' host name pointed when it was asked: once at drafting, again just before a notice leaves."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="look_ups")
    at = models.DateTimeField()
    addresses = models.CharField(max_length=300, blank=True, help_text=_("Sorted, comma between; empty: the name answers nothing."))
    differs = models.BooleanField(default=False, help_text=_("Another answer than at drafting: a person looks before it leaves."))
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]  # which was last decides whether it may leave: never left to chance

    def __str__(self) -> str:
        return f"{self.notice} {self.at:%d %b %H:%M}"

    @property
    def ledger_file(self) -> Notice:
        return self.notice

    @property
    def waits_for_a_person(self) -> bool:
        return self.differs and self.confirmed_by_id is None


class HostLink(OnFile):
    """A host's way to one notice without an account: a signed token that expires, kept as its hash. One for each letter."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text=_("First shown: by whom is not known."))

    def __str__(self) -> str:
        return f"Link {self.pk} to {self.notice}"

    @property
    def ledger_file(self) -> Notice:
        return self.notice

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None and self.expires_at > moment.now()

    # As an actor of the ledger: whoever holds the link, at that host.
    @property
    def ledger_name(self) -> str:
        return f"host-link:{self.pk}"

    ledger_agency = ""
    ledger_role = "host"


class WrongLinks(models.Model):
    """Wrong links in each minute, of everybody together: throttles guessing without asking who guesses."""

    minute = models.DateTimeField(primary_key=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "wrong links"

    def __str__(self) -> str:
        return f"{self.minute:%H:%M} {self.count}"


class HostAnswer(OnFile):
    """What came back through a host's link: a claim, never a fact of ours."""

    class What(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("We have it and will act")
        SAYS_REMOVED = "says_removed", _("We have removed it")
        SAYS_PRESERVED = "says_preserved", _("We have preserved it")
        REPLIED = "replied", _("A reply")
        CONTESTED = "contested", _("We contest it")
        REFUSED = "refused", _("We will not do it")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="answers")
    link = models.ForeignKey(HostLink, on_delete=models.PROTECT, null=True, blank=True, related_name="answers")
    taken_down_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who noted it, where it came by telephone."),
    )
    what = models.CharField(max_length=14, choices=What)
    words_sealed = models.BinaryField()
    at = models.DateTimeField()
    submission = models.CharField(max_length=64, unique=True, help_text=_("Sending again adds nothing."))
    seen_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(link__isnull=False) | models.Q(taken_down_by__isnull=False), name="host_answer_came_from_somebody"
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice}: {self.what}"

    @property
    def ledger_file(self) -> Notice:
        return self.notice

    @property
    def words(self) -> str:
        return self.ledger_seal().open("answer", self.words_sealed)


class RemovalCheck(OnFile):
    """Whether an item's address answered from here, asked by HEAD and nothing more. It never says *removed*."""

    class Found(models.TextChoices):
        ANSWERS = "answers", _("Still answers from here")
        NOT_REACHABLE = "not_reachable", _("Not reachable from here")
        NOT_ASKED = "not_asked", _("Not asked")  # a private address, another port; `said` tells which

    item = models.ForeignKey(NoticeItem, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    found = models.CharField(max_length=14, choices=Found)
    said = models.CharField(max_length=120, blank=True, help_text=_("The status line, or why nothing answered."))

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.item} {self.found}"

    @property
    def ledger_file(self) -> Notice:
        return self.item.notice
