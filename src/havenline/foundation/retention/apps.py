from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "havenline.foundation.retention"
    label = "retention"

    def ready(self) -> None:
        """Stop the start where a rule counts from something that no room knows, and let each file offer to be held."""
        from django.utils.translation import gettext_lazy as _

        from havenline.foundation.people.roles import SUPERVISORS, FileKind
        from havenline.foundation.records import pages
        from havenline.foundation.retention import rules, triggers

        for rule in rules.in_force().values():
            if (rule.kind, rule.trigger) not in triggers.known():
                of_kind = sorted(trigger for kind, trigger in triggers.known() if kind == rule.kind)
                raise rules.RuleWrong(
                    f"[retention.{rule.code}]: {rule.kind!r} has no trigger {rule.trigger!r}. There are: {', '.join(of_kind) or 'none'}."
                )
        for kind in FileKind:
            pages.offer(kind, tuple(SUPERVISORS.values()), _("Put on hold"), "retention:hold")
