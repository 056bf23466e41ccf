from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "havenline.journey.triage"
    label = "triage"
