"""A folder -> the paths in it, in an order that stays: by the bytes of each name, folder by folder.

No symbolic link is followed. A folder that is not entered (it may not be read, lies on another file system, leads back to itself, or lies
too deep) is a path of its own, so that a result says so.
"""

import heapq
import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
MOST_DEEP = 200  # folders in folders; each holds a descriptor
MOST_IN_MEMORY = 200_000  # names of one folder; of more, sorted parts are put aside


def walk(root: Path, *, after: bytes = b"", mounts: bool = False) -> Iterator[bytes]:
    """Every path below `root` (a folder; it may itself be a link), relative to it, that comes after this one.

    `mounts`: enter other file systems, too. Raises OSError where the root cannot be read.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        where = os.fstat(folder)
        yield from _within(folder, _names(folder), b"", after.split(b"/") if after else [], ((where.st_dev, where.st_ino),), mounts)
    finally:
        os.close(folder)


def _within(
    folder: int, names: Iterator[bytes], before: bytes, after: list[bytes], above: tuple[tuple[int, int], ...], mounts: bool
) -> Iterator[bytes]:
    for said in names:
        name, is_folder = said.rstrip(b"/"), said.endswith(b"/")
        rest: list[bytes] = []
        if after:
            if name < after[0] or (name == after[0] and len(after) == 1):
                continue
            if name == after[0]:
                rest = after[1:]
        path = before + name
        if not is_folder:
            if not rest:
                yield path
            continue
        entered = _entered(folder, name, above, mounts)
        if entered is None:
            if not rest:
                yield path
            continue
        inner, inner_names, where = entered
        try:
            yield from _within(inner, inner_names, path + b"/", rest, (*above, where), mounts)
        finally:
            os.close(inner)


def _entered(
    folder: int, name: bytes, above: tuple[tuple[int, int], ...], mounts: bool
) -> tuple[int, Iterator[bytes], tuple[int, int]] | None:
    """Its descriptor, the names in it, and which folder it is; None where it is not to be entered."""
    try:
        inner = os.open(name, FOLDER, dir_fd=folder)
    except OSError:
        return None
    try:
        found = os.fstat(inner)
        where = (found.st_dev, found.st_ino)
        if where not in above and len(above) < MOST_DEEP and (mounts or found.st_dev == above[0][0]):
            return inner, _names(inner), where
    except OSError:
        pass
    os.close(inner)
    return None


def _names(folder: int) -> Iterator[bytes]:
    """Names in a folder, sorted; those of folders end with a slash. All of it is read when this returns. Raises OSError."""
    with os.scandir(folder) as entries:
        said = (os.fsencode(entry.name) + (b"/" if _is_folder(entry) else b"") for entry in entries)
        parts: list[IO[bytes]] = []
        while True:
            part = sorted(islice(said, MOST_IN_MEMORY), key=_by_name)
            if len(part) < MOST_IN_MEMORY and not parts:
                return iter(part)
            if not part:
                return heapq.merge(*map(_put_aside, parts), key=_by_name)
            aside: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (has no name, and goes with the last who reads it)
            aside.writelines(name.replace(b"\n", b"\0") + b"\n" for name in part)  # a name holds no NUL
            aside.seek(0)
            parts.append(aside)


def _put_aside(aside: IO[bytes]) -> Iterator[bytes]:
    with aside:
        for line in aside:
            yield line[:-1].replace(b"\0", b"\n")


def _by_name(said: bytes) -> bytes:
    return said.rstrip(b"/")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
