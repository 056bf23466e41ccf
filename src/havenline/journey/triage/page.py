"""One report as the desk reads it. Opened here only: whoever asks has a reason, and the look is on the ledger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation import moment
from havenline.foundation.handover import queries as handover
from havenline.foundation.handover.models import State
from havenline.foundation.identifiers import queries as identifiers
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.history import seen_by
from havenline.foundation.records.masking import Sight
from havenline.foundation.sealing import holders
from havenline.foundation.sealing.actions import NoKeyForThem
from havenline.journey.intake import queries as intake
from havenline.journey.intake.choices import NEUTRAL
from havenline.journey.intake.models import Channel, Report
from havenline.journey.triage import queries
from havenline.journey.triage.actions.claiming import open_claim
from havenline.journey.triage.came_of_it import CameOfIt, came_of
from havenline.journey.triage.hosts import at_hosts, names_of
from havenline.journey.triage.models import ChildDuty, Decision
from havenline.journey.triage.recognised import Decided, decided_of

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


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
        "is_mine": in_force is not None and in_force.by_id == by.pk and pending is None,
        "can_claim": in_force is None and pending is None and report.waits_since is not None,
        "pending": pending,
        "leaves_at": _second(pending.takes_effect_at) if pending else "",
        "seconds_left": max(0, int((pending.takes_effect_at - moment.now()).total_seconds())) if pending else 0,
        "stations": _stations(report, in_force, by),
    }


def inside(report: Report, *, by: Membership) -> dict[str, Any]:
    """What is known already, the children, the dialogue, where it goes, who has seen it."""
    items = queries.items(report, by=by)
    return {
        "items": items.views,
        "known": items,
        "duties": duties(report),
        "signs": list(report.warning_signs.select_related("report__record", "settled_by__person")),
        "has_conversation": bool((report.answers().get("place") or {}).get("conversation")),
        "place": place_of(report),
        "elsewhere": _elsewhere(report, by),
        "identifiers": [s for s in identifiers.in_record(report.record) if s.identifier.kind not in {"url", "md5", "sha1", "sha256"}],
        "messages_between": _dialogue(report),
        "seen_messages": written(report),
        "decisions": [(one, in_words(one)) for one in _decided(report)],
        "at_hosts": at_hosts(report),
        "host_names": names_of(report),
        "came_of_it": came_of(report, by=by),
        "silent": report.record.silences.filter(lifted_at=None),
        "could_go": _could_go(report),
        "neutral": NEUTRAL,
        "reporter_reads": intake.language_name(language) if (language := intake.language_of(report)) != "en" else "",
        "hand_overs": handover.of_source(report.record, by=by),
        "seen_by": seen_by(
            report.record,
            reasons={
                "assigned": _("claimed it"),
                "own_decision": _("decided it"),
                "second_opinion": _("second opinion"),
                "to_grade": _("looked at an item to grade it"),
                "typed": _("a reason in words"),
            },
        ),
    }


def _decided(report: Report) -> list[Decision]:
    past = report.decisions.select_related("by__person", "police", "report__record").order_by("-at")
    return [decision for decision in past if not decision.is_pending]


def in_words(decision: Decision) -> list[str]:
    """What a decision does, line by line. Which children went where stands on their duties, as it is now."""
    lines = [_("Refer to %(agency)s") % {"agency": decision.police.name}] if decision.police else []
    if decision.is_pending or decision.refer_to_social_care:
        lines += [_for_child(duty.label, duty.refer_to, duty.reason_against) for duty in duties(decision.report)]
    lines += _to_hosts(decision.report) if decision.notice_to_host else []
    lines += [_("Close it")] if decision.close else []
    return [*lines, _("Answer: %(wording)s") % {"wording": str(decision.get_wording_display()).lower()}]


def form_in_words(report: Report, chosen: Mapping[str, Any]) -> list[str]:
    """The same for what is filled in and not decided yet."""
    lines = [_("Refer to %(agency)s") % {"agency": chosen["police"].name}] if chosen["police"] else []
    for duty in duties(report):
        said = chosen["children"].get(duty.pk)
        if said is not None and (said.refer_to or said.reason_against.strip()):
            lines.append(_for_child(duty.label, said.refer_to, said.reason_against))
    lines += _to_hosts(report) if chosen["notice_to_host"] else []
    lines += [_("Close it")] if chosen["close"] else []
    own = chosen["could_be_read"] == Decision.CouldBeRead.NO and chosen["answer"].strip()
    wording = Decision.Wording.OWN if own else Decision.Wording.NEUTRAL
    return [*lines, _("Answer: %(wording)s") % {"wording": str(wording.label).lower()}]


def _for_child(label: str, refer_to: Agency | None, against: str) -> str:
    if refer_to is not None:
        return _("Refer “%(child)s” to %(agency)s") % {"child": label, "agency": refer_to.name}
    return _("No referral for “%(child)s”: %(why)s") % {"child": label, "why": against}


def _to_hosts(report: Report) -> list[str]:
    names = names_of(report)
    return [_("Send a notice to the host: %(hosts)s") % {"hosts": ", ".join(names) if names else _("none; grade an item first")}]


def result_of(*, police: object, care: object, host: object, close: object) -> str:
    """Which name the button bears."""
    return " ".join(name for name, chosen in (("police", police), ("care", care), ("host", host), ("close", close)) if chosen)


def results() -> list[tuple[str, str]]:
    """Every name that the button can bear, by what was chosen."""
    every = product((False, True), repeat=4)
    return [(result_of(police=p, care=c, host=h, close=e), _named(p, c, h, e)) for p, c, h, e in every]


def _named(police: bool, care: bool, host: bool, close: bool) -> str:
    if not (police or care or host):
        return _("Save, close and answer") if close else _("Save the decision")
    to = [name for name, chosen in ((_("police"), police), (_("social care"), care)) if chosen]
    parts = [_("refer to %(agencies)s") % {"agencies": _(" and ").join(to)}] if to else []
    parts += [_("send notice to host")] if host else []
    parts += [_("close")] if close else []
    if len(parts) == 1:
        return _("Save and %(what)s") % {"what": parts[0]}
    comma = "," if len(to) == 2 else ""  # "police and social care, and close"
    return _("Save, %(first)s%(comma)s and %(last)s") % {"first": ", ".join(parts[:-1]), "comma": comma, "last": parts[-1]}


def _could_go(report: Report) -> list[tuple[Agency, str]]:
    place = place_of(report)
    if not place.strip():
        return []
    said = _("Serves %(place)s; you choose with your decision") % {"place": place}
    found = (serving(AgencyKind.POLICE, place), serving(AgencyKind.SOCIAL_CARE, place))
    return [(agency, said) for agency in found if agency is not None]


def of_child(duty: ChildDuty) -> str:
    """What is known of a child, on one line."""
    child = duty.child
    parts = [_("aged %(age)s") % {"age": child["age"]} if child.get("age") is not None else ""]
    parts += [str(child.get(part) or "") for part in ("town", "school", "household", "address")]
    return ", ".join(part for part in parts if part) or _("Nothing more is known of this child.")


def duties(report: Report) -> list[ChildDuty]:
    """Each child that the desk answers for."""
    return list(report.child_duties.select_related("report__record", "refer_to", "hand_over__to_agency", "settled_by__person"))


def _dialogue(report: Report) -> list[dict[str, Any]]:
    """Every message. What came a moment ago is not opened yet."""
    shown = []
    for message in report.messages.select_related("by__person", "report__record"):
        try:
            words = _without_addresses(message.words())
        except NoKeyForThem:
            words = _("This came just now and is being opened. Look again in a minute.")
        shown.append({"words": words, "message": message, "when": _when(message.at)})
    return shown


def place_of(report: Report) -> str:
    """Where the report says that it is, for the agency that serves it."""
    answers = report.answers()
    return str((answers.get("child") or {}).get("town") or "")


def written(report: Report) -> int:
    """How much the reporter has added that can be read: what is not opened yet, nobody has seen."""
    return report.messages.filter(from_reporter=True).exclude(key__wrapped_to=holders.DESK).count()


_PARTS = {"reason": "decide_reason", "decision": "decide_police", "could_be_read": "decide_could_be_read_0"}


def where_to(reasons: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each thing that stands open, with the part of the page that settles it."""
    return [(words, _PARTS.get(part, part)) for words, part in reasons]


@dataclass(frozen=True)
class Elsewhere:
    """Another report with the same account, address or hash, exactly."""

    reference: str
    title: str
    what: str
    when: str
    is_report: bool
    decided: Decided | None


def _elsewhere(report: Report, by: Membership) -> list[Elsewhere]:
    """Newest first, one row a record. An address is named by its kind only: it is looked at with its item."""
    rows: dict[int, tuple[Any, list[str]]] = {}
    for seen in identifiers.elsewhere(report.record, by=by):
        kind = seen.identifier.get_kind_display()
        what = kind if seen.identifier.kind in {"url", "md5", "sha1", "sha256"} else f"{kind}: {seen.identifier.shown}"
        rows.setdefault(seen.record.pk, (seen, []))[1].append(what)
    titles = {r.pk: queries.title_of(r) for r in Report.objects.filter(pk__in=rows).prefetch_related("items")}
    decided = decided_of(titles)
    return [
        Elsewhere(
            seen.record.reference,
            titles.get(pk, str(seen.record.get_kind_display())),
            ", ".join(dict.fromkeys(what)),
            date_format(seen.seen_at.astimezone(moment.LONDON), "D j M"),
            pk in titles,
            decided.get(pk),
        )
        for pk, (seen, what) in list(rows.items())[:20]
    ]


def said(report: Report, sight: Sight) -> list[tuple[str, str]]:
    """What the reporter said, `[(label, words)]`, as far as this person reads it."""
    answers = sight.of({"answers": report.answers()})["answers"]
    child, place, reporter = answers.get("child") or {}, answers.get("place") or {}, answers.get("reporter") or {}
    contact, platform = answers.get("contact") or {}, answers.get("platform") or {}
    unnamed = report.platform.name if report.platform else _("Anonymous")
    language = str(answers.get("language") or "en")
    parts = [
        (_("Reported in"), intake.language_name(language) if language != "en" else ""),
        (_("What happened"), _without_addresses(str(answers.get("happened", "")))),
        (_("Where"), " ".join(filter(None, [place.get("app", ""), _count(len(place.get("urls") or []))]))),
        (_("Accounts"), ", ".join(place.get("accounts") or [])),
        (_("Conversation"), _without_addresses(place.get("conversation", ""))),
        (_("In danger now"), str(report.get_danger_display())),
        (_("The child"), ", ".join(str(child[part]) for part in ("name", "age", "town", "school") if child.get(part))),
        (_("Knows the child"), _RELATIONS().get(str(answers.get("relation", "")), "")),
        (_("Who reports"), " ".join(filter(None, [str(reporter.get("name") or unnamed), str(reporter.get("contact") or "")]))),
        (
            _("Safe to contact"),
            ""
            if report.platform
            else ", ".join(filter(None, [_CONTACT().get(str(contact.get("how")), ""), str(contact.get("when") or "")])),
        ),
        (_("The platform’s priority"), str(platform.get("priority") or "")),
        (_("It happened at"), str(platform.get("occurred_at") or "")),
    ]
    return [(label, words) for label, words in parts if words]


def _CONTACT() -> dict[str, str]:
    return {"here": _("Only here, with the receipt"), "telephone": _("By telephone"), "email": _("By e-mail")}


def _RELATIONS() -> dict[str, str]:
    return {"me": _("It is them"), "lives_with": _("Lives with them"), "knows": _("Yes"), "no": _("No"), "unknown": ""}


def _count(addresses: int) -> str:
    words = ngettext("%(n)s web address, among the items below", "%(n)s web addresses, among the items below", addresses)
    return words % {"n": addresses} if addresses else ""


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
    stations.insert(3, _host_station(report, came_of(report, by=by)))
    return stations


def _host_station(report: Report, came: list[CameOfIt]) -> dict[str, Any]:
    """Where the notices are, if any were asked for: the furthest one speaks for all."""
    here = [one for one in came if one.party == "host"]
    told = next((one for one in here if one.has_happened), here[0] if here else None)
    detail = told.says if told else _("notice not sent")
    return {"party": "host", "title": _("Host"), "detail": detail, "state": "happened" if told and told.has_happened else "not yet"}


def _when(at: datetime) -> str:
    return date_format(at.astimezone(moment.LONDON), "D j M, H:i")


def _second(at: datetime) -> str:
    return date_format(at.astimezone(moment.LONDON), "H:i:s")


def _hour(at: datetime) -> str:
    return date_format(at.astimezone(moment.LONDON), "H:i")
