"""Screens of safeguarding: parse, call one action or query, render."""

from havenline.journey.safeguarding.views.calendars import calendar, calendars, end_calendar
from havenline.journey.safeguarding.views.child import change_child, household, note, people, same, seen, tell
from havenline.journey.safeguarding.views.chronology import chronology, chronology_pdf
from havenline.journey.safeguarding.views.ending import close, transfer
from havenline.journey.safeguarding.views.pages import case_pdf, cases, child_case, clocks, print_case
from havenline.journey.safeguarding.views.papers import begin_paper, paper, paper_pdf, reopen_paper, sign_paper, versions
from havenline.journey.safeguarding.views.referral import answer, decide, sign_off, take_up
from havenline.journey.safeguarding.views.steps import book, cancel_booking, correct, record, record_step
from havenline.journey.safeguarding.views.team import day, reassign, team

__all__ = [
    "answer",
    "begin_paper",
    "book",
    "calendar",
    "calendars",
    "cancel_booking",
    "case_pdf",
    "cases",
    "change_child",
    "child_case",
    "chronology",
    "chronology_pdf",
    "clocks",
    "close",
    "correct",
    "day",
    "decide",
    "end_calendar",
    "household",
    "note",
    "paper",
    "paper_pdf",
    "people",
    "print_case",
    "reassign",
    "record",
    "record_step",
    "reopen_paper",
    "same",
    "seen",
    "sign_off",
    "sign_paper",
    "take_up",
    "team",
    "tell",
    "transfer",
    "versions",
]
