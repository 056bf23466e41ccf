"""`make bench`, or `python -m benchmarks [intake] [queue] [second_lock] [steps] [ledger] [sealing] [procedure] [recount] [census]
[census_cases] [conferences] [team] [finding] [hashing] [matching] [match] [scan] [screening] [faults] [crowd] [--write] [--quick]`.

Printed, never asserted. `faults` and `crowd` run only when named: the first may take days. Each question is a file of its own.
`--write` puts the tables into RESULTS.md; `--quick` tries everything at a small size, `--large`
what takes more memory than most have.
"""

import importlib
import importlib.util
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.tables import Table

RESULTS = Path(__file__).parent / "RESULTS.md"
QUESTIONS = (
    "intake",
    "queue",
    "second_lock",
    "steps",
    "ledger",
    "sealing",
    "procedure",
    "recount",
    "census",
    "census_cases",
    "conferences",
    "team",
    "finding",
    "hashing",
    "matching",
    "match",
    "scan",
)
QUICK: dict[str, dict[str, Any]] = {
    "intake": {"seconds": 1.0, "rounds": 1, "clients": (1, 8), "forms": 8},
    "queue": {"sizes": (200, 1_000), "looks": 8},
    "second_lock": {"sizes": (200,), "rounds": 2, "looks": 2},
    "steps": {"sizes": (0, 200), "times": 3},
    "ledger": {"entries": 2_000, "times": 5},
    "census": {"sizes": (500,)},
    "recount": {"sizes": (500,)},
    "census_cases": {"sizes": (200,)},
    "conferences": {"sizes": (20,), "rounds": 1, "effort": 2.0},
    "team": {"sizes": (60,), "looks": 4},
    "finding": {"sizes": (1_000,), "times": 3},
    "hashing": {"sizes": ((640, 480),), "rounds": 3, "seconds": 0.5},
    "matching": {"sizes": (3_000,), "rounds": 2, "pairs": 1e6},
    "match": {"hashes": 3_000, "seconds": 0.3, "requests": 500},
    "scan": {"files": 100, "known": 10_000, "names": 2_000},
    "faults": {"kills": 10, "a_round": 5},
    "crowd": {"seconds": 1.0, "rounds": 1, "number": 20},
    "procedure": {"dates": 5_000, "cases": 300, "slow": 300, "rounds": 2},
    "sealing": {"keys": 500, "rounds": 1, "forms": 6, "guessers": (0, 2)},
}

LARGE: dict[str, dict[str, Any]] = {"matching": {"sizes": (100_000_000,), "rounds": 20, "large": True}}


def main(said: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_how: sys.exit(143))  # what was started is ended, and its folder is gone
    wanted = [one for one in said if not one.startswith("--")] or [*QUESTIONS, "screening"]
    lines = machine.described()
    print("\n".join(lines), flush=True)
    for question in wanted:
        if question == "screening":  # prints for itself
            if importlib.util.find_spec("benchmarks.screening"):
                importlib.import_module("benchmarks.screening").main()
            continue
        module = importlib.import_module(f"benchmarks.{question}")
        began = time.perf_counter()
        print(f"\n{question}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        tables = list(module.measure(**(QUICK[question] if "--quick" in said else LARGE.get(question, {}) if "--large" in said else {})))
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
        if "--write" in said:
            keep(question, (module.__doc__ or "").split("?")[0] + "?", lines, tables)


def keep(question: str, title: str, lines: list[str], tables: list[Table]) -> None:
    """Put a question's tables into RESULTS.md, in the place of those that stood there."""
    text = RESULTS.read_text()
    begin, end = f"<!-- {question} -->", f"<!-- end of {question} -->"
    section = "\n\n".join([f"{begin}\n## {title}", "\n".join(f"- {line}" for line in lines), *(table.markdown() for table in tables), end])
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    RESULTS.write_text(found.sub(lambda _match: section, text) if found.search(text) else f"{text.rstrip()}\n\n{section}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
