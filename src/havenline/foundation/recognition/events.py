"""What this room announces, inside the transaction. A failing subscriber rolls back."""

from havenline.foundation.people.acting import Announcement

key_paused = Announcement()  # pause: a key's look-ups climbed towards what is known; a person must look
pause_answered = Announcement()  # pause: a person said how it goes on
