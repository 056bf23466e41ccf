from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "havenline.foundation.search"
    label = "search"
