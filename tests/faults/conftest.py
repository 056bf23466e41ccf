"""One installation on SQLite, set up once and copied for each test."""

import shutil
from pathlib import Path

import pytest

from tests.faults.place import Place


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("made"))


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """An installation of this test's own: a copy of one that was set up."""
    shutil.copytree(made.home, tmp_path / "home")
    return Place.of_home(tmp_path / "home", made.port)
