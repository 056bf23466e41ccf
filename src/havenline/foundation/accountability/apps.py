from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountabilityConfig(AppConfig):
    name = "havenline.foundation.accountability"
    label = "accountability"

    def ready(self) -> None:
        """Let every later room say which passages a copy of its records consists of (`passages.py`)."""
        autodiscover_modules("passages")
