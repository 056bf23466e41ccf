"""How many kills does it survive? Installations on both databases, killed under load, again and again, in as many sittings as it takes.

Each round is a copy of an installation that was just set up, FAULTS_A_ROUND kills and a judgement (tests/faults/storm.py). What it found
is a line in FAULTS_KEPT, so that 10,000 kills can be had in several sittings; FAULTS_MINUTES ends one. A line may stand for
all the `rounds` of a sitting whose file is gone, as RESULTS.md has them. A round that finds a problem names its seed.
"""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.faults import storm
from tests.faults.copies import Original, original

from benchmarks.places import databases
from benchmarks.tables import Table

KILLS = 10_000
KEPT = Path(os.environ.get("FAULTS_KEPT", Path(tempfile.gettempdir()) / "havenline-faults.jsonl"))


def measure(*, kills: int = KILLS, a_round: int = int(os.environ.get("FAULTS_A_ROUND", "250"))) -> Iterator[Table]:
    until = time.monotonic() + 60 * float(os.environ.get("FAULTS_MINUTES", "1000"))
    with ExitStack() as stack:
        originals = [stack.enter_context(original(on_postgresql=name == "PostgreSQL")) for name in databases()]
        while (done := sum(row["kills"] for row in kept())) < kills and time.monotonic() < until:
            row = one_round(originals[len(kept()) % len(originals)], min(a_round, kills - done))
            with KEPT.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{done + row['kills']:,} of {kills:,}: {row}", flush=True)
    yield table()


def kept() -> list[dict[str, Any]]:
    """What all sittings found."""
    return [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []


def one_round(made: Original, kills: int) -> dict[str, Any]:
    began = time.monotonic()
    with made.copied() as (place, cluster):
        outcome = storm.blow(place, storm.seed(), kills, cluster=cluster)
    return {
        "database": made.database,
        "seed": outcome.seed,
        "kills": outcome.kills.total(),
        "of": dict(outcome.kills),
        "met": outcome.met,
        "reports": outcome.acknowledged,
        "again": outcome.sent_again,
        "letters": outcome.letters,
        "uncertain": outcome.uncertain,
        "entries": outcome.entries,
        "problems": outcome.problems,
        "seconds": round(time.monotonic() - began),
    }


def table() -> Table:
    of = sum((Counter(row["of"]) for row in kept()), Counter[str]())
    found = Table(
        "Kills under load",
        (
            "",
            "rounds",
            "kills",
            "while somebody waited",
            "reports acknowledged",
            "sent again",
            "letters",
            "uncertain, all shown",
            "entries",
            "lost, doubled, gaps",
            "minutes",
        ),
        note=f"kill -9 of: {', '.join(f'{what} ({number})' for what, number in of.most_common())}.",
    )
    for name in sorted({row["database"] for row in kept()}):
        rows = [row for row in kept() if row["database"] == name]
        sums = [sum(row[what] for row in rows) for what in ("kills", "met", "reports", "again", "letters", "uncertain", "entries")]
        problems = [f"seed {row['seed']}: {row['problems']}" for row in rows if row["problems"]]
        rounds = sum(row.get("rounds", 1) for row in rows)
        found.add(name, rounds, *(f"{one:,}" for one in sums), "; ".join(problems) or 0, sum(row["seconds"] for row in rows) // 60)
    return found
