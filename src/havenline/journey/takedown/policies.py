"""This room's rules and clocks: our own, each shown as our policy. And who acts here."""

from dataclasses import replace
from datetime import date, timedelta

from havenline.foundation.clocks.rules import Policy
from havenline.foundation.people.roles import Role
from havenline.journey.intake.models import Report, ReportKind
from havenline.journey.takedown.models import Notice

DESK = (Role.ANALYST, Role.SENIOR_ANALYST)
POLICE = (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR)
CONTACTED = frozenset({ReportKind.CONTACT, ReportKind.CONVERSATION})

NOTICE_LEAVES = Policy("notice_leaves", "Send the notice to the host", 1, "working days", "1 working day from the day it could leave")
HOLD_FOR_POLICE = Policy("hold_for_police", "Police release the notice, or keep it held", 5, "working days", "5 working days from the hold")
HOST_ANSWERS = Policy("host_answers", "The host acknowledges", 1, "working days", "1 working day from the notice reaching the host")
HOST_REMOVES = Policy("host_removes", "The host removes it", 3, "working days", "3 working days from the notice reaching the host")
HOST_PRESERVES = replace(HOST_REMOVES, title="The host preserves it")  # the same duty: to do what was asked
CONTEST_SETTLED = Policy("contest_settled", "Settle what the host contests", 2, "working days", "2 working days from the host’s contest")

HELD_AT_MOST = timedelta(days=28)  # how far ahead police may ask to keep it held; then they are asked again


def account_contacted_a_child(report: Report) -> bool:
    """Whether the report says that an account wrote to a child: its kind says so, or a conversation was pasted.

    Then a host is asked to preserve and not to tell the user, and to remove only once police say so (PROCEDURE.md, Hotline).
    """
    return report.kind in CONTACTED or bool((report.answers().get("place") or {}).get("conversation", "").strip())


def host_does(notice: Notice) -> Policy:
    """The clock for what was asked."""
    return HOST_PRESERVES if notice.asks == Notice.Asks.PRESERVE else HOST_REMOVES


def held_until(until: date, working_days: int) -> Policy:
    """The hold's clock as police set it."""
    return replace(HOLD_FOR_POLICE, amount=working_days, counted=f"Until {until:%d %b %Y}, as police asked")
