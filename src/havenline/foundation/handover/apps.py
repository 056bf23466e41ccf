from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "havenline.foundation.handover"
    label = "handover"
