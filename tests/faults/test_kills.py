"""kill -9 of everything, under load: what was acknowledged is there, once; the ledger has no gap; no letter ends unseen."""

import os
from collections.abc import Callable

import pytest

from tests.faults import storm
from tests.faults.copies import Original

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("FAULTS_KILLS", "60"))  # on both databases together; PostgreSQL can be killed itself, so it has more of them


def test_kills_at_any_moment_lose_nothing_double_nothing_and_hide_nothing(
    on_each: Original, record_property: Callable[[str, object], None]
) -> None:
    with on_each.copied() as (place, cluster):
        outcome = storm.blow(place, storm.seed(), round(KILLS * (2 / 3 if cluster else 1 / 3)), cluster=cluster)
    print(outcome)
    assert outcome.problems == []
    assert outcome.sent_again > 0, "no kill met a sender: the test proved nothing"
    assert outcome.met > outcome.kills.total() / 2, "most kills met nobody who waited for an answer: the test proved little"
    record_property(f"kills on {on_each.database} under load, seed {outcome.seed}", outcome.kills.total())
    record_property("reports acknowledged while processes were killed, none lost, none doubled", outcome.acknowledged)
    record_property("letters of uncertain ending, each on the administrator's page", outcome.uncertain)
