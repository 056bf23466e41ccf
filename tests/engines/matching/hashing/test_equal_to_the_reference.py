"""A picture's hash and quality are, to the bit, what Pillow and pdqhash say: by the kernel, without newer instructions, by NumPy."""

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.engines.matching.hashing import pictures

from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import hash_image, reckoning

KNOWN: dict[str, Any] = json.loads(pictures.KNOWN_ANSWERS.read_text())
WAYS = ("kernel", "kernel, plain", "numpy")


def reckoned(pixels: pictures.Pixels, way: str, dihedral: bool = False) -> tuple[list[str], int]:
    if way != "numpy" and kernel.lib is None:
        pytest.skip(f"there is no kernel: {kernel.why_not}")
    if way == "numpy":
        hashes, quality = reckoning.reckon_by_numpy(pixels, dihedral=dihedral)
    else:
        hashes, quality = reckoning.reckon(pixels, dihedral=dihedral, plain="plain" in way)
    return [one.hex() for one in hashes], quality


def as_the_reference_reads_it(data: bytes) -> pictures.Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize("way", WAYS)
def test_every_picture_of_the_benign_set_has_the_references_hash_and_quality(way: str) -> None:
    for name, pixels in pictures.every_picture():
        known = KNOWN[name]
        assert pictures.digest(pixels) == known["pixels"], f"{name} is drawn otherwise here; see pictures.py"
        assert reckoned(pixels, way) == ([known["pdq"]], known["quality"]), name


@pytest.mark.parametrize("way", WAYS)
def test_turned_and_mirrored_hashes_are_the_references(way: str) -> None:
    for name, pixels in pictures.every_picture():
        if name.endswith(" 64x64"):  # the reference's two functions differ there: one smooths what the other takes as it is
            continue
        assert reckoned(pixels, way, dihedral=True)[0] == KNOWN[name]["dihedral"], name


@pytest.mark.parametrize("way", WAYS)
def test_the_first_of_eight_is_the_hash_itself(way: str) -> None:
    for name, pixels in pictures.every_picture():
        assert reckoned(pixels, way, dihedral=True)[0][0] == KNOWN[name]["pdq"], name


@pytest.mark.parametrize("name", pictures.FILES)
def test_each_kind_of_file_is_read_as_pillow_reads_it(name: str) -> None:
    kind, options = pictures.FILES[name]
    for drawing in pictures.KINDS:
        for width, height in pictures.SIZES[:4]:
            data = pictures.coded(pictures.drawn(drawing, width, height), kind, **options)
            hashes, quality = reckoned(as_the_reference_reads_it(data), "numpy")
            found = hash_image(data)
            assert (found.pdq, found.quality, found.width, found.height) == (hashes[0], quality, width, height), (drawing, width, height)


def test_every_file_has_the_hash_that_pdqhash_computes() -> None:
    pdqhash = pytest.importorskip("pdqhash", reason="scripts/prepare peers")
    for name, (kind, options) in pictures.FILES.items():
        for drawing, pixels in pictures.every_picture():
            data = pictures.coded(pixels, kind, **options)
            vector, quality = pdqhash.compute(as_the_reference_reads_it(data))
            found = hash_image(data)
            assert (found.pdq, found.quality) == (np.packbits(vector.astype(np.uint8)).tobytes().hex(), quality), (name, drawing)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32), st.sampled_from((1, 2, 40, 256)))
@settings(max_examples=150, deadline=None)
def test_kernel_and_numpy_agree_on_any_size(width: int, height: int, seed: int, colours: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, colours, (height, width, 3), dtype=np.uint8)
    grey = pixels[..., 0]
    for one in (pixels, grey):
        expected = reckoned(one, "numpy", dihedral=True)
        assert reckoned(one, "kernel", dihedral=True) == expected
        assert reckoned(one, "kernel, plain", dihedral=True) == expected


@pytest.mark.parametrize("plain", [False, True])
def test_the_luma_of_every_colour_is_the_references_to_the_bit(plain: bool) -> None:
    if kernel.lib is None:
        pytest.skip("there is no kernel")
    other = np.arange(256, dtype=np.uint8)
    pixels = np.zeros((256 * 256 + 3, 3), dtype=np.uint8)  # eight are read with the bytes of three more
    pixels[:-3, 1], pixels[:-3, 2] = np.repeat(other, 256), np.tile(other, 256)
    for red in range(256):
        pixels[:, 0] = red
        found = np.empty(256 * 256, dtype=np.float32)
        kernel.lib.picture_luma(pixels.ctypes.data, len(found), plain, found.ctypes.data)
        colours = pixels[:-3]
        expected = (colours[:, 0] * 0.299 + colours[:, 1] * 0.587 + colours[:, 2] * 0.114).astype(np.float32)  # pdqhash's own sum
        assert np.array_equal(found, expected), red
        assert np.array_equal(reckoning.luma(colours[None])[0], expected), red


@given(st.sampled_from((3, 4)), st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_pixels_that_are_a_part_of_others_are_read_where_they_are(step: int, seed: int) -> None:
    whole = np.random.default_rng(seed).integers(0, 256, (40 * step, 70, 3), dtype=np.uint8)
    assert reckoned(whole[::step], "kernel") == reckoned(np.ascontiguousarray(whole[::step]), "numpy")


def test_what_is_smaller_than_five_pixels_has_no_bits_and_no_quality() -> None:
    found = hash_image(pictures.coded(pictures.noise(200, 4), "PNG"))
    assert (found.pdq, found.quality) == ("0" * 64, 0)


def test_digests_are_those_of_the_files_bytes() -> None:
    found = hash_image(pictures.coded(pictures.noise(9, 9), "BMP"))
    assert len(found.sha256) == 64
    assert len(found.md5) == 32
    other = hash_image(pictures.coded(pictures.noise(9, 9), "PNG"))
    assert (other.pdq, other.quality) == (found.pdq, found.quality)
    assert other.sha256 != found.sha256


def test_fast_is_off_by_default_and_moves_few_bits_of_pictures_that_may_match() -> None:
    moved = []
    for drawing in ("noise", "shapes", "chart", "landscape", "text"):
        for width, height in pictures.SIZES[3:]:
            data = pictures.coded(pictures.drawn(drawing, width, height), "JPEG", quality=85)
            exact, fast = hash_image(data), hash_image(data, fast=True)
            moved.append((int(exact.pdq, 16) ^ int(fast.pdq, 16)).bit_count())
    assert max(moved) <= 4
    assert sum(moved) / len(moved) <= 1.5


# What the reference does not do, and so neither do we.


def test_rotation_by_exif_is_not_applied() -> None:
    pixels = pictures.drawn("landscape", 333, 500)
    exif = Image.Exif()
    exif[0x0112] = 6
    assert hash_image(pictures.coded(pixels, "JPEG", exif=exif)).pdq == hash_image(pictures.coded(pixels, "JPEG")).pdq


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_moving_pictures_the_first_frame_counts(kind: str) -> None:
    first, second = pictures.drawn("shapes", 160, 120), pictures.drawn("chart", 160, 120)
    extra = {"lossless": True} if kind == "WEBP" else {}
    moving = pictures.coded(first, kind, save_all=True, append_images=[Image.fromarray(second)], duration=100, **extra)
    assert hash_image(moving).pdq == hash_image(pictures.coded(first, kind, **extra)).pdq


def test_alpha_is_dropped_and_not_blended() -> None:
    pixels = pictures.drawn("shapes", 160, 120)
    seen_through = np.dstack([pixels, pictures.drawn("noise", 160, 120)[..., 0]])
    assert hash_image(pictures.coded(seen_through, "PNG")).pdq == hash_image(pictures.coded(pixels, "PNG")).pdq


def test_sixteen_bits_are_read_as_pillow_reads_them() -> None:
    deep = pictures.drawn("landscape", 160, 120)[..., 0].astype(np.uint16) * 200
    data = pictures.coded(deep, "PNG")
    hashes, quality = reckoned(as_the_reference_reads_it(data), "numpy")
    assert (hash_image(data).pdq, hash_image(data).quality) == (hashes[0], quality)
