"""A backup's file: a tar of its parts, encrypted with age to whoever may open it; under its name only when it is whole and on the disk."""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

MANIFEST = "manifest.json"
PIECE = 1024 * 1024


class NotOurs(Exception):
    """The file is no backup of Havenline, was changed, or another identity opens it; says which."""


def recipient_of(text: str) -> Any:
    """Raises ValueError where it is no age recipient."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise ValueError(f"{text!r} is no age recipient: it begins with age1.") from error


def identities_in(file: Path) -> list[Any]:
    """The identities of a file as age writes it. Raises OSError, ValueError."""
    lines = [line.strip() for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError as error:
        raise ValueError(f"{file} holds no age identity: it begins with AGE-SECRET-KEY-1.") from error
    if not found:
        raise ValueError(f"{file} is empty.")
    return found


def digest_of(part: Path | bytes) -> str:
    with _opened(part) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(part: Path | bytes) -> io.BytesIO | io.BufferedReader:
    return io.BytesIO(part) if isinstance(part, bytes) else part.open("rb")


def _size_of(part: Path | bytes) -> int:
    return len(part) if isinstance(part, bytes) else part.stat().st_size


@contextmanager
def under_its_name_when_whole(target: Path) -> Iterator[BinaryIO]:
    """Write beside the target; it gets its name once all is on the disk, and never in the place of another file.

    Whatever ends this before leaves a hidden file that ends in .part, which the next attempt removes. Raises FileExistsError.
    """
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # refuses a target that came meanwhile
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write(out: BinaryIO, parts: Mapping[str, Path | bytes], manifest: Mapping[str, Any], recipient: Any) -> None:
    """The manifest first, with each part's size and SHA-256; then the parts. Nothing in clear but what the parts are themselves.

    A part is a file, or its content where that shall lie on no disk.
    """
    files = {name: {"size": _size_of(part), "sha256": digest_of(part)} for name, part in parts.items()}
    text = json.dumps({**manifest, "files": files}, indent=1).encode()
    reading, writing = os.pipe()
    problems: list[BaseException] = []

    def pack() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                info = tarfile.TarInfo(MANIFEST)
                info.size, info.mode = len(text), 0o600
                tar.addfile(info, io.BytesIO(text))
                for name, part in parts.items():
                    info = tarfile.TarInfo(name)
                    info.size, info.mode = _size_of(part), 0o600
                    with _opened(part) as file:
                        tar.addfile(info, file)
        except BaseException as error:
            problems.append(error)

    packer = threading.Thread(target=pack)
    packer.start()
    try:
        with os.fdopen(reading, "rb") as pipe:
            pyrage.encrypt_io(pipe, out, [recipient])
    finally:
        packer.join()
    if problems:
        raise problems[0]


def unpack(file: Path, into: Path, identities: list[Any]) -> dict[str, Any]:
    """Decrypt into an empty folder and check every part; the manifest. Raises NotOurs, OSError."""
    plain = into / ".tar"
    try:
        with file.open("rb") as sealed, plain.open("wb") as out:
            plain.chmod(0o600)
            _decrypt(file, sealed, out, identities)
        with tarfile.open(plain, mode="r:") as tar:
            tar.extractall(into, filter="data")
        manifest: dict[str, Any] = json.loads((into / MANIFEST).read_text())
        digests = {name: said["sha256"] for name, said in manifest["files"].items()}
    except (tarfile.TarError, ValueError, LookupError, TypeError, AttributeError, RecursionError, FileNotFoundError) as error:
        raise NotOurs(f"{file} is no backup of Havenline, or it was cut off: {error}") from error
    finally:
        plain.unlink(missing_ok=True)
    held = {path.name for path in into.iterdir() if path.is_file() and not path.is_symlink()}
    for name, digest in digests.items():
        if name not in held or digest_of(into / name) != digest:
            raise NotOurs(f"{name} in {file} is not what was put in.")
    return manifest


def _decrypt(file: Path, sealed: BinaryIO, out: BinaryIO, identities: list[Any]) -> None:
    try:
        pyrage.decrypt_io(sealed, out, identities)
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's
        raise NotOurs(f"{file} cannot be opened: another identity opens it, it is no backup, or it was changed. ({error})") from error
