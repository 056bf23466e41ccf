"""The verbs of a hand-over. `court`, a copy of a record that leaves, stands apart."""

from havenline.foundation.handover.actions.from_outside import receive_told
from havenline.foundation.handover.actions.moving import (
    CallMissing,
    NotThatMove,
    NotYoursToMove,
    ReasonMissing,
    accept,
    answer,
    deliver,
    fall_away,
    give_back,
    office_hours,
    owe,
    pack_again,
    record_call,
    send,
    withdraw,
)

__all__ = [
    "CallMissing",
    "NotThatMove",
    "NotYoursToMove",
    "ReasonMissing",
    "accept",
    "answer",
    "deliver",
    "fall_away",
    "give_back",
    "office_hours",
    "owe",
    "pack_again",
    "receive_told",
    "record_call",
    "send",
    "withdraw",
]
