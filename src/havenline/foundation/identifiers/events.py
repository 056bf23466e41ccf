"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

identifier_seen = Announcement()  # sighting: an identifier was seen in a record for the first time
