"""Making a home: keys, configuration, and the lock of whoever serves it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LARGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes, with our names in it


class HomeInUse(Exception):
    """Another process works on this home; says which."""


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read (mode 600), whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def toml_of(said: Mapping[str, Any]) -> str:
    """`havenline.toml` of plain values, lists and tables; a table in a table stands in its line. JSON strings are TOML strings."""
    lines = [f"{key} = {_value(value)}" for key, value in said.items() if not isinstance(value, Mapping)]
    for table, inside in said.items():
        if isinstance(inside, Mapping):
            lines += ["", f"[{table}]", *(f"{key} = {_value(value)}" for key, value in inside.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_value(inside)}" for key, inside in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def only_one(path: Path, *, doing: str) -> Iterator[None]:
    """Hold a lock on a file while the block runs; the kernel lets it go if we die. Raises HomeInUse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            who = os.pread(descriptor, 20, 0).decode().strip() or "unknown"
            raise HomeInUse(
                f"Process {who} is {doing} this home already ({path.parent}). End it first (Ctrl-C there, or kill {who})."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        os.set_inheritable(descriptor, False)
        yield
    finally:
        os.close(descriptor)


def make_run_directory(home: Path) -> Path:
    """`$HAVENLINE_HOME/run`, mode 700, without what a killed process left there. Holds the sockets."""
    run = home / "run"
    if len(os.fsencode(run)) > LARGEST_SOCKET_PATH - 12:
        raise HomeInUse(f"The path {run} is too long for a socket. Choose a shorter one: HAVENLINE_HOME=/srv/havenline.")
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    run.chmod(0o700)
    for left in run.glob("*.sock"):
        left.unlink()
    return run


def remove(home: Path, *, keep_folder: bool = False) -> None:
    """Delete a home, first the file that says what it is: what is half deleted is never taken for whole.

    `keep_folder`: only what is in it, since whoever runs this may not make the folder again.
    """
    (home / "havenline.toml").unlink(missing_ok=True)
    for path in home.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not keep_folder:
        home.rmdir()
