"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

child_case_opened = Announcement()  # child_case, by
step_recorded = Announcement()  # child_case, event, by
child_case_closed = Announcement()  # child_case, by
