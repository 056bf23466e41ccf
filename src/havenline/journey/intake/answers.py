"""The answers of a report: one fixed shape for every channel, sealed as JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from havenline.journey.intake.models import Danger, ReportKind

RELATIONS = ("me", "lives_with", "knows", "no", "unknown")
LONGEST = 200_000  # characters of all answers together
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class NotAnswers(ValueError):
    """The answers cannot be stored as they are; says what to change."""


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole shape, with what was given filled in. Raises NotAnswers for an unknown kind, or for what is no text."""
    whole: dict[str, Any] = {
        "who": "",
        "language": "",  # what the public form was read in; empty where nobody chose one (telephone, platform)
        "kind": "",
        "happened": "",
        "place": {"urls": [], "app": "", "accounts": [], "conversation": ""},
        "danger": Danger.UNKNOWN.value,
        "child": {"is_me": False, "name": "", "age": None, "town": "", "school": ""},
        "relation": "unknown",
        "reporter": {"name": "", "contact": ""},
        "contact": {"how": "here", "when": ""},
        "platform": {
            "ip_addresses": [],
            "hashes": [],
            "pictures": [],  # guarded: `pdq`, `quality`, `sha256`
            "priority": "",
            "account_suspended": None,
            "user_told": None,
            "occurred_at": "",
        },
    }
    for name, value in given.items():
        whole[name] = {**whole[name], **value} if isinstance(whole.get(name), dict) else value
    if whole["kind"] not in ReportKind.values:
        raise NotAnswers(_("Say what happened: choose a kind."))
    if whole["danger"] not in Danger.values:
        raise NotAnswers(_("Say whether somebody is in danger: now, no, or unknown."))
    length = 0
    for text in texts(whole):
        length += len(text)
        if is_no_text(text):
            raise NotAnswers(_("Part of this is not text. Please type it again."))
    if length > LONGEST:
        raise NotAnswers(_("That is more than we can take at once. Please make it shorter."))
    return whole


def texts(answers: Any) -> Iterator[str]:
    """Every text in the answers, however deep."""
    if isinstance(answers, str):
        yield answers
    elif isinstance(answers, Mapping):
        for value in answers.values():
            yield from texts(value)
    elif isinstance(answers, list | tuple):
        for value in answers:
            yield from texts(value)


def is_no_text(text: str) -> bool:
    """Whether it holds control characters or halves of characters: bytes, not words."""
    return bool(_NOT_TEXT.search(text))
