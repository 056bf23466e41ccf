"""What post announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

letter_ended = Announcement()  # letter: sent, failed or uncertain; what failed may be tried again, and ends again
