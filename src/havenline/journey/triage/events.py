"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

decision_made = Announcement()  # decision: pending, can be taken back
decision_taken_back = Announcement()  # decision, by
decision_carried_out = Announcement()  # decision
link_answered = Announcement()  # report, by: whether an item’s link could have been made for one person
alarm_raised = Announcement()  # alarm
