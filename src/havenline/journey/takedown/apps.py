from typing import Any

from django.apps import AppConfig


class TakedownConfig(AppConfig):
    name = "havenline.journey.takedown"
    label = "takedown"

    def ready(self) -> None:
        """What this room does when an earlier one announces something, and what it gives an earlier one."""
        from havenline.foundation.lists import keeping_back
        from havenline.foundation.post import links as post_links
        from havenline.foundation.post.events import letter_ended
        from havenline.journey.takedown.actions import draft_notices, hold_what_is_no_longer_safe, links, take_in_letter
        from havenline.journey.takedown.queries import came_of, held_for_police
        from havenline.journey.triage import came_of_it
        from havenline.journey.triage.events import decision_carried_out, link_answered

        def carried_out(sender: object, decision: Any, **_rest: object) -> None:
            draft_notices(decision=decision)

        def answered(sender: object, report: Any, by: Any, **_rest: object) -> None:
            hold_what_is_no_longer_safe(report=report, by=by)

        def ended(sender: object, letter: Any, **_rest: object) -> None:
            take_in_letter(letter=letter)

        post_links.register(links.MAKER, links.make_link)
        decision_carried_out.connect(carried_out, dispatch_uid="takedown drafts notices", weak=False)
        link_answered.connect(answered, dispatch_uid="takedown: a link that is no longer safe", weak=False)
        letter_ended.connect(ended, dispatch_uid="takedown: a notice reached its host, or did not", weak=False)
        came_of_it.register(came_of)
        keeping_back.register(held_for_police)
