"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from django.dispatch import Signal

case_opened = Signal()  # case
subject_identified = Signal()  # subject
attribution_retracted = Signal()  # attribution
access_assessed = Signal()  # assessment
case_closed = Signal()  # case
case_reopened = Signal()  # case, reopening
