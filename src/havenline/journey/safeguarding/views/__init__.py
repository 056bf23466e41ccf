"""Screens of safeguarding: parse, call one action or query, render."""

from havenline.journey.safeguarding.views.calendars import calendar, calendars, end_calendar
from havenline.journey.safeguarding.views.child import change_child, household, note, people, same, seen, tell
from havenline.journey.safeguarding.views.chronology import chronology, chronology_pdf
from havenline.journey.safeguarding.views.conferences import (
    conference_place,
    conference_service,
    conference_windows,
    conferences,
    put_back,
)
from havenline.journey.safeguarding.views.copying import copy_paper, copy_step
from havenline.journey.safeguarding.views.emergency import emergency, i_have_it
from havenline.journey.safeguarding.views.ending import close, transfer
from havenline.journey.safeguarding.views.front_door import ask_area, front_door, told
from havenline.journey.safeguarding.views.invitations import invitation_letter, invitations
from havenline.journey.safeguarding.views.pages import case_pdf, cases, child_case, clocks, print_case
from havenline.journey.safeguarding.views.papers import begin_paper, paper, paper_pdf, reopen_paper, sign_paper, versions
from havenline.journey.safeguarding.views.planning import conference_plan, conference_plans, conference_what_if
from havenline.journey.safeguarding.views.referral import answer, decide, letter, sign_off, take_up
from havenline.journey.safeguarding.views.statutory_return import return_cases, return_csv, statutory_return
from havenline.journey.safeguarding.views.stepping_down import began_earlier, help_began, step_down, take_back_step_down
from havenline.journey.safeguarding.views.steps import book, cancel_booking, correct, record, record_step
from havenline.journey.safeguarding.views.team import day, reassign, reassign_several, team

__all__ = [
    "answer",
    "ask_area",
    "began_earlier",
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
    "conference_place",
    "conference_plan",
    "conference_plans",
    "conference_service",
    "conference_what_if",
    "conference_windows",
    "conferences",
    "copy_paper",
    "copy_step",
    "correct",
    "day",
    "decide",
    "emergency",
    "end_calendar",
    "front_door",
    "help_began",
    "household",
    "i_have_it",
    "invitation_letter",
    "invitations",
    "letter",
    "note",
    "paper",
    "paper_pdf",
    "people",
    "print_case",
    "put_back",
    "reassign",
    "reassign_several",
    "record",
    "record_step",
    "reopen_paper",
    "return_cases",
    "return_csv",
    "same",
    "seen",
    "sign_off",
    "sign_paper",
    "statutory_return",
    "step_down",
    "take_back_step_down",
    "take_up",
    "team",
    "tell",
    "told",
    "transfer",
    "versions",
]
