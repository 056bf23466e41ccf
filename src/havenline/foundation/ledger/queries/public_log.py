"""What the public log says: to strangers its days, to a report's holder the proof."""

from havenline.foundation.ledger.models import Commitment, PublicDay

RECEIVED = "received"


def is_promised(reference: str, what: str) -> bool:
    return Commitment.objects.filter(record=reference, what=what).exists()


def of_record(reference: str) -> list[Commitment]:
    """What its holder can prove, the report itself first."""
    return list(Commitment.objects.filter(record=reference).order_by("pk"))


def days(*, at_most: int) -> list[PublicDay]:
    """The last days, newest first."""
    return list(PublicDay.objects.order_by("-day")[:at_most])
