"""What this room announces, inside the transaction. A failing subscriber rolls back. Who follows a list reads its changes by number."""

from havenline.foundation.people.acting import Announcement

entry_withdrawn = Announcement()  # entry: it stands on its list no more; what it had matched is answered anew
