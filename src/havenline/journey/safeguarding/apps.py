from typing import Any

from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    name = "havenline.journey.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        from havenline.foundation.handover.events import handover_accepted, handover_answered, handover_returned
        from havenline.foundation.people.roles import FileKind
        from havenline.foundation.search import titles
        from havenline.journey.safeguarding import queries

        handover_answered.connect(_answered, dispatch_uid="safeguarding: the referrer was told")
        handover_accepted.connect(_accepted, dispatch_uid="safeguarding: another area took the case over")
        handover_returned.connect(_returned, dispatch_uid="safeguarding: a referral was given back")
        titles.register(FileKind.CHILD_CASE, queries.names_of)


def _answered(*, hand_over: Any, by: Any, **_rest: Any) -> None:
    from havenline.journey.safeguarding import actions

    actions.note_the_answer(hand_over=hand_over, by=by)
    actions.note_that_they_answered(hand_over=hand_over)


def _accepted(*, hand_over: Any, by: Any, **_rest: Any) -> None:
    from havenline.journey.safeguarding import actions

    actions.note_the_move(hand_over=hand_over, by=by)


def _returned(*, hand_over: Any, by: Any, **_rest: Any) -> None:
    from havenline.journey.safeguarding import actions

    actions.note_the_return(hand_over=hand_over, by=by)
    actions.note_that_they_answered(hand_over=hand_over)
    actions.note_the_move_back(hand_over=hand_over, by=by)
