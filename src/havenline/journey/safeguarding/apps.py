from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    name = "havenline.journey.safeguarding"
    label = "safeguarding"
