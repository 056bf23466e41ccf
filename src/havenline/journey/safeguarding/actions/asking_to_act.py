"""In an emergency police and health are asked to act with the area: each by a hand-over behind its sign-in, which one press answers."""

from django.utils.translation import gettext as _

from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import ACT_WITH_US, CORRECTION
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.calling_off import ARRIVED, UNANSWERED
from havenline.journey.safeguarding.models import CaseEvent, ChildCase
from havenline.journey.safeguarding.queries import partners
from havenline.journey.safeguarding.queries.reading import local_day_and_time


def ask_to_act(event: CaseEvent, *, by: Membership) -> None:
    """Ask each agency that works on the child and may learn of it. Asking twice asks once. Checks nothing: the actions do."""
    for partner in partners.of_case(event.child_case):
        if partner.agency is None or partner.is_silent:
            continue
        owed = handover.owe(
            source=event.child_case.record,
            purpose=ACT_WITH_US,
            obligation=partners.obligation(event, partner.agency),
            from_agency=event.child_case.record.agency,
            to_agency=partner.agency,
            package=_package(event, by),
            by=by,
            urgent=True,
            restricted=event.child_case.record.restricted_at is not None,
        )
        if owed.state == State.OWED:
            handover.send(hand_over=owed, by=by)


def _package(event: CaseEvent, by: Membership) -> dict[str, object]:
    """What they read behind their sign-in: which child, what was done, and whom to telephone."""
    child_case = event.child_case
    return {
        "child": {"name": child_case.child.name, "age": child_case.child.age},
        "done": path.outcome_title(event.step, event.outcome, event.happened_on),
        "when": local_day_and_time(path.moment_of(event)),
        "words": _("We ask you to act with us now. Telephone us, and say here that you have it."),
        "contact_person": by.name,
        "from_agency": child_case.record.agency.name,
    }


def ask_no_longer(child_case: ChildCase, *, by: Membership) -> None:
    """The case is closed: what nobody has answered yet is asked for no longer. Checks nothing: the actions do."""
    for one in partners.asked(child_case):
        if one.state in UNANSWERED:
            handover.fall_away(hand_over=one, words=_("The case is closed."), by=by)


def say_that_it_was_none(event: CaseEvent, *, by: Membership) -> None:
    """The emergency did not happen: what waits falls away, and whoever read of it gets a correction. Checks nothing: the actions do."""
    for one in partners.asked(event.child_case, path.put_right_by(event)):
        had_arrived = one.state in ARRIVED
        if one.state in UNANSWERED:
            handover.fall_away(hand_over=one, words=_("It was recorded by mistake."), by=by)
        if had_arrived:
            _correct(event.child_case, one, by)


def _correct(child_case: ChildCase, asked: HandOver, by: Membership) -> None:
    owed = handover.owe(
        source=child_case.record,
        purpose=CORRECTION,
        obligation=f"{asked.obligation} was none",
        from_agency=asked.from_agency,
        to_agency=asked.to_agency,
        package={
            "child": asked.contents()["child"],
            "words": _("There was no emergency: it was recorded by mistake. You need not act on it."),
            "corrects": asked.reference,
            "contact_person": by.name,
            "from_agency": asked.from_agency.name,
        },
        by=by,
        restricted=asked.record.restricted_at is not None,
    )
    handover.send(hand_over=owed, by=by)
