"""How much does the ledger cost, and how long does a stranger take to verify it? Entries as they really are, in a file of a million
lines that is made here; each verifier in a process of its own, on one core."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.places import databases, installation
from benchmarks.tables import Table
from havenline.engines import proof

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 1_000_000
KEY = proof.SigningKey.make("report.example.org/ledger/1a2b3c4d")
CHECKPOINT_EVERY = 2_000  # one a day, in a ledger of a year and a half
VERIFIERS = {
    "havenline ledger verify FILE --key": [sys.executable, "-m", "havenline.cli", "ledger", "verify"],
    "docs/auditors/verify_ledger.py FILE KEY": [sys.executable, str(ROOT / "docs/auditors/verify_ledger.py")],
}


def measure(*, entries: int = ENTRIES, times: int = 60) -> Iterator[Table]:
    yield of_acts(times)
    yield of_a_file(entries)


def of_acts(times: int) -> Table:
    """What entries cost the act that writes them, in one process with no network."""
    table = Table(
        "The ledger's part of an act",
        ("", "act, median ms", "its entries, ms", "95th ms", "share"),
        note="Goal: under 2 ms at the median, under 15 % of an intake. Writing is in the act's transaction; chaining comes after it.",
    )
    for name in databases():
        with installation(name) as one:
            for what, whole, spent, late, share in one.inside("entries", "cost", times=times):
                table.add(
                    f"{name}: {what}", f"{whole:.1f}" if whole else "", f"{spent:.2f}", f"{late:.2f}", f"{share:.0%}" if share else ""
                )
    return table


def of_a_file(entries: int) -> Table:
    """A file of so many entries, each verifier in a process of its own."""
    table = Table(
        "A file verified on one core",
        ("", "entries", "MB", "seconds", "entries a second", "most memory MB"),
        note="Streaming: memory is that of Python and its libraries. A checkpoint each 2,000 entries, each signature checked.",
    )
    with tempfile.TemporaryDirectory(prefix="havenline-bench-") as folder:
        file = Path(folder) / "ledger.jsonl"
        write(file, entries)
        for what, command in VERIFIERS.items():
            told = ["--key", str(KEY.public)] if "havenline" in what else [str(KEY.public)]
            took, memory = _verified([*command, str(file), *told])
            table.add(what, f"{entries:,}", f"{file.stat().st_size / 1e6:.0f}", f"{took:.1f}", f"{entries / took:,.0f}", f"{memory:.0f}")
    return table


def write(file: Path, entries: int) -> None:
    """A ledger with entries as long as real ones."""
    head, tree = proof.GENESIS, proof.Frontier()
    with file.open("w", encoding="utf-8") as written:
        written.write(proof.line_of_keys([str(KEY.public)]) + "\n")
        for number in range(1, entries + 1):
            body = proof.canonical(
                {
                    "v": 1,
                    "at": f"2026-11-18T10:{number % 60:02}:00.{number % 1_000_000:06}+00:00",
                    "actor": f"person:{number % 97:08x}-5d1e-7c3a-9f00-2b7c1d9e4a55",
                    "agency": "northmere-hotline",
                    "role": "analyst",
                    "verb": "looked at",
                    "object": "report",
                    "record": f"HL-7K2M-{number % 10_000:04}",
                    "look": True,
                    "reason": "assigned",
                }
            )
            hashed = proof.entry_hash(body)
            head = proof.link_hash(head, number, hashed)
            tree.append(bytes.fromhex(hashed))
            written.write(proof.line_of_entry(number, body, hashed, head) + "\n")
            if number % CHECKPOINT_EVERY == 0 or number == entries:
                written.write(proof.line_of_checkpoint(proof.Checkpoint(KEY.name, number, tree.root()).signed(KEY)) + "\n")
        written.write(proof.line_of_head(entries, head) + "\n")


def _verified(command: list[str]) -> tuple[float, float]:
    """Seconds, and megabytes at the most, on one core."""

    def on_one_core() -> None:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=on_one_core)
    _pid, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    if status:
        raise AssertionError(f"{command} ended with {status}")
    return took, usage.ru_maxrss / 1024
