"""`havenline backup`: what is in which of its two files."""

import sqlite3
from pathlib import Path

import pyrage
import pytest
from typer.testing import CliRunner

from havenline.cli import app, sealed_file
from havenline.foundation.sealing import keys

IDENTITY = pyrage.x25519.Identity.generate()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    keys.make(home / "keys")
    (home / "havenline.toml").write_text('kind = "installation"\n')
    with sqlite3.connect(home / "havenline.sqlite3") as database:
        database.execute("CREATE TABLE ledger_link (sequence INTEGER, hash TEXT)")
    (home / "journal").mkdir()
    (home / "journal" / "retention.jsonl").write_text("a line\n")
    monkeypatch.setenv("HAVENLINE_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return home


def parts_of(file: Path, into: Path) -> dict[str, bytes]:
    into.mkdir()
    sealed_file.unpack(file, into, [IDENTITY])
    return {path.name: path.read_bytes() for path in into.iterdir() if path.name != sealed_file.MANIFEST}


def test_the_keys_are_apart_and_whole(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    done = CliRunner().invoke(app, ["backup", str(target), "--to", str(IDENTITY.to_public())])
    assert done.exit_code == 0, done.output
    held = parts_of(target, tmp_path / "held")
    assert sorted(held) == ["havenline.sqlite3", "havenline.toml", "retention.jsonl"]
    made = {path.name: path.read_bytes() for path in (home / "keys").iterdir()}
    assert parts_of(tmp_path / "backup.keys", tmp_path / "keys") == made
    everything = b"".join(held.values()) + (tmp_path / "held" / sealed_file.MANIFEST).read_bytes()
    assert [name for name, content in made.items() if name.endswith((".key", ".secret")) and content in everything] == []
    assert {path.stat().st_mode & 0o777 for path in (target, tmp_path / "backup.keys")} == {0o600}
    assert not list(home.glob(".backup-*"))


def test_without_somebody_who_may_open_it_none_is_written(home: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["backup", str(tmp_path / "backup")]).exit_code == 3
    assert not list(tmp_path.glob("backup*"))
