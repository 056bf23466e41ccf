"""A hash turned and mirrored without its picture."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.matching.hashing import pictures

from havenline.engines.matching import NotAHash, pdq
from havenline.engines.matching.dihedral import WAYS, dihedral
from havenline.engines.matching.hashing import hash_image

HASHES = st.binary(min_size=32, max_size=32)
KNOWN = json.loads(pictures.KNOWN_ANSWERS.read_text())


@given(HASHES)
def test_the_first_is_the_hash_and_each_mirror_undoes_itself(hash_: bytes) -> None:
    made = dict(zip(WAYS, dihedral(hash_), strict=True))
    assert made["as it is"] == hash_
    for way in ("turned by 180", "mirrored at x", "mirrored at y", "mirrored at the main diagonal", "mirrored at the other diagonal"):
        assert dict(zip(WAYS, dihedral(made[way]), strict=True))[way] == hash_, way


@given(HASHES)
def test_a_quarter_and_three_quarters_are_a_whole_turn(hash_: bytes) -> None:
    quarter = dihedral(hash_)[1]
    assert dihedral(quarter)[3] == hash_
    assert dihedral(quarter)[1] == dihedral(hash_)[2]


@given(HASHES, HASHES)
def test_distances_stay_as_they_were(one: bytes, other: bytes) -> None:
    for turned_one, turned_other in zip(dihedral(one), dihedral(other), strict=True):
        assert pdq.distance(turned_one, turned_other) == pdq.distance(one, other)


def test_without_the_picture_it_is_near_what_the_reference_makes_of_the_picture() -> None:
    for name, known in KNOWN.items():
        if known["quality"] < pdq.LEAST_QUALITY:
            continue
        for way, ours, exact in zip(WAYS, dihedral(bytes.fromhex(known["pdq"])), known["dihedral"], strict=True):
            away = pdq.distance(ours, bytes.fromhex(exact))
            assert away == 0 if way in ("as it is", "mirrored at the main diagonal") else away <= 24, (name, way)


@pytest.mark.parametrize(("way", "turned"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_a_picture_that_was_turned_is_found_by_its_turned_hash(way: int, turned: int) -> None:
    """The picture turned by Pillow, and the hash turned: both within the distance of pictures that are alike."""
    pixels = pictures.drawn("shapes", 640, 480)
    really = hash_image(pictures.coded(np.ascontiguousarray(np.rot90(pixels, turned)), "PNG"))
    exact = hash_image(pictures.coded(pixels, "PNG"), dihedral=True).dihedral[way]
    assert pdq.distance(bytes.fromhex(really.pdq), bytes.fromhex(exact)) <= pdq.RADIUS


def test_what_is_no_hash_is_refused() -> None:
    with pytest.raises(NotAHash):
        dihedral(b"short")
