from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "havenline.foundation.accountability"
    label = "accountability"

    def ready(self) -> None:
        """What a restore brought back ends again."""
        from havenline.foundation.accountability import actions
        from havenline.foundation.retention import triggers

        triggers.erase_again(actions.erase_again)
