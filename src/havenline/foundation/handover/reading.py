"""A package laid out for reading: every part of it, known or not; nothing that was handed over is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment

MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
# A package is kept with its keys in the order of the alphabet, which is not always how it is read.
READ_AFTER = {"answered": "asked", "when": "meeting", "contact_person": "words"}
MONO = {"report", "sha256", "sha1", "md5", "number", "reference", "ip_addresses", "hashes"}


@dataclass(frozen=True)
class Fact:
    """One line of a summary list."""

    label: str
    value: str
    is_mono: bool = False


@dataclass
class Part:
    """A titled part: facts, and for lists of the same things a table."""

    title: str
    facts: list[Fact] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def laid_out(package: Mapping[str, Any]) -> list[Part]:
    """The package's own lines first, then each part of it with a title."""
    first = Part(_("What was handed over"))
    return [part for part in [first, *_parts(package, first)] if part.facts or part.rows]


def _parts(content: Mapping[str, Any], here: Part) -> list[Part]:
    labels = _labels()
    further: list[Part] = []
    for key, value in sorted(content.items(), key=lambda part: (READ_AFTER.get(part[0], part[0]), part[0] in READ_AFTER)):
        label = labels.get(key) or key.replace("_", " ").capitalize()
        if isinstance(value, Mapping):
            part = Part(label)
            further += [part, *_parts(value, part)]
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            further.append(_table(label, value))
        elif (said := in_words(value, key)) != "":
            here.facts.append(Fact(label, said, key in MONO))
    return further


def _table(title: str, things: list[Mapping[str, Any]]) -> Part:
    labels = _labels()
    keys = list(dict.fromkeys(key for thing in things for key in thing))
    columns = [labels.get(key) or key.replace("_", " ").capitalize() for key in keys]
    return Part(title, columns=columns, rows=[[in_words(thing.get(key), key) or "–" for key in keys] for thing in things])


def in_words(value: Any, key: str = "") -> str:
    """A value as people read it; what was not said is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return "; ".join(f"{_labels().get(k) or k.replace('_', ' ')}: {in_words(v, k)}" for k, v in value.items() if in_words(v, k))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (in_words(one, key) for one in value)))
    return _codes().get(str(value)) or _moment(str(value)) or str(value)


def _moment(text: str) -> str:
    """A moment that a machine wrote, in London's time; nothing for any other text."""
    if not MOMENT.match(text):
        return ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return date_format(at.astimezone(moment.LONDON), "D j M Y, H:i") if at.tzinfo else ""


def _labels() -> dict[str, str]:
    return {
        "report": _("Report"),
        "kind": _("Kind"),
        "channel": _("How it came"),
        "received": _("Received"),
        "danger": _("In danger now"),
        "answers": _("What the reporter wrote"),
        "who": _("Who wrote"),
        "happened": _("What happened"),
        "place": _("Where"),
        "urls": _("Web addresses"),
        "app": _("App or site"),
        "accounts": _("Accounts"),
        "conversation": _("Conversation"),
        "child": _("The child"),
        "is_me": _("The reporter is this child"),
        "name": _("Name"),
        "age": _("Age"),
        "town": _("Town"),
        "school": _("School"),
        "household": _("Household"),
        "address": _("Address"),
        "relation": _("How they are related"),
        "reporter": _("The reporter"),
        "contact": _("Contact"),
        "how": _("How"),
        "when": _("When"),
        "platform": _("From the platform"),
        "ip_addresses": _("IP addresses"),
        "hashes": _("Hashes"),
        "account_suspended": _("Account suspended"),
        "user_told": _("User told"),
        "occurred_at": _("Happened at"),
        "priority": _("Priority"),
        "items": _("Items"),
        "number": _("Number"),
        "shown": _("As written"),
        "grade": _("Grade"),
        "identifiers": _("Identifiers"),
        "children": _("Children"),
        "label": _("Child"),
        "outcome": _("What was decided for this child"),
        "reason": _("Reason"),
        "decided_by": _("Decided by"),
        "assessed": _("Assessed"),
        "concern": _("Concern"),
        "why": _("Why"),
        "from_person": _("From"),
        "from_agency": _("Agency"),
        "urgent": _("Urgent"),
        "subject": _("The person it is about"),
        "warning_signs": _("Warning signs that a person found to stand"),
        "line": _("Line"),
        "sign": _("Sign"),
        "words": _("Words"),
        "silences": _("Who must not learn of it"),
        "plan": _("Plan"),
        "source": _("Who referred"),
        "other_names": _("Other names"),
        "born_on": _("Date of birth"),
        "born_about": _("When born, as told"),
        "born_earliest": _("Born at the earliest"),
        "born_latest": _("Born at the latest"),
        "expected_on": _("Expected on"),
        "language": _("Language"),
        "no_fixed_address": _("No fixed address"),
        "found_at": _("Where the child is found"),
        "relationships": _("People around the child"),
        "lives_with": _("Lives with the child"),
        "cares_for": _("Cares for the child"),
        "is_parent": _("Parent"),
        "said_by": _("Who said so"),
        "nhs": _("NHS number"),
        "upn": _("Unique pupil number"),
        "also_told": _("Other children told of at the same time"),
        "meeting": _("Meeting"),
        "invited": _("Who is invited"),
        "report_by": _("Your report, please, by"),
        "contact_person": _("Who can be asked"),
        "done": _("What was done"),
    }


def _codes() -> dict[str, str]:
    return {
        "now": _("Yes, now"),
        "no": _("No"),
        "yes": _("Yes"),
        "unknown": _("Not known"),
        "lives_with": _("Lives with the child"),
        "knows": _("Knows the child"),
        "under_18": _("Somebody under 18"),
        "parent": _("A parent or carer"),
        "works_with_children": _("Somebody who works with children"),
        "adult": _("An adult"),
        "platform": _("A platform"),
        "form": _("Form"),
        "telephone": _("Telephone"),
        "api": _("Platform’s system"),
        "web_page": _("Web page"),
        "contact": _("Contact with a child"),
        "conversation": _("Conversation"),
        "picture_of_me": _("A picture of the reporter"),
        "other": _("Something else"),
        "here": _("Only here, with the receipt"),
        "email": _("E-mail"),
        "url": _("Web address"),
        "account": _("Account"),
        "mail": _("E-mail address"),
        "ip": _("IP address"),
        "device": _("Device"),
        "host": _("Host"),
        "adult_i_know": _("Worry about an adult they know"),
        "long_ago": _("It happened when the reporter was a child"),
        "address": _("Postal address"),
        "referred": _("Referred"),
        "letter": _("Letter"),
        "in_person": _("In person"),
    }
