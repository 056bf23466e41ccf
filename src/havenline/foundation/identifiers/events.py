"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from django.dispatch import Signal

identifier_seen = Signal()  # sighting: an identifier was seen in a record for the first time
