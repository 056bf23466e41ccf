from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "havenline.foundation.sealing"
    label = "sealing"
