"""The verbs of exchange: the only place that changes a source, a reading, an edition."""

from havenline.foundation.lists.exchange.actions.editions import HOURS, LASTS, editions_due, make_editions
from havenline.foundation.lists.exchange.actions.readers import give_feedback, note_reading, settle_feedback
from havenline.foundation.lists.exchange.actions.sources import BadSource, ask_now, go_on, pause, secret_of, set_source

__all__ = [
    "HOURS",
    "LASTS",
    "BadSource",
    "ask_now",
    "editions_due",
    "give_feedback",
    "go_on",
    "make_editions",
    "note_reading",
    "pause",
    "secret_of",
    "set_source",
    "settle_feedback",
]
