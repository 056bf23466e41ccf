from django.apps import AppConfig


class InvestigationConfig(AppConfig):
    name = "havenline.journey.investigation"
    label = "investigation"
