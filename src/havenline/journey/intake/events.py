"""What this room announces, inside the transaction. A failing subscriber rolls back.

`report_received` and `reporter_wrote` may be sent in the public process, which reads no report and may only insert:
a subscriber there enqueues a task, and does its work at the desk.
"""

from havenline.foundation.people.acting import Announcement

report_received = Announcement()  # report
report_opened = Announcement()  # report: its identifiers, items and place in the queue are known
reporter_wrote = Announcement()  # report, message: it waits to be read again
