"""kill -9 of everything, under load: what was acknowledged is there, once; the ledger has no gap; no letter ends unseen."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import cluster, storm
from tests.faults.cluster import Cluster, own_cluster

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("FAULTS_KILLS", "60"))  # on both databases together; PostgreSQL can be killed itself, so it has more of them
SHARE = {"sqlite": 1 / 3, "postgresql": 2 / 3}


@contextmanager
def database(name: str) -> Iterator[Cluster | None]:
    if name == "sqlite":
        yield None
        return
    if not cluster.IS_HERE:
        pytest.skip(cluster.WHY_NOT)
    with own_cluster() as found:
        yield found


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_kills_at_any_moment_lose_nothing_double_nothing_and_hide_nothing(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    with database(name) as own:
        place = storm.made(tmp_path, own) if own else request.getfixturevalue("place")
        outcome = storm.blow(place, storm.seed(), round(KILLS * SHARE[name]), cluster=own)
    print(outcome)
    assert outcome.problems == []
    assert outcome.sent_again > 0, "no kill met a sender: the test proved nothing"
    assert outcome.met > outcome.kills.total() / 2, "most kills met nobody who waited for an answer: the test proved little"
    record_property(f"kills on {name} under load, seed {outcome.seed}", outcome.kills.total())
    record_property("reports acknowledged while processes were killed, none lost, none doubled", outcome.acknowledged)
    record_property("letters of uncertain ending, each on the administrator's page", outcome.uncertain)
