"""The verbs of this room: requests and breaches are taken in, decided and answered (`answering`), and ended by their rule (`ending`)."""

from havenline.foundation.accountability.actions.answering import (
    NotDecided,
    NotYours,
    WordsMissing,
    answer,
    ask_about,
    decide,
    decide_breach,
    extend,
    note_told,
    raise_to_supervisors,
    receive_request,
    record_breach,
)
from havenline.foundation.accountability.actions.ending import end, end_by_rule, erase_again

__all__ = [
    "NotDecided",
    "NotYours",
    "WordsMissing",
    "answer",
    "ask_about",
    "decide",
    "decide_breach",
    "end",
    "end_by_rule",
    "erase_again",
    "extend",
    "note_told",
    "raise_to_supervisors",
    "receive_request",
    "record_breach",
]
