"""One report as the desk reads it. Opened here only: whoever asks has a reason, and the look is on the ledger."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import queries as handover
from havenline.foundation.handover.models import State
from havenline.foundation.identifiers import queries as identifiers
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership, Person
from havenline.journey.intake.models import Channel, Report
from havenline.journey.triage import queries
from havenline.journey.triage.actions.claiming import open_claim

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    who: str
    when: str
    why: str
    entry: int | None


def cover(report: Report, *, by: Membership) -> dict[str, Any]:
    """What stands on the outside: how it came, where it is, who reads it. Nothing that was sealed."""
    held = open_claim(report)
    in_force = held if held is not None and held.is_in_force else None
    pending = report.decisions.filter(carried_out_at=None, taken_back_at=None).select_related("by__person", "police").first()
    return {
        "report": report,
        "title": queries.title_of(report),
        "shape": queries.shape_of(report),
        "received": _when(report.received_at),
        "held": in_force,
        "held_until": _hour(in_force.until) if in_force else "",
        "is_mine": in_force is not None and in_force.by_id == by.pk,
        "pending": pending,
        "seconds_left": max(0, int((pending.takes_effect_at - moment.now()).total_seconds())) if pending else 0,
        "stations": _stations(report, in_force, by),
        "alarm": queries.open_alarms(by).filter(report=report).first(),
    }


def inside(report: Report, *, by: Membership) -> dict[str, Any]:
    """What the reporter said, what is known already, the children, the dialogue, where it goes, who has seen it."""
    return {
        "reporter_said": _said(report),
        "items": queries.items(report, by=by),
        "duties": list(report.child_duties.select_related("refer_to", "hand_over__to_agency")),
        "elsewhere": identifiers.elsewhere(report.record, by=by)[:20],
        "identifiers": [s for s in identifiers.in_record(report.record) if s.identifier.kind not in {"url", "md5", "sha1", "sha256"}],
        "messages_between": [
            {"words": _without_addresses(message.words()), "message": message, "when": _when(message.at)}
            for message in report.messages.select_related("by__person", "report__record")
        ],
        "seen_messages": report.messages.filter(from_reporter=True).count(),
        "decisions": report.decisions.select_related("by__person", "police").order_by("-at"),
        "hand_overs": handover.of_source(report.record, by=by),
        "seen_by": seen_by(report),
    }


def seen_by(report: Report) -> list[Seen]:
    """Who read it, newest first: the ledger's looks, with the reason."""
    looks = [said for said in ledger.of_records([report.reference], looks=True) if said.look][-8:]
    ids = [said.actor.removeprefix("person:") for said in looks if said.actor.startswith("person:")]
    names = {f"person:{person.pk}": person.short_name for person in Person.objects.filter(pk__in=ids)}
    reasons = {
        "assigned": _("reads it now"),
        "own_decision": _("decided it"),
        "second_opinion": _("second opinion"),
        "to_grade": _("looked at an item to grade it"),
        "typed": _("a reason in words"),
    }
    return [
        Seen(names.get(said.actor, said.actor), _when(said.at), str(reasons.get(said.reason, said.reason)), said.sequence)
        for said in reversed(looks)
    ]


def _said(report: Report) -> list[tuple[str, str]]:
    answers = report.answers()
    child, place, reporter = answers.get("child") or {}, answers.get("place") or {}, answers.get("reporter") or {}
    contact, platform = answers.get("contact") or {}, answers.get("platform") or {}
    parts = [
        (_("What happened"), _without_addresses(str(answers.get("happened", "")))),
        (_("Where"), " ".join(filter(None, [place.get("app", ""), _count(len(place.get("urls") or []))]))),
        (_("Accounts"), ", ".join(place.get("accounts") or [])),
        (_("Conversation"), _without_addresses(place.get("conversation", ""))),
        (_("In danger now"), str(report.get_danger_display())),
        (_("The child"), ", ".join(str(child[part]) for part in ("name", "age", "town", "school") if child.get(part))),
        (_("Knows the child"), _RELATIONS().get(str(answers.get("relation", "")), "")),
        (_("Who reports"), " ".join(filter(None, [str(reporter.get("name") or _("Anonymous")), str(reporter.get("contact") or "")]))),
        (_("Safe to contact"), " ".join(filter(None, [str(contact.get("how") or ""), str(contact.get("when") or "")]))),
        (_("The platform’s priority"), str(platform.get("priority") or "")),
        (_("It happened at"), str(platform.get("occurred_at") or "")),
    ]
    return [(label, words) for label, words in parts if words]


def _RELATIONS() -> dict[str, str]:
    return {"me": _("It is them"), "lives_with": _("Lives with them"), "knows": _("Yes"), "no": _("No"), "unknown": ""}


def _count(addresses: int) -> str:
    return _("%(n)s web address(es), among the items below") % {"n": addresses} if addresses else ""


def _without_addresses(words: str) -> str:
    """Addresses stand with the items, where a look at one is counted."""
    return _ADDRESS.sub(_("[address: see the items]"), words or "")


def _stations(report: Report, held: Any, by: Membership) -> list[dict[str, Any]]:
    source = "platform" if report.channel == Channel.PLATFORM else "reporter"
    if held is not None:
        reading = _("by you") if held.by_id == by.pk else _("by %(who)s") % {"who": held.by.short_name}
    elif report.waits_since is None:
        reading = _("read and decided")
    else:
        reading = _("waits")
    stations: list[dict[str, Any]] = [
        {"party": source, "title": _("Received"), "detail": _when(report.received_at), "state": "happened"},
        {
            "party": "hotline",
            "title": _("Hotline"),
            "detail": reading,
            "state": "happened" if report.waits_since is None else "now" if held else "not yet",
        },
    ]
    given = {h.purpose: h for h in handover.of_source(report.record, by=by)}
    for party, title, purpose, until in (
        ("police", _("Police"), "referral_to_police", _("with the decision")),
        ("social_care", _("Social care"), "referral_to_social_care", _("for each child referred")),
    ):
        found = given.get(purpose)
        gone = found is not None and found.state not in {State.OWED, State.RETURNED, State.WITHDRAWN}
        stations.append(
            {
                "party": party,
                "title": title,
                "detail": str(found.get_state_display()).lower() if found else until,
                "state": "happened" if gone else "not yet",
            }
        )
    return stations


def _when(at: datetime) -> str:
    return date_format(at.astimezone(moment.LONDON), "D j M, H:i")


def _hour(at: datetime) -> str:
    return date_format(at.astimezone(moment.LONDON), "H:i")
