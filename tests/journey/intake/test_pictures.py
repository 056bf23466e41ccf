"""Pictures in disguise are refused; words, addresses and hashes never are."""

import base64
import hashlib
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.journey.intake.pictures import in_disguise

RANDOM = random.Random(7)
BYTES = RANDOM.randbytes(3000)  # a benign pattern: noise
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + BYTES
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + BYTES


def in_lines(data: bytes) -> str:
    return base64.encodebytes(data).decode()


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg",
        "Look: DATA:image/jpeg;charset=utf-8;base64,/9j/4AAQ and so on, and so on",
        "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%3E",
        "data:;base64,iVBORw0KGgoAAAANSUhEUgAAAAE",
        base64.b64encode(JPEG).decode(),
        base64.urlsafe_b64encode(PNG).decode(),
        f"She sent this: {base64.b64encode(JPEG[:400]).decode()} and went away",
        base64.b64encode(BYTES).decode(),
        in_lines(JPEG),
        in_lines(BYTES),
        in_lines(BYTES).replace("\n", "\r\n"),
        JPEG.hex(),
        BYTES.hex(),
        "dat\u200ba:image/png;base64,iVBORw0KGgoAAAANSUhEUg",
        f"https://page.example/?picture={base64.urlsafe_b64encode(JPEG).decode()}",
    ],
)
def test_encoded_bytes_are_refused(text: str) -> None:
    assert in_disguise(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A parent reports that an adult stranger asked to meet their child.",
        "data: the data is in the image, base64 or not, she said",
        "keep this between us\nwhich app do you use?\nlet's move there",
        "a" * 5000,
        "AAAAaaaa1111" * 400,
        "\n".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(100)),
        "https://storage.example/file?X-Amz-Security-Token=" + base64.urlsafe_b64encode(BYTES[:900]).decode().rstrip("="),
        "\n".join(f"https://page.example/room/{n}?token={hashlib.sha256(str(n).encode()).hexdigest()}" for n in range(60)),
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 30,
        "他说不要告诉任何人" * 300,
        "R0lGOD is how it began, he said",
    ],
)
def test_words_addresses_and_hashes_pass(text: str) -> None:
    assert not in_disguise(text)


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x2FFF), min_size=1, max_size=30), max_size=300))
@settings(deadline=None)
def test_no_ordinary_text_is_refused(words: list[str]) -> None:
    assert not in_disguise(" ".join(words))


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_=&%.?+", max_size=1500))
@settings(deadline=None)
def test_no_long_address_is_refused(path: str) -> None:
    assert not in_disguise(f"Please look at https://page.example/x{path} for me") or any(b in path for b in ("/9j/", "_9j_"))


@given(st.binary(min_size=1200, max_size=6000).filter(lambda data: len(set(data)) > 120), st.sampled_from([60, 64, 76, 10_000]))
@settings(deadline=None)
def test_any_bytes_in_base64_are_refused_however_they_are_broken_into_lines(data: bytes, width: int) -> None:
    text = base64.b64encode(data).decode()
    assert in_disguise("\n".join(text[at : at + width] for at in range(0, len(text), width)))


@pytest.mark.parametrize("size", [10_000, 100_000])
def test_a_long_text_is_looked_through_quickly(size: int) -> None:
    import time

    begun = time.perf_counter()
    for text in (
        "a" * size,
        "ab " * size,
        "data:" * size,
        "https://" * size,
        "0123456789abcdef " * (size // 10),
        ("A" * 45 + "\n") * (size // 40),
    ):
        in_disguise(text)
    assert time.perf_counter() - begun < 20  # a hang, not a speed


def test_a_real_png_is_refused_in_every_usual_coat() -> None:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes((x * y) % 256 for x in range(64)) for y in range(64))  # a test pattern
    png = io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    ).getvalue()
    assert in_disguise(base64.b64encode(png).decode())
    assert in_disguise(base64.urlsafe_b64encode(png).decode())
    assert in_disguise(png.hex())
