"""What ends by itself, ends in the keys too."""

from havenline.foundation.records import actions as records
from havenline.foundation.records import queries
from havenline.foundation.work.rests import with_rests
from havenline.foundation.work.rounds import every

MOST_AT_ONCE = 200


@every(seconds=60)
def take_keys_back() -> None:
    """A share or a break-glass has ended by its day or hour: the agency's wrap is destroyed."""
    for record in with_rests(queries.with_a_wrap_too_many()[:MOST_AT_ONCE]):
        records.wrap_for_parties(record)


@every(seconds=600)
def wrap_what_is_missing() -> None:
    """An agency got its key pair after it became party."""
    for record in with_rests(records.without_a_wrap()[:MOST_AT_ONCE]):
        records.wrap_for_parties(record)
