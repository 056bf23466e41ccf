from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SealingConfig(AppConfig):
    name = "havenline.foundation.sealing"
    label = "sealing"

    def ready(self) -> None:
        """Let every room say what it holds of a record (`copies.py`)."""
        autodiscover_modules("copies")
