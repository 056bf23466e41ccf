"""Each child named or identifiable, the one who reports included: a referral, or a recorded reason against one."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.intake.models import Report, ReportKind
from havenline.journey.triage.actions.claiming import locked, must_hold
from havenline.journey.triage.errors import ChildNotDescribed, DutySettled, ReasonMissing
from havenline.journey.triage.models import ChildDuty

PARTS = ("name", "town", "school", "household", "address")


@transaction.atomic
def find_children(*, report: Report, by: Actor = CLOCK) -> list[ChildDuty]:
    """Read from the opened answers whom the desk owes a referral or a reason: at opening, once."""
    if report.child_duties.exists():
        return []
    return [
        _open(report, told, age=told.get("age"), is_reporter=is_reporter, found_by=None, by=by)
        for is_reporter, told in children_in(report.answers())
    ]


def children_in(answers: Mapping[str, Any]) -> list[tuple[bool, dict[str, Any]]]:
    """Children whom the answers name or make identifiable: (is the one who reports, what is known of them). Pure.

    A young person who reports is one also without a name: they hold a receipt and can be asked. Another child is where a name, a
    school, or a town with an age is given, or the reporter lives with or knows them.
    """
    child, name = answers["child"], answers["reporter"]["name"]
    is_me = bool(child["is_me"]) or answers["relation"] == "me" or answers["kind"] == ReportKind.PICTURE_OF_ME
    is_young = answers["who"] == "under_18"
    found: list[tuple[bool, dict[str, Any]]] = []
    if is_me:
        return [(True, {**child, "name": child["name"] or name})]
    if is_young:
        found.append((True, {"name": name}))
    identifiable = any(child.get(part) for part in ("name", "school")) or (bool(child["town"]) and child["age"] is not None)
    if identifiable or answers["relation"] in {"lives_with", "knows"}:
        found.append((False, dict(child)))
    return found


@transaction.atomic
def add_child(*, report: Report, child: Mapping[str, Any], by: Membership, age: int | None = None) -> ChildDuty:
    """A child whom the form did not ask for, found in what the reporter wrote. The same child added twice is one.

    Raises ChildNotDescribed and what `must_hold` raises.
    """
    report = locked(report)
    must_hold(report, by)
    told = {part: str(child.get(part) or "").strip() for part in PARTS}
    if not any(told.values()):
        raise ChildNotDescribed(_("Enter whatever the report says of the child: a name, a town, a school, an address."))
    for duty in report.child_duties.all():
        known = duty.child
        if all(known.get(part, "") == told[part] for part in PARTS) and known.get("age") == age:
            return duty
    return _open(report, told, age=age, is_reporter=False, found_by=by, by=by)


@transaction.atomic
def settle_child(*, duty: ChildDuty, by: Membership, refer_to: Agency | None = None, reason_against: str = "") -> ChildDuty:
    """Refer this child to children's social care, or say why not. It can be settled anew until the decision is carried out.

    Raises ReasonMissing, DutySettled and what `must_hold` raises.
    """
    report = locked(duty.report)
    must_hold(report, by)
    duty = ChildDuty.objects.select_related("report__record").get(pk=duty.pk)
    if duty.hand_over_id is not None:
        raise DutySettled(_("This child was referred already. What was sent is withdrawn from the referral, with a reason."))
    if refer_to is None and not reason_against.strip():
        raise ReasonMissing(_("Choose a referral for each child, or say why there is none."))
    if refer_to is not None and refer_to.kind != AgencyKind.SOCIAL_CARE:
        raise ReasonMissing(_("A child is referred to children’s social care: choose an area."))
    duty.refer_to = refer_to
    duty.reason_against_sealed = None if refer_to else duty.ledger_seal().seal("reason", reason_against.strip())
    duty.settled_by, duty.settled_at = by, moment.now()
    duty.save(update_fields=["refer_to", "reason_against_sealed", "settled_by", "settled_at"])
    ledger.record(
        by,
        "settled the duty to a child",
        duty,
        reason="refer" if refer_to else "reason_against",
        words="" if refer_to else reason_against.strip(),
    )
    return duty


def _open(
    report: Report, child: Mapping[str, Any], *, age: int | None, is_reporter: bool, found_by: Membership | None, by: Actor
) -> ChildDuty:
    whole = {part: str(child.get(part) or "") for part in PARTS} | {"age": age}
    duty = ChildDuty.objects.create(
        report=report,
        is_reporter=is_reporter,
        child_sealed=report.ledger_seal().seal("child", json.dumps(whole, ensure_ascii=False)),
        found_at=moment.now(),
        found_by=found_by,
    )
    ledger.record(by, "found a child to answer for", duty, changed=whole)
    return duty
