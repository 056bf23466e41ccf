"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

case_opened = Announcement()  # case
subject_identified = Announcement()  # subject
attribution_retracted = Announcement()  # attribution
access_assessed = Announcement()  # assessment
case_closed = Announcement()  # case
case_reopened = Announcement()  # case, reopening
