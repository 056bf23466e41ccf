from django.apps import AppConfig


class PreventionConfig(AppConfig):
    name = "havenline.journey.prevention"
    label = "prevention"

    def ready(self) -> None:
        """What this room does when an earlier one announces something, and what it offers on an earlier one's pages."""
        from django.utils.translation import gettext_lazy as _

        from havenline.foundation.handover.events import handover_sent
        from havenline.foundation.people.roles import FileKind
        from havenline.foundation.post import links as post_links
        from havenline.foundation.post.events import letter_ended
        from havenline.foundation.records import pages
        from havenline.journey.prevention.actions import officer, sending
        from havenline.journey.prevention.policies import SENDERS

        handover_sent.connect(officer.on_handover_sent, dispatch_uid="prevention: the designated officer is told")
        post_links.register(sending.WAITS, sending.must_still_leave)
        letter_ended.connect(sending.on_letter_ended, dispatch_uid="prevention: how a school’s letter ended")
        for kind in (FileKind.REPORT, FileKind.CASE):
            pages.offer(kind, SENDERS, _("Tell schools"), "prevention:write_from")
