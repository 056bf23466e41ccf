"""How long does it take to count every running clock again, and after a bank holiday is proclaimed?"""

from collections.abc import Iterator

from benchmarks.places import databases, installation
from benchmarks.tables import Table

SIZES = (10_000, 100_000)


def measure(*, sizes: tuple[int, ...] = SIZES) -> Iterator[Table]:
    table = Table(
        "Running clocks, counted again",
        ("", "running", "nothing moved, s", "moved", "with an entry each, s", "ms a clock that moved"),
        note="Assessments, conferences and first reviews, begun within 60 days. Then a bank holiday a week ahead is proclaimed.",
    )
    for name in databases():
        for size in sizes:
            with installation(name) as one:
                found = one.inside("counting", "run", number=size)
            if found["none"]:
                raise AssertionError(f"{found['none']} clocks moved although nothing had changed.")
            rest = max(0.0, found["seconds"] - found["still"])
            each = f"{1000 * rest / found['moved']:.1f}" if found["moved"] else ""
            table.add(name, f"{size:,}", f"{found['still']:.2f}", f"{found['moved']:,}", f"{found['seconds']:.1f}", each)
    yield table
