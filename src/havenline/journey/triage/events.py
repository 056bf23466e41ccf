"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from django.dispatch import Signal

decision_made = Signal()  # decision: pending, can be taken back
decision_taken_back = Signal()  # decision, by
decision_carried_out = Signal()  # decision
link_answered = Signal()  # report, by: whether an item’s link could have been made for one person
alarm_raised = Signal()  # alarm
