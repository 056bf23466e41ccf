from typing import Any

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "havenline.journey.triage"
    label = "triage"

    def ready(self) -> None:
        from havenline.foundation.handover.events import handover_returned
        from havenline.journey.intake.events import report_opened
        from havenline.journey.triage.actions import find_children, take_in_returned

        def opened(sender: object, report: Any, **_rest: object) -> None:
            find_children(report=report)

        def returned(sender: object, hand_over: Any, **_rest: object) -> None:
            take_in_returned(hand_over=hand_over)

        report_opened.connect(opened, dispatch_uid="triage finds children", weak=False)
        handover_returned.connect(returned, dispatch_uid="triage takes in what is returned", weak=False)
