from django.apps import AppConfig


class ListExchangeConfig(AppConfig):
    name = "havenline.foundation.lists.exchange"
    label = "list_exchange"
