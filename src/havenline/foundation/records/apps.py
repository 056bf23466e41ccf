from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "havenline.foundation.records"
    label = "records"
