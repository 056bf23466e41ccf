"""A small archive of benign pictures, drawn here, with an index that knows some of them."""

import hashlib
import os
from pathlib import Path

import numpy as np
from tests.engines.matching.hashing import pictures

from havenline.engines.matching import PdqIndex, pdq
from havenline.engines.matching.exact import ExactIndex, Known
from havenline.engines.matching.hashing import hash_image
from havenline.engines.matching.scanning import Asked

SEEN = pictures.coded(pictures.noise(160, 120), "PNG")  # known by its PDQ hash
CHART = pictures.coded(pictures.chart(160, 120), "PNG")  # known to nobody
NOTES = b"No picture, and known by its SHA-256."
LIST, ENTRY, NOTED = 5, 7, 9


def made(root: Path) -> Path:
    """Eleven paths: four pictures (one known twice over), words, a link in and a link out, a pipe, half a picture, a strange name."""
    (root / "b" / "deep").mkdir(parents=True)
    (root / "a").mkdir()
    (root / "a" / "seen.png").write_bytes(SEEN)
    (root / "a" / "chart.png").write_bytes(CHART)
    (root / "a.txt").write_bytes(NOTES)
    (root / "b" / "deep" / "again.png").write_bytes(SEEN)
    (root / "b" / "half.png").write_bytes(SEEN[: len(SEEN) // 2])
    (root / "b" / "inside").symlink_to("deep/again.png")
    (root / "out").symlink_to("/etc")
    os.mkfifo(root / "pipe")
    Path(os.fsdecode(os.fsencode(root) + b"/=\xff\n.png")).write_bytes(CHART)
    return root


PATHS = [b"=\xff\n.png", b"a/chart.png", b"a/seen.png", b"a.txt", b"b/deep/again.png", b"b/half.png", b"b/inside", b"out", b"pipe"]


def index(folder: Path) -> Path:
    """The PDQ hash of SEEN is entry 7 of list 5, and the SHA-256 of NOTES is entry 9."""
    known = (LIST << 48) | ENTRY
    PdqIndex.build(pdq.array([pdq.parse(hash_image(SEEN).pdq)]), np.array([known], np.uint64)).save(folder / "pdq")
    with ExactIndex.make(folder / "known.sqlite3") as exact:
        exact.change(put=[Known(known, 0, b"", b"[]"), Known((LIST << 48) | NOTED, 3, hashlib.sha256(NOTES).digest(), b"[]")])
    return folder


def many(root: Path, number: int) -> Path:
    """So many small pictures, a tenth of them known."""
    for one in range(number):
        folder = root / f"{one % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        pixels = pictures.noise(160, 120) if one % 10 == 0 else np.roll(pictures.noise(96, 96), one, axis=0)
        (folder / f"{one:05}.png").write_bytes(pictures.coded(pixels, "PNG", compress_level=1))
    return root


def asked(root: Path, index: Path, *, form: str = "jsonl", source: Path | None = None, **more: object) -> Asked:
    return Asked(str(source or root), str(root), str(index), 31, form, **more)  # type: ignore[arg-type]
