from django.apps import AppConfig


class PreventionConfig(AppConfig):
    name = "havenline.journey.prevention"
    label = "prevention"
