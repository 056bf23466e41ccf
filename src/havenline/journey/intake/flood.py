"""When more reports arrive than people can write: a sum that a browser does in about a second, or a short wait without JavaScript.

A flood is measured by what was stored in the last minute, so every process sees the same; while there is none nobody is asked for
anything. The sum belongs to one submission, which makes one report, so it cannot be used twice. No state is kept.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from havenline.foundation import moment
from havenline.foundation.sealing import keys
from havenline.journey.intake.models import Report

A_MINUTE = 60  # reports of people: a national hotline has about one
BITS = 18  # leading zero bits of SHA-256: 262,144 tries on average
WAIT = 20  # seconds, where there is no JavaScript
ASKED = "asked_at"  # where a form keeps since when it waits
LONGEST = 20  # characters of an answer


def is_here() -> bool:
    """Whether a flood is arriving now. What arrived at a moment yet to come did so by a clock that was wrong, and counts for none."""
    now = moment.now()
    lately = Report.objects.filter(api_key=None, received_at__gt=now - timedelta(minutes=1), received_at__lte=now).values("pk")
    return lately[:A_MINUTE].count() >= A_MINUTE


def sum_for(token: str) -> str:
    """What a browser works on for this submission."""
    return hmac.new(keys.secret("form.key"), f"work\0{token}".encode(), hashlib.sha256).hexdigest()[:32]


def is_done(token: str, answer: str) -> bool:
    """Whether this is an answer to the submission's sum."""
    if not answer or len(answer) > LONGEST:
        return False
    made = hashlib.sha256(f"{sum_for(token)}:{answer}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(made) >> (256 - BITS) == 0


def begin_waiting(carried: dict[str, Any]) -> None:
    """Note in a form since when it waits; once."""
    carried.setdefault(ASKED, int(moment.now().timestamp()))


def has_waited(carried: dict[str, Any]) -> bool:
    """Whether the wait is over. One that began at a moment that is yet to come began by a clock that was wrong."""
    return ASKED in carried and abs(moment.now().timestamp() - carried[ASKED]) >= WAIT
