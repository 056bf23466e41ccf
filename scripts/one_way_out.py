"""`foundation.outgoing` is the only way to somebody else's server: finds every other import of what could open a connection.

`ALLOWED` says who may, and why none of these lets a stranger's words choose where we connect.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "src"
CONNECTS = {
    "aiohttp", "asyncio.open_connection", "ftplib", "http.client", "httpx", "imaplib", "poplib", "pycurl", "requests", "smtplib",
    "socket", "ssl", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
ALLOWED = {
    "havenline/engines/matching/hashing/": {"socket"},  # a pair, to a child of its own that cannot open another
    "havenline/foundation/outgoing/": CONNECTS,
    "havenline/foundation/post/smtp.py": {"smtplib", "ssl"},  # the mail server that the operator names
    "havenline/foundation/work/worker.py": {"socket"},  # this machine's name
    "havenline/journey/intake/asking.py": {"http.client", "socket"},  # our own process that answers receipts, where the operator says
    "havenline/site/front.py": {"aiohttp"},  # our own processes, over their sockets' files
    "havenline/site/witness.py": {"aiohttp"},  # serves
    "havenline/cli/checks.py": {"smtplib", "ssl"},  # `doctor` greets the mail server
    "havenline/cli/serve.py": {"socket"},  # whether a port is free
    "havenline/cli/demo.py": {"http.client"},  # whether the demo answers
    "havenline/cli/mail_catcher.py": {"socket"},  # the demo's own mail server
}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{one.name}") for one in node.names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "asyncio.open_connection":
            yield node.lineno, "asyncio.open_connection"


def found_in(path: Path, allowed: set[str] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    """`file:line what` for each import of what could open a connection."""
    for line, name in imported(path):
        for one in CONNECTS - allowed:
            if name == one or name.startswith(f"{one}."):
                yield f"{path}:{line}: {name} can reach out; ask through havenline.foundation.outgoing"


def main() -> int:
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        name = str(path.relative_to(SOURCES))
        allowed = next((may for where, may in ALLOWED.items() if name == where or (where.endswith("/") and name.startswith(where))), set())
        found += found_in(path, allowed)
    print("\n".join(found) or "There is one way out.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
