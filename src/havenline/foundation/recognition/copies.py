"""Who asked what is known, and what they were told: numbers of keys and entries, and nothing of a record."""

from havenline.foundation.recognition.models import Asker, Pause, TakenBack, Told
from havenline.foundation.sealing import copies

for own in (Asker, Told, TakenBack, Pause):
    copies.of_no_record(own, "keys and numbers of entries, not what was reported")
