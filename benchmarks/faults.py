"""How many kills does it survive? Installations on both databases, killed under load, again and again, in as many sittings as it takes.

Each round is a fresh installation, FAULTS_A_ROUND kills and a judgement (tests/faults/storm.py). What it found is a line in FAULTS_KEPT,
so that 10,000 kills can be had in several sittings; FAULTS_MINUTES ends one. A round that finds a problem names its seed.
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
from tests.faults.cluster import own_cluster

from benchmarks.places import databases
from benchmarks.tables import Table

KILLS = 10_000
KEPT = Path(os.environ.get("FAULTS_KEPT", Path(tempfile.gettempdir()) / "havenline-faults.jsonl"))


def measure(*, kills: int = KILLS, a_round: int = int(os.environ.get("FAULTS_A_ROUND", "250"))) -> Iterator[Table]:
    until = time.monotonic() + 60 * float(os.environ.get("FAULTS_MINUTES", "1000"))
    names = list(databases())
    while (done := sum(row["kills"] for row in kept())) < kills and time.monotonic() < until:
        name = names[len(kept()) % len(names)]
        row = one_round(name, min(a_round, kills - done))
        with KEPT.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{done + row['kills']:,} of {kills:,}: {row}", flush=True)
    yield table()


def kept() -> list[dict[str, Any]]:
    """What all sittings found."""
    return [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []


def one_round(name: str, kills: int) -> dict[str, Any]:
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="havenline-faults-")))
        cluster = stack.enter_context(own_cluster()) if name == "PostgreSQL" else None
        outcome = storm.blow(storm.made(folder, cluster), storm.seed(), kills, cluster=cluster)
    return {
        "database": name,
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
        found.add(name, len(rows), *(f"{one:,}" for one in sums), "; ".join(problems) or 0, sum(row["seconds"] for row in rows) // 60)
    return found
