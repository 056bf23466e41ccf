"""What is due, what is held, what was erased: for the people whose records they are, and for oversight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind, Role
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import page_for
from havenline.foundation.retention import actions, rules, triggers
from havenline.foundation.retention.models import Erasure, Hold

SHOWN_BEFORE = timedelta(days=90)


@dataclass(frozen=True)
class Row:
    """A line of the due list. `against`: what stands against its end, in a sentence; it can be approved where that is empty."""

    due: actions.Due
    kind: str
    period: str
    page: str
    against: str
    is_due: bool
    is_approved: bool

    @property
    def may_be_approved(self) -> bool:
        return self.is_due and not self.is_approved and not self.against


def _mine(by: Membership) -> QuerySet[Record]:
    """Oversight sees every agency's; everybody else their own agency's, of the kinds that their role sees."""
    visible = Record.objects.visible_to(by)
    return visible if by.role == Role.AUDITOR else visible.filter(agency=by.agency)


def dues(*, by: Membership) -> list[actions.Due]:
    """What is due, and what will be within 90 days, the longest due first. What a rule ends by itself is in it too."""
    last = moment.today() + SHOWN_BEFORE
    found = [due for rule in rules.in_force().values() for due in actions.due_by(rule, on=last, among=_mine(by))]
    return sorted(found, key=lambda due: (due.on, due.record.reference))


def rows(found: Sequence[actions.Due], *, by: Membership) -> list[Row]:
    """The lines of a page: what stands against each is asked of every room, so not of thousands at once."""
    today, of_these = moment.today(), [due.record.pk for due in found]
    holds = {hold.record_id: hold for hold in Hold.objects.filter(record__in=of_these, released_at=None).select_related("agency")}
    erasures = {erasure.record_id: erasure for erasure in Erasure.objects.filter(record__in=of_these)}
    return [_row(due, today >= due.on, holds.get(due.record.pk), erasures.get(due.record.pk), by) for due in found]


def _row(due: actions.Due, is_due: bool, hold: Hold | None, erasure: Erasure | None, by: Membership) -> Row:
    stands = _("Held: %(agency)s") % {"agency": hold.agency.name} if hold else triggers.blocked_by(due.record) if is_due else ""
    stopped = bool(erasure and erasure.problem)  # approved, and then something stood against it: it can be approved again
    return Row(
        due=due,
        kind=str(FileKind(due.record.kind).label),
        period=period_in_words(due.rule),
        page=page_for(due.record, by),
        against=stands,
        is_due=is_due,
        is_approved=erasure is not None and not stopped,
    )


def to_erase(references: list[str], *, by: Membership) -> list[Row]:
    """Those of the named records that this person could approve now."""
    wanted = set(references)
    own = [due for due in dues(by=by) if due.record.reference in wanted and due.record.agency_id == by.agency_id]
    return [row for row in rows(own, by=by) if row.may_be_approved]


def being_erased(*, by: Membership) -> int:
    """How many were approved and wait for the worker."""
    return Erasure.objects.filter(record__in=_mine(by), erased_at=None, problem="").count()


def holds(*, by: Membership) -> QuerySet[Hold]:
    """In force on records that this person sees, the next review first."""
    seen = Hold.objects.filter(record__in=Record.objects.visible_to(by), released_at=None)
    return seen.select_related("record__agency", "agency", "by__person").order_by("review_on")


def holds_seen(*, by: Membership) -> QuerySet[Hold]:
    """Every hold, released ones too, of records that this person may see."""
    return Hold.objects.filter(record__in=Record.objects.visible_to(by))


def tombstones(*, by: Membership) -> QuerySet[Erasure]:
    """What was erased, newest first. Oversight sees every agency's; others their own agency's, of the kinds that their role sees."""
    done = Erasure.objects.filter(erased_at__isnull=False, record__kind__in=by.sees)
    if by.role != Role.AUDITOR:
        done = done.filter(record__agency=by.agency)
    return done.select_related("record__agency", "approved_by__person").order_by("-erased_at")


@dataclass(frozen=True)
class RuleShown:
    rule: rules.Rule
    kind: str
    period: str
    happens: str
    verified: str


def rules_shown() -> list[RuleShown]:
    """Every rule in words, as it is in force here."""
    verified = {
        "primary": _("Checked at its source"),
        "secondary": _("Checked in a secondary source"),
        "remembered": _("Not checked yet"),
        "policy": _("Policy of this place"),
    }
    shown = []
    kinds = dict(FileKind.choices) | {"access_request": _("Access request"), "breach": _("Breach")}
    for rule in [*rules.in_force().values(), *rules.of_registers()]:
        happens = {
            ("erase", "person"): _("Erased once a supervisor approved it"),
            ("erase", "rule"): _("Erased by the rule alone"),
            ("review", "person"): _("Reviewed: held on, or erased once a supervisor approved it"),
        }[rule.then, rule.approval]
        shown.append(RuleShown(rule, str(kinds[rule.kind]), period_in_words(rule), happens, verified[rule.verified]))
    return shown


def period_in_words(rule: rules.Rule) -> str:
    """“7 years after decided”."""
    parts = [
        ngettext("%(n)s year", "%(n)s years", rule.years) % {"n": rule.years} if rule.years else "",
        ngettext("%(n)s month", "%(n)s months", rule.months) % {"n": rule.months} if rule.months else "",
        ngettext("%(n)s day", "%(n)s days", rule.days) % {"n": rule.days} if rule.days else "",
    ]
    how_long = ", ".join(part for part in parts if part)
    if not how_long:
        return _("as soon as: %(trigger)s") % {"trigger": rule.trigger}
    return _("%(period)s after: %(trigger)s") % {"period": how_long, "trigger": rule.trigger}
