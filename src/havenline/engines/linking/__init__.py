"""Are two descriptions of a person about the same person? Told with its reasons, for a person to decide; nothing is ever merged here.

    >>> compare(Described(("Kathryn Vale",), born_on=date(2017, 3, 2)), Described(("Katie Vale",), born_on=date(2017, 2, 3))).strength
    <Strength.LIKELY: 2>

`keys_of` makes a search among a hundred thousand quick: whoever shares no key with a description is not compared with it.
`slip_keys` and `nearness` say the same of single words, for a search that forgives slips.
"""

from havenline.engines.linking.likeness import Against, Described, Likeness, Reason, Strength, compare
from havenline.engines.linking.names import Alike, alike, sound, tokens
from havenline.engines.linking.search import address_key, keys_of
from havenline.engines.linking.slips import SOUNDS, nearness, slip_keys

__all__ = [
    "SOUNDS",
    "Against",
    "Alike",
    "Described",
    "Likeness",
    "Reason",
    "Strength",
    "address_key",
    "alike",
    "compare",
    "keys_of",
    "nearness",
    "slip_keys",
    "sound",
    "tokens",
]
