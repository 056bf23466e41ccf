"""`moment.now()` is the only source of time: finds every other reading of the clock that would not follow a clock set back.

Monotonic clocks (durations) are free. `moment.py` itself is the one exception.
"""

import ast
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "src"
ALLOWED = {"havenline/foundation/moment.py"}
FORBIDDEN = {
    ("timezone", "now"),
    ("timezone", "localtime"),
    ("timezone", "localdate"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
}


def found_in(path: Path) -> list[str]:
    """`file:line what` for each forbidden reading."""
    return [
        f"{path}:{node.lineno}: {node.value.id}.{node.attr} reads the clock; use moment.now() or moment.today()"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in FORBIDDEN
    ]


def main() -> int:
    found = [line for path in sorted(SOURCES.rglob("*.py")) if str(path.relative_to(SOURCES)) not in ALLOWED for line in found_in(path)]
    print("\n".join(found) or "Every moment comes from moment.py.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
