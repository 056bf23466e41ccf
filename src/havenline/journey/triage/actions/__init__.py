"""The verbs of the desk. Each changes state in one transaction, with one actor and one entry."""

from havenline.journey.triage.actions.accepting import accept, accept_all_exact
from havenline.journey.triage.actions.alarms import confirm_accepted, confirm_alarm, raise_alarms
from havenline.journey.triage.actions.alike import give_to_alike, take_back_from_alike
from havenline.journey.triage.actions.children import add_child, find_children, settle_child
from havenline.journey.triage.actions.claiming import claim, claim_next, read_with_reason, release
from havenline.journey.triage.actions.deciding import ForChild, carry_out, decide, send_now, take_back
from havenline.journey.triage.actions.dialogue import write
from havenline.journey.triage.actions.grading import carry_over, grade, look_at_item
from havenline.journey.triage.actions.links import answer_link
from havenline.journey.triage.actions.returned import take_in_returned
from havenline.journey.triage.actions.rota import add_shift, remove_shift
from havenline.journey.triage.actions.signs import find_signs, settle_signs
from havenline.journey.triage.actions.wellbeing import (
    check_in,
    end_break,
    erase_check_ins,
    go_on,
    plan_looks,
    set_limits,
    set_not_taken,
    set_own_limits,
    take_break,
)
from havenline.journey.triage.actions.withdrawn import let_count_no_more, read_again

__all__ = [
    "ForChild",
    "accept",
    "accept_all_exact",
    "add_child",
    "add_shift",
    "answer_link",
    "carry_out",
    "carry_over",
    "check_in",
    "claim",
    "claim_next",
    "confirm_accepted",
    "confirm_alarm",
    "decide",
    "end_break",
    "erase_check_ins",
    "find_children",
    "find_signs",
    "give_to_alike",
    "go_on",
    "grade",
    "let_count_no_more",
    "look_at_item",
    "plan_looks",
    "raise_alarms",
    "read_again",
    "read_with_reason",
    "release",
    "remove_shift",
    "send_now",
    "set_limits",
    "set_not_taken",
    "set_own_limits",
    "settle_child",
    "settle_signs",
    "take_back",
    "take_back_from_alike",
    "take_break",
    "take_in_returned",
    "write",
]
