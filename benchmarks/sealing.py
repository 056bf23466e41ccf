"""What does sealing cost, and does a flood of guesses slow a report down? Keys wrapped, opened and exchanged; a report opened for its
parties; and the form's last press while others try receipts without a pause."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.intake import last_press
from benchmarks.load import Browser, Run, middle, together
from benchmarks.places import CROWD, SOMEBODY, Installation, databases, installation
from benchmarks.tables import Table

KEYS, ROUNDS, FORMS, GUESSERS = 10_000, 3, 24, (0, 4, 16)
PAUSE = 2.2  # seconds between the presses of one person: two of them stay below what intake takes for a flood of reports
NO_RECEIPT = "{:016d}"


def measure(*, keys: int = KEYS, rounds: int = ROUNDS, forms: int = FORMS, guessers: tuple[int, ...] = GUESSERS) -> Iterator[Table]:
    costs = Table("Keys and reports", ("", "milliseconds"), note="A thousand keys in the database, each wrapped to one more holder.")
    floods: list[Table] = []
    for name in databases():
        with installation(name) as one:
            for what, took in one.inside("sealing", "cost", number=keys):
                costs.add(f"{name}: {what}", f"{took:.1f}")
            one.believe_a_proxy()
            with one.served():
                time.sleep(61)  # the reports just opened count as a flood for a minute
                floods.append(guessed(one, rounds=rounds, forms=forms, guessers=guessers))
    yield costs
    yield from floods


def cost(*, number: int) -> list[tuple[str, float]]:
    """Called inside an installation: milliseconds, the keys' for each thousand, a report's at the median."""
    from havenline.foundation.people.models import Agency
    from havenline.foundation.sealing import actions as sealing
    from havenline.foundation.sealing import holders
    from havenline.foundation.sealing.actions import exchanging
    from havenline.journey.intake import actions as intake
    from havenline.journey.intake.models import Report

    names = [f"B-{at}" for at in range(number)]
    hotline = Agency.objects.get(kind="hotline").holder

    def each(act: Callable[[str], Any]) -> float:
        return _took(lambda: [act(name) for name in names[:1000]]) / min(1000, number) * 1000

    found = [("1,000 keys made, wrapped to the desk", _took(lambda: sealing.new_keys(names)) / number * 1000)]
    found.append(("1,000 keys wrapped for one more party, each in a transaction", each(lambda name: sealing.wrap_for(name, [hotline]))))
    found.append(("1,000 keys opened", each(sealing.key_of)))

    def exchange() -> None:
        exchanging.begin(holders.DESK)
        for _number in exchanging.wrap_anew(holders.DESK):
            continue
        exchanging.retire(holders.DESK)

    found.append((f"1,000 keys exchanged (of {number:,})", _took(exchange) / number * 1000))
    took = []
    for at in range(20):
        told = {"kind": "contact", "happened": f"An adult stranger asked to meet a child. {at}", "danger": "no"}
        report = intake.receive(answers=told).report
        took.append(_took(lambda report=report: intake.open_report(report=report)))  # type: ignore[misc]
    found.append(("a report opened, for its parties", statistics.median(took)))
    report = Report.objects.latest("pk")
    found.append(("a report read", statistics.median(_took(report.answers) for _time in range(50))))
    return found


def _took(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def guessed(one: Installation, *, rounds: int, forms: int, guessers: tuple[int, ...]) -> Table:
    """The last press of two people who report, while others guess."""
    table = Table(
        f"Reports by form while receipts are guessed, on {one.name}",
        ("", "guesses a second", "median ms", "95th ms", "times"),
        note="Two people report at once. Guesses beyond 30 wrong ones a minute are refused before anything is computed. Goal: 3 times.",
    )
    alone = 0.0
    for number in guessers:
        run, guesses = _under(one, number, rounds, forms)
        alone = alone or run.late
        table.add(f"{number} guess", f"{guesses:.1f}", f"{run.median * 1000:.1f}", f"{run.late * 1000:.1f}", f"{run.late / alone:.1f}")
    return table


def _under(one: Installation, number: int, rounds: int, forms: int) -> tuple[Run, float]:
    ended, counts = threading.Event(), [0] * number

    def guess(which: int) -> None:
        browser = Browser(one.place.port, CROWD)
        while not ended.is_set():
            browser.ask("POST", "/report/", go="open", receipt=NO_RECEIPT.format(which * 10**6 + counts[which]))
            counts[which] += 1

    def press() -> Run:
        """Walked before the guessing begins, pressed under it."""
        return together(2, 120, ready, most=max(1, forms // 2), pause=PAUSE)

    runs, spent, guesses = [], 0.0, 0
    for _round in range(rounds):
        ready = last_press(one, 2, forms, SOMEBODY)
        ended.clear()
        threads = [threading.Thread(target=guess, args=(which,), daemon=True) for which in range(number)]
        for thread in threads:
            thread.start()
        time.sleep(1.0 if number else 0)
        began, before = time.perf_counter(), sum(counts)
        runs.append(press())
        guesses += sum(counts) - before
        spent += time.perf_counter() - began
        ended.set()
        for thread in threads:
            thread.join()
    return middle(runs), guesses / spent
