"""The verbs of intake: a report arrives, a receipt leaves, both sides write, the desk opens what arrived."""

from havenline.journey.intake.actions.dialogue import (
    LONGEST_MESSAGE,
    NothingWritten,
    NotTheirReceipt,
    TooLong,
    TooManyGuesses,
    add_message,
    ask_platform,
    confirm_written_down,
    mark_read,
    open_by_receipt,
    release_station,
    supplement_from_platform,
    write_to_reporter,
)
from havenline.journey.intake.actions.opening import open_message, open_report
from havenline.journey.intake.actions.receiving import AlreadySent, NoHotline, Received, mac_of, receive, receive_from_platform, sent_before

__all__ = [
    "LONGEST_MESSAGE",
    "AlreadySent",
    "NoHotline",
    "NotTheirReceipt",
    "NothingWritten",
    "Received",
    "TooLong",
    "TooManyGuesses",
    "add_message",
    "ask_platform",
    "confirm_written_down",
    "mac_of",
    "mark_read",
    "open_by_receipt",
    "open_message",
    "open_report",
    "receive",
    "receive_from_platform",
    "release_station",
    "sent_before",
    "supplement_from_platform",
    "write_to_reporter",
]
