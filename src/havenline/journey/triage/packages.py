"""What a hand-over from the desk holds: everything that the receiver needs, so that it survives its source."""

from typing import Any

from havenline.foundation.identifiers import queries as identifiers
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report
from havenline.journey.triage.models import Assessment, ChildDuty
from havenline.journey.triage.standing import standing


def to_police(report: Report, *, reason: str, decided_by: Membership | None, assessed: bool) -> dict[str, Any]:
    """The whole report with its grades. `assessed`: a person read it; an alarm goes unassessed and says so."""
    grades = {item.number: standing(item) for item in report.items.all()}
    return {
        "report": report.reference,
        "kind": report.kind,
        "channel": report.channel,
        "received": report.received_at.isoformat(timespec="seconds"),
        "danger": report.danger,
        "answers": report.answers(),
        "items": [
            {
                "number": item.number,
                "kind": item.identifier.kind,
                "shown": item.identifier.shown,
                "grade": str(found.grade) if (found := grades[item.number]) else "",
                **(_unseen(found) if found and not found.was_seen else {}),
            }
            for item in report.items.select_related("identifier")
        ],
        "identifiers": [{"kind": s.identifier.kind, "shown": s.identifier.shown} for s in identifiers.in_record(report.record)],
        "children": [
            {
                "label": duty.label,
                "age": duty.child.get("age"),
                "outcome": "referred to social care" if duty.refer_to_id else (duty.reason_against or "not settled"),
            }
            for duty in report.child_duties.all()
        ],
        # What a machine found is not handed on: only what a person said stands.
        "warning_signs": [
            {"line": sign.found["line"], "sign": sign.title, "words": sign.found["text"]}
            for sign in report.warning_signs.filter(stands=True).select_related("report__record")
        ],
        "reason": reason,
        "decided_by": f"{decided_by.short_name}, {decided_by.agency.name}" if decided_by else "",
        "assessed": assessed,
    }


def _unseen(found: Assessment) -> dict[str, str]:
    """What police must know of a grade that nobody gave by looking."""
    how = "known by something that is no proof" if found.distance is None else f"{found.distance} of 256 bits from a picture that is known"
    return {"note": f"accepted unseen: {how}; nobody looked at this one"}


def to_social_care(duty: ChildDuty, report: Report, *, why: str, decided_by: Membership, urgent: bool) -> dict[str, Any]:
    """One child, and what the report says of their safety."""
    answers = report.answers()
    child = duty.child
    return {
        "child": {part: child.get(part) for part in ("name", "age", "town", "school", "household", "address")},
        "concern": answers["happened"],
        "why": why,
        "from_person": decided_by.short_name,
        "from_agency": decided_by.agency.name,
        "urgent": urgent,
        "subject": None,
        "report": report.reference,
        "reporter": answers["reporter"],
        "relation": answers["relation"],
    }
