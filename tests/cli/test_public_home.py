"""The home of a public host: what it holds, what it refuses, and what `doctor` looks at there."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from havenline.cli import app, key_checks
from havenline.cli import home as homes
from havenline.foundation.sealing import keys
from havenline.site import installation

DESK, PUBLIC = "postgres://havenline_app:of-the-desk@db.example/h", "postgres://havenline_public:of-the-public@db.example/h?sslmode=require"


def havenline(*said: str) -> Result:
    return CliRunner().invoke(app, list(said))


@pytest.fixture
def at_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "desk"
    keys.make(home / "keys")
    said: dict[str, Any] = {"kind": "installation", "base_url": "https://desk.example.org", "database_url": DESK}
    said |= {"public_database_url": PUBLIC, "mail": {"password": "of-the-mail"}, "deployment": {"name": "Northmere Hotline"}}
    homes.write_private(home / "havenline.toml", homes.toml_of(said))
    monkeypatch.setenv("HAVENLINE_HOME", str(home))
    return home


@pytest.fixture
def public(at_the_desk: Path, tmp_path: Path) -> Path:
    assert havenline("public-home", str(tmp_path / "public"), "--base-url", "https://report.example.org").exit_code == 0
    return tmp_path / "public"


def test_nothing_in_a_public_hosts_home_reads_a_report_or_signs_in_as_the_desk(public: Path, at_the_desk: Path) -> None:
    secrets = [b"of-the-desk", b"of-the-mail", *((at_the_desk / "keys" / name).read_bytes() for name in ("desk.key", "desk.secret"))]
    content = b"".join(path.read_bytes() for path in public.rglob("*") if path.is_file())
    assert [secret for secret in secrets if secret in content] == []


def test_a_public_hosts_home_is_private(public: Path) -> None:
    assert [str(path) for path in (public, *public.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_a_public_hosts_home_has_the_public_user_and_its_own_address(public: Path) -> None:
    found = installation.load(public)
    assert (found.role, found.database_url, found.base_url) == ("public", PUBLIC, "https://report.example.org")
    assert "report.example.org" in found.allowed_hosts
    assert found.deployment.name == "Northmere Hotline"


@pytest.mark.parametrize("said", [["serve"], ["serve", "--role", "desk"], ["serve", "--role", "worker"], ["worker"], ["public-home", "x"]])
def test_a_public_hosts_home_serves_nothing_else(public: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    monkeypatch.setenv("HAVENLINE_HOME", str(public))
    assert havenline(*said).exit_code == 3


def test_without_a_database_user_of_its_own_a_public_host_would_protect_nothing(at_the_desk: Path, tmp_path: Path) -> None:
    homes.write_private(at_the_desk / "havenline.toml", homes.toml_of({"kind": "installation", "database_url": DESK}))
    done = havenline("public-home", str(tmp_path / "public"))
    assert done.exit_code == 3
    assert not (tmp_path / "public").exists()


def test_a_folder_that_exists_is_never_written_over(at_the_desk: Path, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    assert havenline("public-home", str(tmp_path / "public")).exit_code == 3


def test_doctor_finds_the_desks_key_on_a_public_host(public: Path, at_the_desk: Path, settings: Any) -> None:
    settings.KEYS, settings.HOLDS_DESK_KEY = public / "keys", False
    assert key_checks.public_keys().ok
    (public / "keys" / "desk.key").write_bytes((at_the_desk / "keys" / "desk.key").read_bytes())
    finding = key_checks.public_keys()
    assert finding.ok is False
    assert "desk.key is on this host" in finding.said
