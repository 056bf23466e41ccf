"""A pasted conversation is screened for the nine published signs; a person decides each finding. Looking stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines import screening
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.intake import actions as intake
from havenline.journey.intake import pictures
from havenline.journey.prevention.actions.errors import Undecided, WordsMissing

LONGEST = 60_000  # characters: a long evening's chat
MOST = 150  # findings on one page


@dataclass(frozen=True)
class Screened:
    """What was found in a conversation. `more`: how many findings there are beyond those shown."""

    findings: list[screening.Finding]
    more: int


def screen_conversation(text: str) -> Screened:
    """The findings, line by line; the same text always gives the same. Raises WordsMissing, pictures.PictureRefused."""
    if not text.strip():
        raise WordsMissing(_("Paste the conversation."))
    if len(text) > LONGEST:
        raise WordsMissing(_("That is more than we can screen at once. Paste the part that worries you."))
    pictures.refuse_in([text])
    found = list(screening.screen(text))
    return Screened(found[:MOST], max(0, len(found) - MOST))


def decisions_in_words(screened: Screened, stands: Mapping[int, bool]) -> str:
    """Each finding with the lead's decision, a line each. `stands`: by its place in the list. Raises Undecided."""
    missing = [at for at in range(len(screened.findings)) if at not in stands]
    if missing:
        raise Undecided(_("Decide each finding: does the sign stand, or not?"))
    lines = []
    for at, finding in enumerate(screened.findings):
        title = screening.SIGNS[finding.sign].title
        said = _("stands") if stands[at] else _("does not stand")
        lines.append(_("Line %(line)s, %(sign)s: %(said)s.") % {"line": finding.line, "sign": title, "said": said})
    return "\n".join(lines)


def send_to_hotline(
    *, token: str, text: str, stands: Mapping[int, bool], words: str, danger: str, by: Membership, app: str = "", account: str = ""
) -> Any:
    """Send the conversation to the hotline as a report, sealed, with the lead's decisions; its receipt is shown once.

    The same token gives the same receipt. Raises NotYourRole, Undecided, WordsMissing, and what `intake.receive` raises.
    """
    by.must_be(Role.SAFEGUARDING_LEAD)
    screened = screen_conversation(text)
    decided = decisions_in_words(screened, stands)
    if not words.strip():
        raise WordsMissing(_("Say in a sentence what worries you."))
    told = "\n".join(part for part in (words.strip(), _("A safeguarding lead screened the conversation."), decided) if part)
    with beyond_need_to_know():  # it is the hotline's from here on
        received = intake.receive(
            answers={
                "who": "works_with_children",
                "kind": "conversation",
                "happened": told,
                "danger": danger,
                "place": {"urls": [], "app": app.strip(), "accounts": [account.strip()] if account.strip() else [], "conversation": text},
                "child": {"is_me": False, "name": "", "age": None, "town": "", "school": by.agency.name},
                "relation": "knows",
                "reporter": {"name": f"{by.name}, {by.agency.name}", "contact": ""},
                "contact": {"how": "here", "when": ""},
            },
            token=token,
        )
        if received.is_new:
            with transaction.atomic():
                found = {"findings": len(screened.findings)}
                ledger.record(by, "sent a screened conversation to the hotline", received.report, changed=found)
    return received
