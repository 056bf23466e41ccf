"""A letter names no case. Of one that was about an erased record nothing stays but that it was sent."""

from collections.abc import Iterable

from havenline.foundation.post.models import Attempt, Letter
from havenline.foundation.sealing import copies


def empty_letters(letters: Iterable[int]) -> int:
    """Called by the room that knows which letters a record had."""
    chosen = list(letters)
    Attempt.objects.filter(letter__in=chosen).update(answer="")
    return Letter.objects.filter(pk__in=chosen).update(to="", subject="", body="", reply_to="")


copies.by_an_act(Letter, "emptied by the room whose record it was about")
copies.by_an_act(Attempt, "emptied with its letter")
