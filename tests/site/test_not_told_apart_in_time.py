"""What somebody may not see takes as long as what does not exist: a thousand requests tell nothing."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAIRS = 500
AS_OFTEN = 0.1  # how far from one in two: of a difference that could be used, thousands of requests would be needed to see less


def first_is_slower(first: list[float], second: list[float]) -> float:
    """How often one of the first takes longer than one of the second, of all their pairs: a half where nothing tells them apart."""
    order = sorted([(took, 1) for took in first] + [(took, 0) for took in second])
    ranks = sum(rank for rank, (_took, is_first) in enumerate(order, start=1) if is_first)
    return (ranks - len(first) * (len(first) + 1) / 2) / (len(first) * len(second))


@pytest.mark.parametrize("page", ["/desk/cases/{}/", "/desk/sharing/{}/", "/desk/trace/{}/"])
def test_a_record_of_another_agency_and_none_at_all_are_not_told_apart_by_time(
    page: str, police: Agency, investigator: Membership, signed_in: Callable[[Membership], Client], on_wednesday: Any
) -> None:
    other = factories.agency("police", "Southmere Police")
    hidden = [factories.record(FileKind.CASE, other).reference for _n in range(20)]
    for _n in range(20):
        factories.record(FileKind.CASE, police)
    browser = signed_in(investigator)
    took: dict[bool, list[float]] = {True: [], False: []}
    asked = [True, False] * PAIRS
    random.shuffle(asked)
    for is_there in (*([True] * 20), *asked):  # the first are to warm up
        reference = random.choice(hidden) if is_there else f"C-{random.choice('2345678')}222-{random.randrange(2222, 9999)}"
        began = time.perf_counter()
        assert browser.get(page.format(reference)).status_code == 404
        took[is_there].append(time.perf_counter() - began)
    assert abs(first_is_slower(took[True][20:], took[False]) - 0.5) < AS_OFTEN


def test_the_measure_sees_a_difference_of_a_tenth() -> None:
    ordinary = [random.gauss(1.0, 0.1) for _n in range(PAIRS)]
    slower = [random.gauss(1.1, 0.1) for _n in range(PAIRS)]
    assert first_is_slower(slower, ordinary) - 0.5 > 2 * AS_OFTEN
    assert abs(first_is_slower(ordinary, [random.gauss(1.0, 0.1) for _n in range(PAIRS)]) - 0.5) < AS_OFTEN
