"""What post announces, inside the transaction. A failing subscriber rolls back."""

from django.dispatch import Signal

letter_ended = Signal()  # letter: sent, failed or uncertain; what failed may be tried again, and ends again
