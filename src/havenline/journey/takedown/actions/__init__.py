"""The verbs of takedown. Each changes state in one transaction, with one actor and one entry."""

from havenline.journey.takedown.actions.claims import note_answer, read_answers, take_in
from havenline.journey.takedown.actions.directory import add_host, approve_contact, propose_contact, propose_for_notice, refuse_contact
from havenline.journey.takedown.actions.drafting import draft_notices, hold_what_is_no_longer_safe
from havenline.journey.takedown.actions.ending import notice_again, record_removed, settle_contest, settle_refusal, withdraw
from havenline.journey.takedown.actions.holding import choose_police, extend_hold, hold_for_police, release_hold
from havenline.journey.takedown.actions.keeping import refresh
from havenline.journey.takedown.actions.look_ups import confirm_look_up
from havenline.journey.takedown.actions.looking import look_at_item
from havenline.journey.takedown.actions.sending import go_on, send_notice, take_in_letter

__all__ = [
    "add_host",
    "approve_contact",
    "choose_police",
    "confirm_look_up",
    "draft_notices",
    "extend_hold",
    "go_on",
    "hold_for_police",
    "hold_what_is_no_longer_safe",
    "look_at_item",
    "note_answer",
    "notice_again",
    "propose_contact",
    "propose_for_notice",
    "read_answers",
    "record_removed",
    "refresh",
    "refuse_contact",
    "release_hold",
    "send_notice",
    "settle_contest",
    "settle_refusal",
    "take_in",
    "take_in_letter",
    "withdraw",
]
