"""How long does a council's census take to become cases, and to come out again?

The commands themselves, each in a process of its own, on SQLite: preview, import, the same again, the return, its check; and in between a
manager looks at the area's pages, in the process. What goes in is compared with what comes out.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.census import OURS, Maker, run
from benchmarks.places import ROOT
from benchmarks.tables import Table
from havenline.engines.census import WholeCensus

INSIDE = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
import django
django.setup()
from benchmarks import holding
"""
HOLDER = INSIDE + "print(json.dumps([holding.manager().agency.slug, holding.manager().person.email]))"
PAGES = INSIDE + "print(json.dumps(holding.pages()))"


def measure(*, sizes: tuple[int, ...] = (2_000, 20_000)) -> Iterator[Table]:
    table = Table(
        "A census becomes cases, and comes out again",
        ("children", "MB", "seconds", "of processor", "peak MB", ""),
        "SQLite, one process. A page: the median of three looks by a manager of the whole area, all of it in sight.",
    )
    print(table.heading(), flush=True)
    for children in sizes:
        with tempfile.TemporaryDirectory(prefix="havenline-census-") as folder:
            _of(children, Path(folder), table)
    yield table


def _of(children: int, folder: Path, table: Table) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HAVENLINE_ROLE")}
    os.environ.clear()
    os.environ.update(kept, HAVENLINE_HOME=str(folder / "home"), DJANGO_SETTINGS_MODULE="havenline.site.settings")
    ours = [sys.executable, "-c", OURS]
    names = ["--name", "Northmere", "--base-url", "http://localhost:8000", "--oversight", "Oversight board"]
    subprocess.run(
        [*ours, "setup", *names, "--admin-name", "Jo Hale", "--admin-email", "jo@northmere.example"], check=True, capture_output=True
    )
    area, holder = json.loads(subprocess.run([sys.executable, "-c", HOLDER], check=True, capture_output=True, text=True).stdout)
    file, out, returned = folder / "cin.xml", folder / "out", folder / "return.xml"
    with file.open("w", encoding="utf-8") as text:
        Maker().write(text, children)
    size = f"{file.stat().st_size / 1e6:.0f}"
    take = [*ours, "census", "import", str(file), "--agency", area, "--holder", holder, "--json"]

    def figures(what: str, command: list[str], said: str = "") -> None:
        took, worked, peak = run(command, out)
        table.add(f"{children:,}: {what}", size, f"{took:.1f}", f"{worked:.1f}", f"{peak:.0f}", said)

    figures("preview", take)
    digest = re.search('"sha256": "([0-9a-f]{64})"', out.read_text())
    assert digest  # noqa: S101
    figures("import", [*take, "--apply", digest[1]])
    figures("the same again", [*take, "--apply", digest[1]])
    pages = subprocess.run([sys.executable, "-c", PAGES], check=True, capture_output=True, text=True).stdout
    for page, (seconds, length) in json.loads(pages.splitlines()[-1]).items():
        table.add(f"{children:,}: page {page.replace('_', ' ')}", size, f"{seconds:.2f}", "", "", f"{length / 1000:.0f} kB")
    # A return with a fault ends with 1, as this one does: some of what was made up lies outside the year.
    figures("return", ["sh", "-c", '"$@"; test $? -le 1', "sh", *ours, "census", "export", "--year", "2026", str(returned)])
    with file.open("rb") as before, returned.open("rb") as after:
        pairs = zip(WholeCensus(before).children(), WholeCensus(after).children(), strict=True)
        same = sum(was.content == now.content for was, now in pairs)
    figures(
        "check",
        ["sh", "-c", '"$@"; test $? -le 1', "sh", *ours, "census", "check", "--json", str(returned)],
        f"{same:,} children as they were",
    )
