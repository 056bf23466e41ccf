"""Which pairs are being exchanged, and how far each is. Exchanging one: `actions.exchanging`."""

from dataclasses import dataclass

from django.db.models import QuerySet

from havenline.foundation import moment
from havenline.foundation.sealing import holders, keys
from havenline.foundation.sealing.models import Key


@dataclass(frozen=True)
class Exchange:
    """A pair that is being exchanged: how many wraps wait for the new key, of how many."""

    holder: str
    waiting: int
    of: int

    @property
    def done(self) -> int:
        return self.of - self.waiting


def under_way() -> list[Exchange]:
    """The exchanges that have begun and not ended."""
    found = [name.removesuffix(".key.old") for name in keys.names() if name.endswith(".key.old")]
    return [_exchange(holder) for holder in sorted(found)]


def _exchange(holder: str) -> Exchange:
    return Exchange(holder, waiting(holder).count(), _live(holder).count())


def _live(holder: str) -> QuerySet[Key]:
    return Key.objects.filter(wrapped_to=holder, destroyed_at=None)


def waiting(holder: str) -> QuerySet[Key]:
    """The wraps that are not under the holder's present key."""
    return _live(holder).exclude(under=holders.mark(holders.public(holder)))


def may_end_by_itself(holder: str) -> bool:
    """Whether the old key may go without being asked for: not the desk's while a public host of its own may seal to the old one.

    What was being written as the exchange began has ended within the ten minutes after.
    """
    if holder == holders.DESK and keys.is_there("public-host"):
        return False
    return moment.now().timestamp() - keys.changed_at(f"{holder}.pub") > 600
