"""Keys that come with the process instead of lying in files."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from havenline.cli import app
from havenline.cli.serve import KEYS_OF
from havenline.cli.supervisor import Child
from havenline.foundation.sealing import given, holders, keys

HELD = {"desk.pub": b"p" * 32, "desk.key": b"k" * 32, "mac.key": b"m" * 32}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    given._of_descriptor.cache_clear()
    given._of_text.cache_clear()


def test_keys_come_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(given.HERE, base64.b64encode(given.bundle(HELD)).decode())
    assert keys.read("mac.key") == HELD["mac.key"]
    assert keys.names() == sorted(HELD)
    assert not keys.is_there("form.key")
    with pytest.raises(keys.KeyMissing, match="not among those"):
        keys.read("form.key")


def test_keys_come_by_a_pipe_and_are_read_by_whatever_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.write(writes, given.bundle(HELD))
    os.close(writes)
    monkeypatch.setenv(given.FD, str(reads))
    given.keep()
    for _time in range(2):  # a pipe is empty after the first
        given._of_descriptor.cache_clear()
        assert given.keys() == HELD


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"desk.key": 1}', b'{"desk.key": "no base64"}'])
def test_what_is_no_bundle_is_refused(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(given.FD, str(given.in_memory(raw)))
    with pytest.raises(given.BadBundle):
        given.keys()


def test_given_keys_are_changed_where_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(given.FD, str(given.in_memory(given.bundle(HELD))))
    for change in (lambda: keys.write("x", b""), lambda: keys.forget("desk.key"), lambda: holders.make_pair("agency-new")):
        with pytest.raises(keys.KeyMissing, match="no files here"):
            change()


@pytest.mark.parametrize("role", ["public", "api"])
def test_a_process_that_strangers_talk_to_is_given_no_key_of_the_desk(role: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A real process, started as `serve` starts it: what it holds is what it reads."""
    monkeypatch.setenv(given.FD, str(given.in_memory(given.bundle(HELD))))
    monkeypatch.setenv(given.HERE, base64.b64encode(given.bundle(HELD)).decode())
    look = "import json,os; from havenline.foundation.sealing import given; print(json.dumps([sorted(given.keys()), dict(os.environ)]))"
    child = Child(role, [sys.executable, "-c", f"import sys; sys.stdout = open({str(tmp_path / 'said')!r}, 'w'); {look}"])
    child.keys = given.only(KEYS_OF[role])
    child.start()
    assert child.process is not None
    assert child.process.wait(timeout=60) == 0
    held, environment = json.loads((tmp_path / "said").read_text())
    assert held == ["desk.pub", "mac.key"]
    assert given.HERE not in environment


def test_escrow_is_opened_by_its_recipient_and_holds_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    import pyrage

    home = tmp_path / "home"
    keys.make(home / "keys")
    (home / "havenline.toml").write_text('kind = "installation"\n')
    monkeypatch.setenv("HAVENLINE_HOME", str(home))
    settings.KEYS = home / "keys"
    identity = pyrage.x25519.Identity.generate()
    done = CliRunner().invoke(app, ["keys", "escrow", str(identity.to_public()), str(tmp_path / "keys.age")])
    assert done.exit_code == 0, done.output
    file = tmp_path / "keys.age"
    assert file.stat().st_mode & 0o777 == 0o600
    held = given._read(pyrage.decrypt(file.read_bytes(), [identity]), "escrow")
    assert held == {path.name: path.read_bytes() for path in (home / "keys").iterdir()}
    assert CliRunner().invoke(app, ["keys", "escrow", str(identity.to_public()), str(file)]).exit_code == 3
    assert CliRunner().invoke(app, ["keys", "escrow", "nobody", str(tmp_path / "other")]).exit_code == 3


def test_a_command_refuses_what_is_no_bundle(tmp_path: Path) -> None:
    environment = {**os.environ, given.FD: "0", "HAVENLINE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "havenline.cli", "doctor"], env=environment, input=b"no bundle", capture_output=True, check=False
    )
    assert done.returncode == 4
    assert b"no bundle of keys" in done.stderr
