"""The machine's clock is stepped under load, PostgreSQL's too: an hour back, a day ahead, and right again.

Nothing is lost by it, and once it is right nothing waits for a time that was wrong (decision 0047).
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults import clock, inside, storm
from tests.faults.clock import DAY, HOUR, Clock, own_clock
from tests.faults.copies import Original
from tests.faults.mail import MOODS
from tests.faults.place import PATIENCE
from tests.faults.storm import Storm

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not clock.COMPILER, reason=clock.WHY_NOT)]
STEPS = (-HOUR, DAY, 0)  # seconds that it is ahead, one after the other


@pytest.fixture
def stepped() -> Iterator[Clock]:
    with own_clock() as found:
        yield found


def test_a_clock_that_is_stepped_under_load_loses_nothing_and_leaves_nothing_waiting(
    on_each: Original, stepped: Clock, record_property: Callable[[str, object], None]
) -> None:
    with on_each.copied(**stepped.environment) as (place, cluster):
        blown = Storm(place, storm.seed(), cluster=cluster)
        with blown.blowing() as house:
            for ahead in STEPS:
                _some_are_answered(blown)
                stepped.step(ahead)
                blown.mail.moods = ("is busy",) if ahead == DAY else MOODS
                if ahead == DAY:
                    blown.kill(house, "worker 1")
                    _wait_while(lambda: not inside.ask(place, "to_be_tried_again") and "no task failed while the clock stood a day ahead")
            _some_are_answered(blown)
        outcome = blown.judge()  # it lets three hours go by: whatever still waits for tomorrow is not done then
    assert outcome.problems == []
    said = f"reports acknowledged on {on_each.database} while the machine's clock was stepped, none lost, none doubled"
    record_property(said, outcome.acknowledged)


def _some_are_answered(blown: Storm) -> None:
    """People at the form, platforms by API: two reports of each."""
    wanted = [(sender, len(sender.answers) + 2) for sender in blown.senders]
    _wait_while(lambda: [f"{sender} is not answered" for sender, number in wanted if len(sender.answers) < number])


def _wait_while(something_is_wrong: Callable[[], object]) -> None:
    deadline = time.monotonic() + 2 * PATIENCE
    while wrong := something_is_wrong():
        assert time.monotonic() < deadline, wrong
        time.sleep(0.3)
