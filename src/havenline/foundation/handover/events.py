"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from django.dispatch import Signal

handover_sent = Signal()  # hand_over
handover_accepted = Signal()  # hand_over, by
handover_returned = Signal()  # hand_over, by
handover_withdrawn = Signal()  # hand_over, by
handover_answered = Signal()  # hand_over, by
