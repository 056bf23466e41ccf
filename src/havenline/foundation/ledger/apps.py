from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "havenline.foundation.ledger"
    label = "ledger"
