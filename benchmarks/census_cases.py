"""How long does a council's census take to become cases, and to come out again?

The commands themselves, each in a process of its own, on SQLite: preview, import, the same again, the return, its check; and in between one
look at the statutory return's page (its query, which is all but a few milliseconds of it). What goes in is compared with what comes out.
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
from benchmarks.tables import Table
from havenline.engines.census import WholeCensus

HOLDER = """
import django
django.setup()
from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership, Person
area = Agency.objects.create(slug="northmere", name="Northmere social care", kind="social_care")
kit = Person.objects.create_user(email="kit@northmere.example", password=None, name="Kit Ndiaye")
Membership.objects.create(person=kit, agency=area, role="team_manager", since=moment.now())
"""
PAGE = """
import json, time
import django
django.setup()
from datetime import date
from django.db import connection, reset_queries
from django.conf import settings
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.queries.periods import Period
from havenline.journey.safeguarding.queries.statutory_return import Return
by = Membership.objects.get(role="team_manager")
took = []
for _again in range(3):
    began = time.perf_counter()
    found = Return(by=by)
    year = Period("year", date(2025, 4, 1))
    found.figures(year), found.by_month(year), found.referrals(year)
    took.append(time.perf_counter() - began)
print(json.dumps(sorted(took)[1]))
"""


def measure(*, sizes: tuple[int, ...] = (2_000, 20_000)) -> Iterator[Table]:
    table = Table(
        "A census becomes cases, and comes out again",
        ("children", "MB", "seconds", "of processor", "peak MB", ""),
        "SQLite, one process. The page: the median of three looks at a year, all cases in sight.",
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
    subprocess.run([sys.executable, "-c", HOLDER], check=True)
    file, out, returned = folder / "cin.xml", folder / "out", folder / "return.xml"
    with file.open("w", encoding="utf-8") as text:
        Maker().write(text, children)
    size = f"{file.stat().st_size / 1e6:.0f}"
    take = [*ours, "census", "import", str(file), "--agency", "northmere", "--holder", "kit@northmere.example", "--json"]

    def figures(what: str, command: list[str], said: str = "") -> None:
        took, worked, peak = run(command, out)
        table.add(f"{children:,}: {what}", size, f"{took:.1f}", f"{worked:.1f}", f"{peak:.0f}", said)

    figures("preview", take)
    digest = re.search('"sha256": "([0-9a-f]{64})"', out.read_text())
    assert digest  # noqa: S101
    figures("import", [*take, "--apply", digest[1]])
    figures("the same again", [*take, "--apply", digest[1]])
    page = subprocess.run([sys.executable, "-c", PAGE], check=True, capture_output=True, text=True).stdout
    table.add(f"{children:,}: the page's figures", size, f"{json.loads(page):.2f}", "", "", "")
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
