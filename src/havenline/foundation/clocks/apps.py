from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "havenline.foundation.clocks"
    label = "clocks"
