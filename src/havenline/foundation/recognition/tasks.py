"""What comes round here."""

from havenline.foundation.recognition import actions
from havenline.foundation.work.rounds import every


@every(seconds=6 * 3600)
def forget_what_was_told_long_ago() -> None:
    """A withdrawal is told to whoever was told of a match within the last 400 days."""
    actions.forget_old()
