from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "havenline.foundation.sharing"
    label = "sharing"
