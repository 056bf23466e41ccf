"""How many dates does a plan of conferences keep, and how soon is it made? Beside it: whoever is due first has the best place left."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from datetime import time as hour

from benchmarks.tables import Table
from havenline.engines import diary
from havenline.engines.diary import Chair, Conference, Diary, Meeting, Plan, Room, Sitting

FIRST = date(2026, 11, 30)
SITTINGS = (Sitting(hour(9), hour(11)), Sitting(hour(11, 15), hour(13, 15)), Sitting(hour(14), hour(16)))


def world(number: int, *, plenty: bool) -> tuple[Diary, list[Conference]]:
    """An area's next weeks, the same at every run: initial conferences within 15 working days, reviews within 20; a third of the
    sittings of the first week stand booked. `plenty`: about a third more chairs' sittings than conferences; else a sixth too few.
    """
    chance = random.Random(number)
    days = tuple(day for day in (FIRST + timedelta(days=n) for n in range(56)) if day.weekday() < 5)
    near = days[:20]
    most = 2
    per_day = number / len(near) * (1.35 if plenty else 0.85)  # conferences a day that chairs can lead
    chairs = tuple(
        Chair(f"Chair {n}", frozenset(day for day in days if chance.random() < 0.75), most)
        for n in range(max(1, round(per_day / most / 0.75)))
    )
    rooms = tuple(Room(f"Room {n}", (8, 12, 20)[n % 3], accessible=n % 2 == 0) for n in range(max(2, round(number / 40))))
    meetings = tuple(
        Meeting(f"stands {day} {n}", day, hour(9), hour(11), rooms[n].name, chance.choice(chairs).name if n == 0 else "")
        for day in days[:5]
        for n in range(len(rooms) // 2)
    )
    people = [f"Worker {n}" for n in range(max(3, number // 6))]
    asked = []
    for n in range(number):
        is_review = n % 3 == 2
        last = near[min(len(near) - 1, chance.randrange(2, 20))]
        first = max(FIRST, last - timedelta(days=28 if is_review else 21))
        asked.append(
            Conference(
                f"Case {n:03}",
                first,
                last,
                frozenset({chance.choice(people)}),
                chance.choice((6, 6, 8, 10, 14)),
                chance.random() < 0.1,
                chance.choice(chairs).name if is_review else "",
            )
        )
    return Diary(days, SITTINGS, rooms, chairs, meetings), asked


def measure(sizes: tuple[int, ...] = (50, 200), rounds: int = 3, effort: float = 6.0) -> Iterator[Table]:
    table = Table(
        "Plans of conferences",
        ("", "conferences", "in time", "later", "no place", "same chair", "proven", "median s"),
        f"One core, CP-SAT with one worker and an effort of {effort:.0f}; the median of {rounds} runs, each with the same answer.",
    )
    print(table.heading(), flush=True)
    ways: list[tuple[str, Callable[[Diary, list[Conference]], Plan]]] = [
        ("by due date alone", lambda of, asked: diary.in_order(of, asked)),
        ("proposed", lambda of, asked: diary.propose(of, asked, effort=effort)),
    ]
    for number in sizes:
        for plenty in (True, False):
            of, asked = world(number, plenty=plenty)
            wished = {one.name: one.chair for one in asked if one.chair}
            for way, plan_by in ways:
                took, plans = [], []
                for _round in range(rounds):
                    began = time.perf_counter()
                    plans.append(plan_by(of, asked))
                    took.append(time.perf_counter() - began)
                if any(plan != plans[0] for plan in plans):
                    raise AssertionError("the same question had two answers")
                plan = plans[0]
                later = sum(one.place is not None for one in plan.not_kept)
                same = sum(wished.get(one.conference) == one.place.chair for one in plan.kept)
                table.add(
                    f"{way}, {'room enough' if plenty else 'too few chairs'}",
                    number,
                    len(plan.kept),
                    later,
                    len(plan.not_kept) - later,
                    f"{same} of {len(wished)}",
                    "yes" if plan.proven else "no",
                    f"{statistics.median(took):.2f}",
                )
    yield table
