"""Screens of safeguarding: parse, call one action or query, render."""

from havenline.journey.safeguarding.views.child import change_child, household, note, people, same, seen, tell
from havenline.journey.safeguarding.views.ending import close, transfer
from havenline.journey.safeguarding.views.pages import cases, child_case, clocks, print_case
from havenline.journey.safeguarding.views.referral import answer, decide, sign_off, take_up
from havenline.journey.safeguarding.views.steps import book, cancel_booking, correct, record, record_step

__all__ = [
    "answer",
    "book",
    "cancel_booking",
    "cases",
    "change_child",
    "child_case",
    "clocks",
    "close",
    "correct",
    "decide",
    "household",
    "note",
    "people",
    "print_case",
    "record",
    "record_step",
    "same",
    "seen",
    "sign_off",
    "take_up",
    "tell",
    "transfer",
]
