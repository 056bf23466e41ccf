"""Lists that are longer than a page: the most pressing first, all of it counted, the rest one link further."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import desk, team
from tests.conftest import WEDNESDAY
from tests.journey.safeguarding.conftest import Refer

pytestmark = pytest.mark.django_db


def late(days: int = 7) -> Any:
    return moment.standing_at(WEDNESDAY + timedelta(days=days))


def test_a_team_of_more_clocks_than_a_page_holds_goes_on_on_the_next(
    child_case: ChildCase, team_manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [row.line.pk for row in team.team(by=team_manager)["rows"]]
    monkeypatch.setattr(team, "CLOCKS_SHOWN", 1)
    pages = [team.team(by=team_manager, page=str(number + 1)) for number in range(len(every))]
    assert len(every) > 1
    assert [row.line.pk for page in pages for row in page["rows"]] == every
    assert {page["every"] for page in pages} == {len(every)}


def test_the_way_to_the_next_page_keeps_the_filters(
    child_case: ChildCase, team_manager: Membership, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "CLOCKS_SHOWN", 1)
    browser: Client = signed_in(team_manager)
    whose = str(child_case.record.owner_id)
    shown = browser.get(reverse("safeguarding:team"), {"whose": whose}).content.decode()
    assert f"?whose={whose}&amp;page=2" in shown
    assert "1 to 1 of" in shown


def test_my_clocks_counts_what_stands_on_the_next_page(
    child_case: ChildCase, social_worker: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = desk.my_clocks(by=social_worker)
    monkeypatch.setattr(desk, "CLOCKS_SHOWN", 1)
    first, second = (desk.my_clocks(by=social_worker, page=number) for number in ("1", "2"))
    assert sum(len(some) for _code, _title, some, _number in first["bands"]) == 1
    assert first["mine_count"] == second["mine_count"] == whole["mine_count"] > 1
    [(code, _title, _some, number)] = first["bands"]
    assert number == next(len(some) for band, _title, some, _number in whole["bands"] if band == code)


def test_a_case_is_as_late_in_the_list_as_on_its_own_page(child_case: ChildCase, social_worker: Membership) -> None:
    with late():
        [row] = desk.case_rows(by=social_worker)["rows"]
        its_own = [clock.step for clock in path.situation(child_case).late]
    assert path.ANSWER in its_own
    assert row["late"] == len([step for step in its_own if step != path.CHASES])


def test_of_more_cases_than_a_page_holds_the_first_page_has_what_is_late(
    child_case: ChildCase, refer: Refer, social_worker: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "CASES_SHOWN", 1)
    actions.decide(child_case=child_case, outcome="advice_or_early_help", reason="A family worker visits.", by=social_worker)
    other = actions.take_up(hand_over=refer(name="Kim Brook", age=4), by=social_worker)
    with late(2):
        pages = [desk.case_rows(by=social_worker, page=number) for number in ("1", "2")]
    assert [[row["case"] for row in page["rows"]] for page in pages] == [[other], [child_case]]
    more, fewer = (page["rows"][0]["late"] for page in pages)
    assert more > fewer


def test_closed_cases_are_listed_apart(child_case: ChildCase, social_worker: Membership, signed_in: Any) -> None:
    shown = signed_in(social_worker).get(reverse("safeguarding:cases"), {"show": "closed"}).content.decode()
    assert "No case is closed yet" in shown
    assert desk.case_rows(by=social_worker, closed=True)["rows"] == []
    assert [row["case"] for row in desk.case_rows(by=social_worker)["rows"]] == [child_case]
