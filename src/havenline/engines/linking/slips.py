"""Keys under which a word is found that was asked for with a slip, in another form of the name, or as it sounds.

Two words that differ by one letter too many, one too few, one wrong or two exchanged share a key, whichever of them was written wrong
(symmetric deletion, Garbe 2012): looking one up costs a dozen questions of an index, however many words there are.
"""

from rapidfuzz.distance import OSA

from havenline.engines.linking.names import rows_of, sound

SHORTEST, LONGEST = 4, 24  # letters: below, one slip makes another word; above, only the beginning counts
FAR = 8  # letters from which two slips are forgiven once a key is shared
SOUNDS, FORMS = 0.7, 0.9


def slip_keys(word: str) -> frozenset[str]:
    """Of a word in small letters without marks: `d…` with each letter left out, `s…` its sound, `r…` the rows of names it stands in.

    A word with a digit has none: a number is right or it is another.
    """
    if not word.isalpha():
        return frozenset()
    found = {f"r{row}" for row in rows_of(word)}
    if len(word) >= SHORTEST:
        cut = word[:LONGEST]
        found |= {f"d{cut}", *(f"d{cut[:at]}{cut[at + 1 :]}" for at in range(len(cut)))}
        said = sound(cut).casefold()
        if len(said) > 1 and said != cut:
            found.add(f"s{said}")
    return frozenset(found)


def nearness(asked: str, word: str) -> float:
    """From 0 (nothing to do with each other) to 1 (the same, or its beginning): how well a word answers the one that was asked."""
    if word.startswith(asked):
        return 1.0
    if rows_of(asked) & rows_of(word):
        return FORMS
    shortest = min(len(asked), len(word))
    if shortest < SHORTEST or not (asked.isalpha() and word.isalpha()):
        return 0.0
    slips = OSA.distance(asked, word)
    if slips <= (2 if shortest >= FAR else 1):
        return 1 - slips / (2 * max(len(asked), len(word)))
    return SOUNDS if sound(asked) == sound(word) else 0.0
