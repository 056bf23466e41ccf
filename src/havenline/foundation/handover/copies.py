"""A hand-over is a record of its own: its package goes with it, not with the file that it came from."""

from havenline.foundation.handover.models import HandOver, HandOverStep
from havenline.foundation.sealing import copies

CODES = dict.fromkeys(("purpose", "obligation", "answer"), "codes of ours") | {"package_digest": "proves what was handed over"}

copies.emptied(HandOver, "record", "package", "called_name", "problem", kept=CODES)
copies.emptied(HandOverStep, "hand_over", "words_sealed", kept={"reason": "a code of ours"})
