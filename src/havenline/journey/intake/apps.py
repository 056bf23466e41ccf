from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "havenline.journey.intake"
    label = "intake"
