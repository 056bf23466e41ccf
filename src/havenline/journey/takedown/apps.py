from django.apps import AppConfig


class TakedownConfig(AppConfig):
    name = "havenline.journey.takedown"
    label = "takedown"
