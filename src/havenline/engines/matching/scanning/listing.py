"""A file of paths, one a line, or each ended by a NUL -> the paths, relative to a root.

A path that leads out of the root stays as it was written: it is not opened, and its row says so.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from havenline.engines.matching.scanning.errors import NotAList

LONGEST = 4096  # bytes of a path
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
AT_ONCE = 1 << 20


def read_list(file: BinaryIO, root: Path, *, null: bool = False) -> Iterator[bytes]:
    """Empty lines are passed over, and a carriage return before the end of a line is dropped. Raises NotAList, which names the line."""
    begin = os.fsencode(root).rstrip(b"/") + b"/"
    for number, line in _lines(file, b"\0" if null else b"\n"):
        if not null:
            line = line.removesuffix(b"\r")
            if number == 1:
                line = line.removeprefix(BYTE_ORDER_MARK)
            if b"\0" in line:
                raise NotAList(f"Line {number} holds a NUL. If paths are ended by NULs (find -print0), say --null; else this is no list.")
        if line:
            yield relative_to(begin, line)


def relative_to(begin: bytes, path: bytes) -> bytes:
    """`begin`: the root, with a slash at its end."""
    said = path
    while said.startswith(b"./"):
        said = said[2:].lstrip(b"/")
    if said.startswith(begin):
        said = said[len(begin) :].lstrip(b"/")
    return said or path


def _lines(file: BinaryIO, end: bytes) -> Iterator[tuple[int, bytes]]:
    number, rest = 0, b""
    while chunk := file.read(AT_ONCE):
        *whole, rest = (rest + chunk).split(end)
        for line in whole:
            number += 1
            yield number, _short(line, number)
        _short(rest, number + 1)
    if rest:
        yield number + 1, rest


def _short(line: bytes, number: int) -> bytes:
    if len(line) > LONGEST:
        raise NotAList(f"Line {number} is longer than the {LONGEST} bytes that a path may have. Is this a list of paths, one a line?")
    return line
