"""A path below a root -> the file, opened so that no link leads out, and nothing is opened that is no plain file.

Each folder on the way is opened in the one before it. What was exchanged for a link since the archive was listed is not followed either.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, ClassVar

ON_THE_WAY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
UNTOUCHED = getattr(os, "O_NOATIME", 0)  # when it was last read stays as it was, where that is allowed: to its owner


class NotOpened(Exception):
    """`name` is short and stays the same, as HashingFailed's."""

    name: ClassVar[str] = "unreadable"  # no right to, or a disk's fault


class Gone(NotOpened):
    name = "gone"


class Link(NotOpened):
    """It is a symbolic link, or a folder on the way is one."""

    name = "link"


class Special(NotOpened):
    """A device, a socket, a pipe."""

    name = "special"


class AFolder(NotOpened):
    """A folder that was not entered, or a folder's name in a list of files."""

    name = "folder"


class Outside(NotOpened):
    """It does not lie below the root."""

    name = "outside"


def parts_of(path: bytes) -> list[bytes]:
    """Raises Outside."""
    if path.startswith(b"/"):
        raise Outside
    parts = [part for part in path.split(b"/") if part not in (b"", b".")]
    if not parts or b".." in parts or b"\0" in path:
        raise Outside
    return parts


@contextmanager
def opened(root: int, path: bytes) -> Iterator[BinaryIO]:
    """`root`: a descriptor. Raises NotOpened of each kind."""
    *folders, name = parts_of(path)
    at, mine = root, False
    try:
        for folder in folders:
            inner = _open(folder, ON_THE_WAY, at)
            if mine:
                os.close(at)
            at, mine = inner, True
        file = _open_plain(name, at)
    finally:
        if mine:
            os.close(at)
    with os.fdopen(file, "rb", buffering=0) as found:
        yield found


def _open_plain(name: bytes, at: int) -> int:
    _must_be_plain(_looked_at(name, at))  # before it is opened: opening may do something to a device
    try:
        file = _open(name, PLAIN | UNTOUCHED, at)
    except PermissionError:
        file = _open(name, PLAIN, at)
    try:
        _must_be_plain(os.fstat(file).st_mode)
    except BaseException:
        os.close(file)
        raise
    return file


def _must_be_plain(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise Link
    if stat.S_ISDIR(mode):
        raise AFolder
    if not stat.S_ISREG(mode):
        raise Special


def _looked_at(name: bytes, at: int) -> int:
    try:
        return os.stat(name, dir_fd=at, follow_symlinks=False).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise Gone from None
    except OSError:
        raise NotOpened from None


def _open(name: bytes, how: int, at: int) -> int:
    try:
        return os.open(name, how, dir_fd=at)
    except PermissionError:
        if how & UNTOUCHED:
            raise
        raise NotOpened from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and stat.S_ISLNK(_looked_at(name, at)):
            raise Link from None
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise Gone from None
        raise NotOpened from None
