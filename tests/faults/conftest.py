"""One installation on each database, set up once and copied for each test."""

from collections.abc import Iterator

import pytest

from tests.faults import cluster
from tests.faults.copies import Original, original
from tests.faults.place import Place


@pytest.fixture(scope="session")
def made() -> Iterator[Original]:
    with original(on_postgresql=False) as found:
        yield found


@pytest.fixture(scope="session")
def made_on_postgresql() -> Iterator[Original]:
    if not cluster.IS_HERE:
        pytest.skip(cluster.WHY_NOT)
    with original(on_postgresql=True) as found:
        yield found


@pytest.fixture
def place(made: Original) -> Iterator[Place]:
    """An installation of this test's own, on SQLite."""
    with made.copied() as (found, _none):
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def on_each(request: pytest.FixtureRequest) -> Original:
    """What is set up on each database, to be copied."""
    found: Original = request.getfixturevalue("made" if request.param == "sqlite" else "made_on_postgresql")
    return found
