from django.apps import AppConfig


class InvestigationConfig(AppConfig):
    name = "havenline.journey.investigation"
    label = "investigation"

    def ready(self) -> None:
        """What this room does when an earlier one announces something."""
        from havenline.foundation.handover.events import handover_returned, handover_sent
        from havenline.foundation.identifiers.events import identifier_seen
        from havenline.journey.investigation.actions import closing, obligations

        identifier_seen.connect(closing.on_identifier_seen, dispatch_uid="investigation: a watched identifier was seen")
        handover_sent.connect(obligations.on_handover_sent, dispatch_uid="investigation: what is owed here is sent")
        handover_returned.connect(closing.on_handover_returned, dispatch_uid="investigation: another force gave a case back")
