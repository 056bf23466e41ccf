"""Screens and the API reach objects through queries that take the person: finds every default manager in a view.

`Case.objects.visible_to(by)` says whose; `Case.objects.filter(…)` and `get_object_or_404(Case, …)` do not, whatever they are filtered by.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "src"
TAKE_THE_PERSON = {"visible_to", "party_to", "none"}


def is_a_screen(path: Path) -> bool:
    return path.name in ("views.py", "api.py") or path.name.endswith("_views.py") or "views" in path.parts


def found_in(path: Path) -> Iterator[str]:
    """`file:line what` for each object that is reached past the person."""
    tree = ast.parse(path.read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in TAKE_THE_PERSON}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and id(node) not in said:
            yield f"{path}:{node.lineno}: {ast.unparse(node)} asks for nobody; ask queries.py, by=…"
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"get_object_or_404", "get_list_or_404"}:
            asked = node.args[0]
            if isinstance(asked, ast.Name) and asked.id[:1].isupper():
                yield f"{path}:{node.lineno}: {ast.unparse(node.func)}({asked.id}, …) asks for nobody; give it a query, by=…"


def main() -> int:
    found = [line for path in sorted(SOURCES.rglob("*.py")) if is_a_screen(path) for line in found_in(path)]
    print("\n".join(found) or "Every screen asks in somebody's name.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
