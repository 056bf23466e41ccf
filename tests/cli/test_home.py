"""Making a home: private files, a configuration that is read back, one process at a time."""

import tomllib
from pathlib import Path

import pytest

from havenline.cli import home as homes
from havenline.site import installation


def test_a_private_file_is_read_by_its_owner_only(tmp_path: Path) -> None:
    homes.write_private(tmp_path / "accounts.json", "secret")
    assert (tmp_path / "accounts.json").stat().st_mode & 0o777 == 0o600


def test_a_configuration_is_read_back_as_it_was_said(tmp_path: Path) -> None:
    said = {"kind": "installation", "allowed_hosts": ["a.example"], "deployment": {"name": 'The “Northmere” hotline, "so called" \\ Grüße'}}
    text = homes.toml_of(said)
    assert tomllib.loads(text) == said
    (tmp_path / "havenline.toml").write_text(text)
    assert installation.load(tmp_path).deployment.name == said["deployment"]["name"]  # type: ignore[index]


def test_a_second_process_is_told_who_is_there(tmp_path: Path) -> None:
    with (
        homes.only_one(tmp_path / "lock", doing="serving"),
        pytest.raises(homes.HomeInUse, match="serving"),
        homes.only_one(tmp_path / "lock", doing="serving"),
    ):
        pass


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "havenline.toml").write_text('kind = "demo"\ncolour = "blue"\n')
    with pytest.raises(installation.BadConfiguration, match="colour"):
        installation.load(tmp_path)
