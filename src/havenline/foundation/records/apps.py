from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RecordsConfig(AppConfig):
    name = "havenline.foundation.records"
    label = "records"

    def ready(self) -> None:
        """Every room says of which passages a copy of its records consists."""
        autodiscover_modules("passages")
