from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "havenline.foundation.lists"
    label = "lists"
