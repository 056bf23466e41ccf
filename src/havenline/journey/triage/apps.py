from typing import Any

from django.apps import AppConfig
from django.conf import settings


class TriageConfig(AppConfig):
    name = "havenline.journey.triage"
    label = "triage"

    def ready(self) -> None:
        from havenline.foundation.handover.events import handover_accepted, handover_returned
        from havenline.foundation.lists.events import entry_withdrawn
        from havenline.foundation.lists.queries import tell_where_matched
        from havenline.journey.intake.events import report_opened
        from havenline.journey.triage.actions import confirm_accepted, find_children, find_signs, let_count_no_more, take_in_returned
        from havenline.journey.triage.queries import recognised_by

        def opened(sender: object, report: Any, **_rest: object) -> None:
            find_children(report=report)
            find_signs(report=report)

        def returned(sender: object, hand_over: Any, **_rest: object) -> None:
            take_in_returned(hand_over=hand_over)

        def accepted(sender: object, hand_over: Any, by: Any, **_rest: object) -> None:
            confirm_accepted(hand_over=hand_over, by=by)

        def withdrawn(sender: object, entry: Any, **_rest: object) -> None:
            if settings.READS_REPORTS:
                let_count_no_more(entry=entry)
            else:  # committed with the withdrawal, and done by the worker a moment after
                from havenline.journey.triage import tasks

                tasks.let_count_no_more.enqueue(entry.pk)

        tell_where_matched(recognised_by)
        entry_withdrawn.connect(withdrawn, dispatch_uid="triage: what rested on a withdrawn entry", weak=False)
        handover_accepted.connect(accepted, dispatch_uid="triage confirms an alarm", weak=False)
        report_opened.connect(opened, dispatch_uid="triage finds children and warning signs", weak=False)
        handover_returned.connect(returned, dispatch_uid="triage takes in what is returned", weak=False)
