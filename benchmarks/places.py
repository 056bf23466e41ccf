"""Where is it measured? In installations as `havenline setup` makes them: on SQLite, and on a PostgreSQL cluster of its own."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.cluster import own_postgresql
from tests.faults.place import Place, kill

ROOT = Path(__file__).resolve().parent.parent
CROWD, SOMEBODY = "198.51.100.7", "203.0.113.9"  # two networks, where a proxy is believed
PLATFORMS = 64  # keys: one key may send 1,200 reports a minute


@dataclass(frozen=True)
class Installation:
    """One that can be measured: who may sign in, and with which keys platforms send."""

    name: str
    place: Place
    owner_url: str
    keys: list[str]

    def inside(self, module: str, function: str, **said: Any) -> Any:
        """Call `benchmarks.<module>.<function>` in a process of this installation; what it returned, by way of JSON."""
        text = (
            f"import sys, json; sys.path.insert(0, {str(ROOT)!r}); from benchmarks import {module};"
            f"print('\\n' + json.dumps({module}.{function}(**json.loads({json.dumps(said)!r}))))"
        )
        return json.loads(self.place.python(text).splitlines()[-1])

    def believe_a_proxy(self) -> None:
        """Whoever asks says in X-Forwarded-For from which network, as a proxy on this machine would."""
        told = self.place.home / "havenline.toml"
        told.write_text("behind_proxy = true\n" + told.read_text())

    @contextmanager
    def served(self) -> Iterator[None]:
        """`havenline serve` runs: public, desk, API, worker and the front, each a process of its own."""
        process = self.place.start("serve", "--port", str(self.place.port))
        try:
            yield
        finally:
            kill(process, 15)


@contextmanager
def installation(database: str) -> Iterator[Installation]:
    """A fresh installation on SQLite or PostgreSQL, gone afterwards. Nothing of it is served yet."""
    with tempfile.TemporaryDirectory(prefix="havenline-bench-") as folder:
        where = Path(folder)
        if database == "SQLite":
            yield _made(database, where, "")
            return
        with own_postgresql() as owner_url:
            yield _made(database, where, owner_url)


def postgresql_is_here() -> bool:
    return os.geteuid() == 0 and any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def databases() -> Iterator[str]:
    """Those that this machine has; the other is named, not passed over."""
    yield "SQLite"
    if postgresql_is_here():
        yield "PostgreSQL"
    else:
        print("PostgreSQL is left out: its server is not installed here, or this is not root.", file=sys.stderr)


def _made(name: str, folder: Path, owner_url: str) -> Installation:
    place = Place(folder, owner_url)
    made = Installation(name, place, owner_url, [])
    made.keys.extend(made.inside("people", "platforms", number=PLATFORMS))
    return made
