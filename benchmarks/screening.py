"""`python -m benchmarks.screening`: how fast a pasted conversation is screened, beside the simplest things one could do to its text.

Printed, never asserted; where the machine is shared, the processor time says more than the clock. The conversation is made of the
tests' own lines: plain chat, in 20 lines one that nearly matches, in 200 lines one that should be found; two thirds have a name, one
third a time, half an emoji. The worst case is a text in which every line is read closely.
"""

import os
import platform
import random
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from havenline.engines.screening import screen

LINES = Path(__file__).parent.parent / "tests/engines/screening"
MEGABYTE = 1_000_000
NAMES = ("Sam", "Alex", "Priya", "Robin", "Jo", "Mia")
EMOJI = ("", "", "", " 😂", " 👍", " ❤️", "!!", " 😊😊")
FAMILY = ("Mum:", "Dad:", "Nan:", "Grandad:")  # whose lines are harmless only as theirs; names are made anew below
RUNS = 3
# What somebody would write first: the signs' words as one alternation of the standard library, over lower-cased lines.
ALTERNATION = re.compile(
    r"how old are (?:you|u)|(?:what|which) school|where do (?:you|u) live|don'?t tell|(?:our|a) (?:little )?secret|between us"
    r"|snapchat|whatsapp|telegram|mature for your age|so (?:pretty|beautiful)|buy you|send you|robux|gift card|only i understand|trust me"
    r"|send (?:me )?(?:a )?(?:pic|photo)|video call|turn on your cam|meet (?:up|me)|pick you up|or else|you owe me|tell everyone"
)


def lines(name: str) -> list[str]:
    return [line for line in (LINES / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def conversation(size: int) -> str:
    """Plain conversation of about so many bytes, the same at every run."""
    chance = random.Random(4)
    plain, _, near = (LINES / "harmless.txt").read_text(encoding="utf-8").partition("# From here on")
    kinds = {
        "plain": [line.split(": ", 1)[-1] for line in plain.splitlines()[1:]],
        "near": [line.split(": ", 1)[-1] for line in near.splitlines()[1:] if not line.startswith(FAMILY)],
        "sign": [line.split("\t", 1)[1].split(": ", 1)[-1] for line in lines("to_be_found.txt")],
    }
    made: list[str] = []
    for number in range(20_000):
        kind = "sign" if number % 200 == 0 else "near" if number % 20 == 10 else "plain"
        words = chance.choice(kinds[kind]) + chance.choice(EMOJI)
        begins = ("", f"{chance.choice(NAMES)}: ", f"[{number % 24:02}:{number % 60:02}] {chance.choice(NAMES)}: ")[number % 3]
        made.append(begins + words)
    text = "\n".join(made) + "\n"
    return text * max(1, size // len(text.encode()))


def every_line_a_candidate(size: int) -> str:
    text = "\n".join(line.split("\t")[1] for line in lines("to_be_found.txt")) + "\n"
    return text * (size // len(text.encode()))


HOSTILE: dict[str, Callable[[int], str]] = {
    "one line of words": lambda size: "maths homework is hard " * (size // 23),
    "one line of signs": lambda size: "how old are you " * (size // 16),
    "only spaces": lambda size: " " * size,
    "only line breaks": lambda size: "\n" * size,
    "only emoji": lambda size: "😂" * (size // 4),
    "only quotation marks": lambda size: '"' * size,
    "only right-to-left marks": lambda size: "\u200f" * (size // 3),
    "single letters": lambda size: "s e c r e t " * (size // 12),
    "Arabic": lambda size: "مرحبا كيف حالك اليوم " * (size // 38),
}


def measure(what: str, text: str, act: Callable[[str], object], *, runs: int = RUNS) -> None:
    size = len(text.encode()) / MEGABYTE
    took, worked = [], []
    for _run in range(runs):
        began, at_work = time.perf_counter(), time.process_time()
        act(text)
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - at_work)
    by_clock, by_work = size / statistics.median(took), size / statistics.median(worked)
    print(f"{what:<56} {size:5.1f} MB {by_clock:8.1f} MB/s by the clock {by_work:8.1f} MB/s of processor time   ({runs} runs)", flush=True)


def alternation(text: str) -> int:
    return sum(1 for line in text.split("\n") if ALTERNATION.search(line.lower()))


def main() -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; one process on one core\n")
    began = time.perf_counter()
    screen("warm")
    print(f"{'making the rules ready, once for each process':<58} {'':8} {(time.perf_counter() - began) * 1000:9.1f} ms\n")
    text = conversation(50 * MEGABYTE)
    print(f"{len(text.splitlines()):,} lines, {len(screen(text)):,} findings")
    measure("screen: plain conversation", text, screen)
    measure("  peer: one `re` alternation over lower-cased lines", text, alternation)
    measure("  floor: str.lower", text, str.lower)
    measure("  floor: str.split", text, lambda text: text.split("\n"))
    print()
    for size in (5, 10, 50):
        measure(f"screen: how cost grows, {size} MB", conversation(size * MEGABYTE), screen, runs=3)
    print()
    for size in (1, 2, 4):
        measure(f"screen: every line a candidate, {size} MB", every_line_a_candidate(size * MEGABYTE), screen, runs=3)
    print()
    for what, made in HOSTILE.items():
        measure(f"screen: {what}", made(2 * MEGABYTE), screen, runs=1)


if __name__ == "__main__":
    main()
