"""Screens of safeguarding: parse, call one action or query, render."""

from havenline.journey.safeguarding.views.child import change_child, household, note, people, same, seen, tell
from havenline.journey.safeguarding.views.emergency import emergency, i_have_it
from havenline.journey.safeguarding.views.ending import close, transfer
from havenline.journey.safeguarding.views.invitations import invitation_letter, invitations
from havenline.journey.safeguarding.views.pages import case_pdf, cases, child_case, clocks, print_case
from havenline.journey.safeguarding.views.papers import begin_paper, paper, paper_pdf, reopen_paper, sign_paper, versions
from havenline.journey.safeguarding.views.referral import answer, decide, sign_off, take_up
from havenline.journey.safeguarding.views.stepping_down import began_earlier, help_began, step_down, take_back_step_down
from havenline.journey.safeguarding.views.steps import book, cancel_booking, correct, record, record_step

__all__ = [
    "answer",
    "began_earlier",
    "begin_paper",
    "book",
    "cancel_booking",
    "case_pdf",
    "cases",
    "change_child",
    "child_case",
    "clocks",
    "close",
    "correct",
    "decide",
    "emergency",
    "help_began",
    "household",
    "i_have_it",
    "invitation_letter",
    "invitations",
    "note",
    "paper",
    "paper_pdf",
    "people",
    "print_case",
    "record",
    "record_step",
    "reopen_paper",
    "same",
    "seen",
    "sign_off",
    "sign_paper",
    "step_down",
    "take_back_step_down",
    "take_up",
    "tell",
    "transfer",
    "versions",
]
