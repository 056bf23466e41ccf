"""Plans of conferences: nothing is ever booked twice, nothing lies outside its window unless it is named, and the reasons are true."""

from dataclasses import replace
from datetime import time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.diary import strategies
from tests.engines.diary.strategies import AFTERNOON, DAYS, MONDAY, MORNING, places_of, wrong

from havenline.engines import diary
from havenline.engines.diary import Chair, Conference, Diary, Meeting, Room

ROOM, CHAIR = Room("Oak", 12), Chair("Pat", frozenset(DAYS), 2)
HOUSE = Diary(DAYS, (MORNING, AFTERNOON), (ROOM,), (CHAIR,))


def wanted(name: str, first: int = 0, last: int = 0, **more: object) -> Conference:
    return Conference(name, MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), **more)  # type: ignore[arg-type]


@settings(max_examples=120, deadline=None)
@given(of=strategies.diaries, asked=strategies.conferences)
def test_no_plan_breaks_any_of_what_is_stated_whoever_made_it(of: Diary, asked: tuple[Conference, ...]) -> None:
    assert wrong(of, asked, diary.in_order(of, asked)) == []
    assert wrong(of, asked, diary.propose(of, asked, effort=2.0)) == []


@settings(max_examples=40, deadline=None)
@given(of=strategies.diaries, asked=strategies.conferences, chance=st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_answer_in_whatever_order_it_is_asked(
    of: Diary, asked: tuple[Conference, ...], chance: object
) -> None:
    shuffled = list(asked)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert diary.propose(of, asked, effort=2.0) == diary.propose(of, shuffled, effort=2.0)


@settings(max_examples=60, deadline=None)
@given(of=strategies.diaries, asked=strategies.conferences)
def test_a_plan_keeps_at_least_as_many_dates_as_whoever_goes_by_due_date_alone(of: Diary, asked: tuple[Conference, ...]) -> None:
    plan, simple = diary.propose(of, asked, effort=2.0), diary.in_order(of, asked)
    assert len(places_of(plan)) >= len(places_of(simple))
    if len(places_of(plan)) == len(places_of(simple)):
        assert len(plan.kept) >= len(simple.kept)


@settings(max_examples=40, deadline=None)
@given(of=strategies.diaries, asked=strategies.conferences.map(lambda some: some[:3]))
def test_of_few_conferences_no_plan_at_all_keeps_more(of: Diary, asked: tuple[Conference, ...]) -> None:
    few = replace(of, days=DAYS[:4])
    plan = diary.propose(few, asked, effort=5.0)
    assert len(plan.kept) == most_kept(few, asked)


def most_kept(of: Diary, asked: tuple[Conference, ...]) -> int:
    """Every choice of places, one after the other."""
    choices = [[None, *of.free_places(one)] for one in asked]
    best = 0
    for chosen in product(*choices):
        plan = diary.Plan(
            tuple(diary.Placed(one.name, place) for one, place in zip(asked, chosen, strict=True) if place),
            tuple(diary.NotKept(one.name, "diary full") for one, place in zip(asked, chosen, strict=True) if not place),
            proven=False,
        )
        if len(plan.kept) > best and not wrong(of, asked, plan):
            best = len(plan.kept)
    return best


@settings(max_examples=60, deadline=None)
@given(of=strategies.diaries, asked=strategies.conferences)
def test_what_is_said_of_what_cannot_be_kept_is_true(of: Diary, asked: tuple[Conference, ...]) -> None:
    by_name = {one.name: one for one in asked}
    for missed in diary.propose(of, asked, effort=2.0).not_kept:
        one = by_name[missed.conference]
        free = list(of.free_places(one))
        if missed.why == "others need it":
            assert (missed.free, missed.free > 0) == (len({(place.day, place.sitting) for place in free}), True)
        else:
            assert free == []
        assert (missed.why == "window past") == (one.last < max(one.first, DAYS[0]))


def test_a_list_that_is_too_long_is_cut_at_the_same_place_each_time_and_what_was_placed_stays_the_best() -> None:
    asked = [wanted(f"{number:02}", last=number % 5) for number in range(40)]
    cut, whole = diary.in_order(HOUSE, asked, effort=0.0001), diary.in_order(HOUSE, asked)
    assert cut == diary.in_order(HOUSE, reversed(asked), effort=0.0001)
    assert 0 < len(cut.not_looked_at) < 40
    assert whole.not_looked_at == ()
    named = [*(one.conference for one in (*cut.kept, *cut.not_kept)), *cut.not_looked_at]
    assert sorted(named) == sorted(one.name for one in asked)
    assert set() < set(cut.kept) < set(whole.kept)


def test_whoever_is_late_has_the_first_day_that_is_left_however_many_come_after_it() -> None:
    asked = [wanted(f"{number:02}", first=-9, last=-2) for number in range(6)]
    places = [missed.place for missed in diary.in_order(HOUSE, asked).not_kept]
    assert [place.day for place in places if place] == [day for day in DAYS[:3] for _twice in range(2)]


def test_the_plan_leaves_a_place_to_whom_it_alone_can_help() -> None:
    big, small = Room("Elm", 20), ROOM
    of = replace(HOUSE, rooms=(small, big), sittings=(MORNING,), chairs=(CHAIR, replace(CHAIR, name="Lee")))
    plan = diary.propose(of, [wanted("few", places=4), wanted("many", places=18)])
    assert {one.conference: one.place.room for one in plan.kept} == {"few": "Oak", "many": "Elm"}


def test_it_finds_what_going_by_due_date_misses() -> None:
    # The first would take the morning, which is all that Sam has left.
    of = replace(HOUSE, days=DAYS[:1], meetings=(Meeting("elsewhere", MONDAY, time(14), time(15), people=frozenset({"Sam"})),))
    asked = [wanted("first"), wanted("with Sam", people=frozenset({"Sam"}))]
    plan = diary.propose(of, asked)
    assert (len(diary.in_order(of, asked).kept), len(plan.kept), plan.proven) == (1, 2, True)


def test_the_chair_of_the_conference_before_leads_the_review_where_that_costs_no_date() -> None:
    of = replace(HOUSE, chairs=(replace(CHAIR, name="Ash"), CHAIR))
    (one,) = diary.propose(of, [wanted("review", last=4, chair="Pat")]).kept
    assert one.place.chair == "Pat"


def test_a_chair_is_never_given_more_than_their_most_a_day_counting_what_stands_already() -> None:
    stands = Meeting("stands", MONDAY, time(9), time(10, 30), "Elsewhere", "Pat")
    plan = diary.propose(replace(HOUSE, meetings=(stands,), chairs=(replace(CHAIR, most_a_day=1),)), [wanted("one")])
    assert [(one.why, one.place and one.place.day) for one in plan.not_kept] == [("diary full", DAYS[1])]


@pytest.mark.parametrize(
    ("change", "asked", "why"),
    [
        ({}, wanted("late", -10, -3), "window past"),
        ({}, wanted("weekend", 5, 6), "no day"),
        ({"rooms": (Room("Small", 3),)}, wanted("many", places=9), "no room"),
        ({}, wanted("step-free", accessible=True), "no room"),
        ({"chairs": (Chair("Pat", frozenset(DAYS[5:]), 2),)}, wanted("early"), "no chair"),
        ({"chairs": ()}, wanted("nobody"), "no chair"),
        ({"away": {"Sam": frozenset(DAYS[:5])}}, wanted("away", 0, 4, people=frozenset({"Sam"})), "people away"),
        ({"meetings": (Meeting("all day", MONDAY, time(9), time(17), "Oak"),)}, wanted("full"), "diary full"),
    ],
)
def test_what_cannot_be_kept_says_why(change: dict[str, object], asked: Conference, why: str) -> None:
    (missed,) = diary.propose(replace(HOUSE, **change), [asked]).not_kept  # type: ignore[arg-type]
    assert missed.why == why


def test_what_others_need_says_how_few_places_there_are_for_how_many() -> None:
    asked = [wanted(f"case {n}") for n in range(5)]
    missed = diary.propose(HOUSE, asked).not_kept
    assert {(one.why, one.free, one.rivals) for one in missed} == {("others need it", 2, 5)}
    assert [one.place is not None and one.place.day == DAYS[1] for one in missed].count(True) == 2


def test_two_chairs_do_not_make_two_rooms() -> None:
    of = replace(HOUSE, days=DAYS[:1], sittings=(MORNING,), chairs=(CHAIR, replace(CHAIR, name="Lee")))
    plan = diary.propose(of, [wanted("one"), wanted("two")])
    assert (len(plan.kept), plan.proven) == (1, True)


def test_how_far_it_is_is_told_and_never_goes_back() -> None:
    told: list[int] = []
    diary.propose(HOUSE, [wanted("one", last=4)], report=told.append)
    assert told == sorted(told)
    assert told[-1] <= 100


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="name of its own"):
        diary.propose(HOUSE, [wanted("one"), wanted("one")])


def test_nothing_asked_is_a_plan_of_nothing() -> None:
    assert diary.propose(HOUSE, []) == diary.Plan((), (), proven=True)
