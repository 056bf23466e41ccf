"""A backup's file: read by whoever has the identity, whole or refused."""

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from havenline.cli import sealed_file

IDENTITY = pyrage.x25519.Identity.generate()
WORDS = b"An adult stranger asked to meet my child."


def sealed(folder: Path, parts: dict[str, bytes], manifest: dict[str, Any] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    paths = {}
    for name, content in parts.items():
        paths[name] = folder / f"of {name}"
        paths[name].write_bytes(content)
    target = folder / "backup"
    with sealed_file.under_its_name_when_whole(target) as file:
        sealed_file.write(file, paths, manifest or {}, IDENTITY.to_public())
    return target


def test_what_is_put_in_is_read_by_the_identity_alone(tmp_path: Path) -> None:
    target = sealed(tmp_path, {"database": WORDS * 1000})
    assert WORDS not in target.read_bytes()
    (tmp_path / "out").mkdir()
    sealed_file.unpack(target, tmp_path / "out", [IDENTITY])
    assert (tmp_path / "out" / "database").read_bytes() == WORDS * 1000
    with pytest.raises(sealed_file.NotOurs, match="another identity"):
        sealed_file.unpack(target, tmp_path / "out", [pyrage.x25519.Identity.generate()])


def test_one_that_others_put_together_of_other_parts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipient is no secret: whoever knows it can seal whatever they like."""
    monkeypatch.setattr(sealed_file, "digest_of", lambda _path: "0" * 64)
    target = sealed(tmp_path, {"database": WORDS})
    monkeypatch.undo()
    (tmp_path / "out").mkdir()
    with pytest.raises(sealed_file.NotOurs, match="not what was put in"):
        sealed_file.unpack(target, tmp_path / "out", [IDENTITY])


@pytest.mark.parametrize("name", ["../outside", "/tmp/havenline-outside", "a/../../outside"])  # noqa: S108
def test_what_others_put_into_one_leaves_its_folder_by_no_name(name: str, tmp_path: Path) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as out:
        info = tarfile.TarInfo(name)
        info.size = len(WORDS)
        out.addfile(info, io.BytesIO(WORDS))
    (tmp_path / "sealed").write_bytes(pyrage.encrypt(tar.getvalue(), [IDENTITY.to_public()]))
    into = tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    with pytest.raises(sealed_file.NotOurs):
        sealed_file.unpack(tmp_path / "sealed", into, [IDENTITY])
    assert [path for path in (tmp_path / "outside", tmp_path / "deep" / "outside", Path("/tmp/havenline-outside")) if path.exists()] == []  # noqa: S108


def test_it_has_its_name_once_it_is_on_the_disk_and_never_that_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            sealed(tmp_path, {"database": WORDS})
    assert not (tmp_path / "backup").exists()
    (tmp_path / "backup").write_bytes(b"another")
    with pytest.raises(FileExistsError):
        sealed(tmp_path, {"database": WORDS})
    assert (tmp_path / "backup").read_bytes() == b"another"
