"""What is no picture, or a bad one, gets an error that says which, within bounds, and with no byte of it."""

import io
import struct
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.matching.hashing import pictures

from havenline.engines.matching.hashing import (
    CutShort,
    Damaged,
    HashingFailed,
    ImageHash,
    Limits,
    NotAPicture,
    TooManyBytes,
    TooManyPixels,
    errors,
    hash_image,
)

SMALL = pictures.drawn("landscape", 160, 120)
JPEG = pictures.coded(SMALL, "JPEG")
FILES = {name: pictures.coded(SMALL, kind, **options) for name, (kind, options) in pictures.FILES.items()}


def png(width: int, height: int, rows: bytes, depth: int = 8, colours: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"hello", b"<svg/>", b"%PDF-1.7", b"\xff\xd8", b"GIF", b"RIFF....WEBP", b"II*\0" + bytes(100)]
)
def test_what_is_no_picture_is_called_none(data: bytes) -> None:
    with pytest.raises(HashingFailed) as caught:
        hash_image(data)
    assert isinstance(caught.value, NotAPicture | CutShort | Damaged)


def test_formats_that_are_not_read_are_not_tried() -> None:
    with pytest.raises(NotAPicture, match="JPEG, PNG, WEBP, GIF"):
        hash_image(pictures.coded(SMALL, "TIFF"))
    with pytest.raises(NotAPicture):
        hash_image(pictures.coded(SMALL, "PPM"))


@pytest.mark.parametrize("name", FILES)
def test_half_a_file_is_an_error_and_no_hash(name: str) -> None:
    whole = FILES[name]
    with pytest.raises((CutShort, Damaged)):
        hash_image(whole[: len(whole) // 2])


def test_half_a_jpeg_is_said_to_be_cut_short() -> None:
    with pytest.raises(CutShort):
        hash_image(JPEG[: len(JPEG) // 2])


def test_more_bytes_than_the_limit_are_not_looked_at() -> None:
    with pytest.raises(TooManyBytes, match=f"{len(JPEG)} bytes"):
        hash_image(JPEG, limits=Limits(bytes=len(JPEG) - 1))
    assert hash_image(JPEG, limits=Limits(bytes=len(JPEG))).width == 160


@pytest.mark.parametrize("name", FILES)
def test_more_pixels_than_the_limit_are_not_unpacked(name: str) -> None:
    with pytest.raises(TooManyPixels):
        hash_image(FILES[name], limits=Limits(pixels=160 * 120 - 1))
    assert hash_image(FILES[name], limits=Limits(pixels=160 * 120)).height == 120


def test_decompression_bombs_are_refused_by_their_head() -> None:
    began = time.perf_counter()
    for width, height in ((50_000, 50_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)):
        with pytest.raises((TooManyPixels, Damaged)):
            hash_image(png(width, height, zlib.compress(bytes(1000))))
    gif = pictures.coded(SMALL, "GIF")
    with pytest.raises(TooManyPixels):
        hash_image(gif[:6] + struct.pack("<HH", 65_535, 65_535) + gif[10:])
    at = JPEG.index(b"\xff\xc0") + 5
    with pytest.raises(TooManyPixels):
        hash_image(JPEG[:at] + struct.pack(">HH", 65_000, 65_000) + JPEG[at + 4 :])
    assert time.perf_counter() - began < 5


def test_more_rows_than_the_head_says_do_not_grow() -> None:
    """A megabyte of zeros in a kilobyte, where the head says 8 x 8: what is over is not unpacked."""
    assert hash_image(png(8, 8, zlib.compress(bytes(1_000_000)))).width == 8


def test_a_picture_with_something_behind_it_has_the_pictures_hash_and_its_own_digests() -> None:
    archive = b"PK\x03\x04" + bytes(64) + b"<script>"
    found, plain = hash_image(JPEG + archive), hash_image(JPEG)
    assert found.pdq == plain.pdq
    assert found.sha256 != plain.sha256


def test_a_picture_inside_something_else_is_not_looked_for() -> None:
    with pytest.raises(NotAPicture):
        hash_image(b"PK\x03\x04" + JPEG)


def test_a_jpeg_with_a_warning_is_read_as_pillow_reads_it() -> None:
    """Stray bytes before a marker: simplejpeg, asked strictly, refuses what Pillow forgives."""
    at = JPEG.index(b"\xff\xda")
    stray = JPEG[:at] + b"\x00\x11" + JPEG[at:]
    try:
        found = hash_image(stray)
    except HashingFailed:
        from PIL import Image

        with pytest.raises(OSError, match=r"."):
            Image.open(io.BytesIO(stray)).convert("RGB")
        return
    assert found.pdq == hash_image(JPEG).pdq


def test_each_error_has_a_name_of_its_own() -> None:
    assert len(errors.BY_NAME) == 8
    assert all(kind.name == name for name, kind in errors.BY_NAME.items())


def found_or_why(data: bytes) -> ImageHash | HashingFailed:
    try:
        return hash_image(data, limits=Limits(bytes=100_000, pixels=1_000_000))
    except HashingFailed as failed:
        return failed


def reads_or_says_why(data: bytes) -> None:
    found = found_or_why(data)
    if isinstance(found, HashingFailed):
        assert found.__cause__ is None
        assert found.__suppress_context__ or found.__context__ is None  # what a decoder says may hold what it read
        assert len(str(found)) < 200
        assert str(found).isprintable()
    else:
        assert len(found.pdq) == 64
        assert 0 <= found.quality <= 100


@given(
    st.binary(max_size=2000),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x10\x00\x00WEBPVP8 ", b"BM"]),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, head: bytes) -> None:
    reads_or_says_why(head + data)


@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 64),
)
@settings(max_examples=400, deadline=None)
def test_a_damaged_picture_is_read_or_refused(name: str, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(FILES[name])
    for at, value in changes:
        data[at % len(data)] = value
    reads_or_says_why(bytes(data[: len(data) - cut * 17]))
