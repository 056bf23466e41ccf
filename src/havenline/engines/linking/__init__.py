"""Are two descriptions of a person about the same person? Told with its reasons, for a person to decide; nothing is ever merged here.

    >>> compare(Described(("Kathryn Vale",), born_on=date(2017, 3, 2)), Described(("Katie Vale",), born_on=date(2017, 2, 3))).strength
    <Strength.LIKELY: 2>

`keys_of` makes a search among a hundred thousand quick: whoever shares no key with a description is not compared with it.
"""

from havenline.engines.linking.likeness import Against, Described, Likeness, Reason, Strength, compare
from havenline.engines.linking.names import Alike, alike, tokens
from havenline.engines.linking.search import address_key, keys_of

__all__ = ["Against", "Alike", "Described", "Likeness", "Reason", "Strength", "address_key", "alike", "compare", "keys_of", "tokens"]
