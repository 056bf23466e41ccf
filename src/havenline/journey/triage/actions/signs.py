"""Warning signs in a reported conversation: the engine finds and explains them, a person decides which stand."""

import json
from collections.abc import Mapping

from django.db import transaction

from havenline.engines import screening
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report
from havenline.journey.triage.actions.claiming import locked, must_hold
from havenline.journey.triage.models import WarningSign


@transaction.atomic
def find_signs(*, report: Report, by: Actor = CLOCK) -> list[WarningSign]:
    """Screen the conversation that a report holds: at opening, once. The ledger says how many were found, never which words."""
    if report.warning_signs.exists():
        return []
    findings = list(screening.screen(report.answers()["place"]["conversation"]))
    if not findings:
        return []
    key = report.ledger_seal()
    signs = WarningSign.objects.bulk_create(
        WarningSign(
            report=report,
            number=number,
            found_sealed=key.seal(
                "sign",
                json.dumps(
                    {"sign": found.sign.value, "line": found.line, "speaker": found.speaker, "text": found.text, "reason": found.reason},
                    ensure_ascii=False,
                ),
            ),
        )
        for number, found in enumerate(findings, 1)
    )
    ledger.record(by, "screened a conversation", report, changed={"warning_signs": len(signs)})
    return signs


@transaction.atomic
def settle_signs(*, report: Report, stands: Mapping[int, bool], by: Membership) -> int:
    """Say of each sign, by its number, whether it stands. What is not named stays as it was; how many changed is given back.

    Raises what `must_hold` raises.
    """
    report = locked(report)
    must_hold(report, by)
    changed = {}
    for sign in report.warning_signs.filter(number__in=stands):
        if sign.stands is not stands[sign.number]:
            sign.stands, sign.settled_by, sign.settled_at = stands[sign.number], by, moment.now()
            sign.save(update_fields=["stands", "settled_by", "settled_at"])
            changed[str(sign.number)] = sign.stands
    if changed:
        ledger.record(by, "decided on warning signs", report, changed=changed)
    return len(changed)
