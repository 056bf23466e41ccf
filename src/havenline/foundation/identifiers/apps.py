from django.apps import AppConfig


class IdentifiersConfig(AppConfig):
    name = "havenline.foundation.identifiers"
    label = "identifiers"
