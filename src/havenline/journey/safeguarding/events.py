"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from django.dispatch import Signal

child_case_opened = Signal()  # child_case, by
step_recorded = Signal()  # child_case, event, by
child_case_closed = Signal()  # child_case, by
