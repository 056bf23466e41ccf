from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "havenline.foundation.work"
    label = "work"
