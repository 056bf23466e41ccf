from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountabilityConfig(AppConfig):
    name = "havenline.foundation.accountability"
    label = "accountability"

    def ready(self) -> None:
        """Every room says which passages a copy of its records consists of (`passages.py`); what a restore brought back ends again."""
        from havenline.foundation.accountability import actions
        from havenline.foundation.retention import triggers

        autodiscover_modules("passages")
        triggers.erase_again(actions.erase_again)
