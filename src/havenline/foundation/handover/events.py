"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

handover_sent = Announcement()  # hand_over
handover_accepted = Announcement()  # hand_over, by
handover_returned = Announcement()  # hand_over, by
handover_withdrawn = Announcement()  # hand_over, by
handover_answered = Announcement()  # hand_over, by
