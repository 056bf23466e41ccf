"""What this room announces, inside the transaction. A failing subscriber rolls back.

`report_received` and `reporter_wrote` may be sent in the public process, which reads no report and may only insert:
a subscriber there enqueues a task, and does its work at the desk.
"""

from django.dispatch import Signal

report_received = Signal()  # report
report_opened = Signal()  # report: its identifiers, items and place in the queue are known
reporter_wrote = Signal()  # report, message: it waits to be read again
