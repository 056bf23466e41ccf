"""When something was due, and whether it was done in time, is counted after the record is gone. Why it was voided is not."""

from havenline.foundation.clocks.models import Clock, Escalation
from havenline.foundation.sealing import copies

OURS = dict.fromkeys(
    ("rule", "about", "edition", "counted", "counted_again_for", "source", "unit", "stopped_by"), "codes and phrases of ours"
)

copies.emptied(Clock, "record", "title", "void_reason", kept=OURS)
copies.emptied(Escalation, "clock__record", kept={"names": "who of us was told"})
