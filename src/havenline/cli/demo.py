"""`havenline demo`: a home with keys, a database and the demo world, made once; then everything is served."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from havenline.cli import home as homes
from havenline.cli.serve import HOST, free_port, must_be_free, serve_all
from havenline.cli.speak import Exit, err, out, start_django, stop
from havenline.cli.supervisor import Child, Supervisor
from havenline.foundation import moment
from havenline.site import installation

WIDTH = 150  # of the accounts’ table
MADE_WITH, STATIC_OF = "made-with", "static-of"  # fingerprints in the home: of the tables, of the static files
# What the demo says of itself. It offers every language that there is.
SAYS = {
    "hotline_telephone": "01632 960018",
    "hotline_email": "notices@hotline.example",
    "languages": ["en", "ar"],
    "ar": {
        "emergency_text": "يجب طلب الشرطة. الاتصال مجاني.",
        "helpline_text": "خط مساعدة الأطفال، مجاني، ليلاً ونهاراً.",
        "read_within": "يوم واحد",
    },
}
OLD = timedelta(days=2)  # the world's dates are relative to the day it was made


def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the demo world anew.")] = False,
) -> None:
    """Make the demo's home if there is none yet, and serve it at http://localhost:8000.

    Example: havenline demo --port 8080
    """
    began = time.monotonic()
    where = installation.home()
    try:
        found = installation.load(where)
    except installation.BadConfiguration as error:
        stop(str(error), Exit.MISSING)
    _must_not_be_real(found)
    must_be_free(HOST, port)
    if found.is_demo and not fresh and _is_of_this_program(where):
        _offer_fresh(found)
        _refresh_static_files(where)
    else:
        try:
            with homes.only_one(where.with_name(f"{where.name}.building.lock"), doing="building"):
                _build(where, found, port)
        except homes.HomeInUse as error:
            stop(str(error), Exit.REFUSED)
    code = serve_all(host=HOST, port=port, others=_world_outside(where, port), until_said=Welcome(where, port, began))
    out.print("Ended." if code == 0 else "Ended after a failure.")
    raise typer.Exit(code)


# The world is half a year old: by the rules of life nothing in it would be due for years, and its due list would be empty.
KEPT_IN_THE_DEMO = {"months": 5, "basis": "The demo’s own: a shorter period, so that something is due", "verified": "policy"}


def _world_outside(home: Path, port: int) -> tuple[Child, ...]:
    """The demo's mail server and its hosts, at free ports that its configuration names from now on."""
    from havenline.cli import demo_hosts  # runs as a program of its own, so nothing imports it before

    found = installation.load(home)
    mail, hosts = free_port(), free_port()
    said: dict[str, Any] = {"kind": "demo", "made_at": found.made_at, "base_url": f"http://localhost:{port}"}
    if found.database_url:
        said["database_url"] = found.database_url
    said["mail"] = {"host": HOST, "port": mail}
    said["takedown"] = {"names": demo_hosts.names_at(hosts)}
    said["deployment"] = SAYS
    said["retention"] = {"report": KEPT_IN_THE_DEMO}
    homes.write_private(home / "havenline.toml", homes.toml_of(said))
    return (
        Child("mail", [sys.executable, "-m", "havenline.cli.mail_catcher", str(home / "mail"), str(mail)]),
        Child("hosts", [sys.executable, "-m", "havenline.cli.demo_hosts", str(hosts)]),
    )


def _must_not_be_real(found: installation.Installation) -> None:
    if found.kind not in {"none", "demo"}:
        stop(
            f"{found.home} is a real installation, made by “havenline setup”. The demo is never started there. "
            "Give the demo a home of its own: HAVENLINE_HOME=/tmp/demo make run",
            Exit.REFUSED,
        )
    if found.kind == "none" and found.home.exists() and any(found.home.iterdir()):
        stop(f"{found.home} holds something else. Give the demo a home of its own: HAVENLINE_HOME=/tmp/demo make run", Exit.REFUSED)


def _offer_fresh(found: installation.Installation) -> None:
    made = datetime.fromisoformat(found.made_at)
    if moment.now() - made > OLD:
        days = (moment.now() - made).days
        out.print(
            f"[bold]This demo world is {days} days old[/], so its dates have moved on. For a new one: [bold]make run FRESH=1[/]",
            soft_wrap=True,
        )


def _is_of_this_program(where: Path) -> bool:
    """Whether the home's tables are the ones that this checkout knows; a demo made before they changed is made anew."""
    if (where / MADE_WITH).exists() and (where / MADE_WITH).read_text() == _fingerprint("**/migrations/*.py"):
        return True
    out.print("Havenline has changed since this demo world was made, so it is made anew.")
    return False


def _refresh_static_files(where: Path) -> None:
    """Style sheets and scripts follow the checkout, in a process of its own, where any has changed."""
    noted, now = where / STATIC_OF, _fingerprint("site/static/**/*")
    if noted.exists() and noted.read_text() == now:
        return
    collect = (
        "from havenline.cli.speak import start_django; start_django(); from havenline.site import static_files; static_files.collect()"
    )
    environment = {**os.environ, "HAVENLINE_HOME": str(where), "HAVENLINE_ROLE": "all"}
    if subprocess.run([sys.executable, "-c", collect], env=environment, check=False).returncode:
        stop("The style sheets could not be put in place; the lines above say why.", Exit.NOT_WELL)
    noted.write_text(now)


def _fingerprint(pattern: str) -> str:
    package = Path(installation.__file__).parents[1]
    files = sorted(path for path in package.glob(pattern) if path.is_file())
    return hashlib.sha256(b"".join(str(path.relative_to(package)).encode() + path.read_bytes() for path in files)).hexdigest()


def _build(where: Path, found: installation.Installation, port: int) -> None:
    """Build beside the home and put it in place at the end: what was interrupted is never taken for whole."""
    building = where.with_name(f"{where.name}.building")
    if building.exists():
        out.print("An earlier start was interrupted while it made the demo world; it is made anew.")
        homes.remove(building)
    database_url = found.database_url or os.environ.get("DATABASE_URL", "")
    said: dict[str, Any] = {
        "kind": "demo",
        "made_at": moment.now().isoformat(timespec="seconds"),
        "retention": {"report": KEPT_IN_THE_DEMO},
    }
    building.mkdir(mode=0o700, parents=True)
    if database_url:
        said["database_url"] = database_url
    homes.write_private(building / "havenline.toml", homes.toml_of(said))
    outside = _world_outside(building, port)
    for child in outside:
        child.start()  # the world's letters arrive, and its hosts answer, while it is played
    environment = {**os.environ, "HAVENLINE_HOME": str(building), "HAVENLINE_ROLE": "all"}
    try:
        done = subprocess.run([sys.executable, "-m", "havenline.cli", "build-demo"], env=environment, check=False)
    except KeyboardInterrupt:
        stop("Interrupted; the next start makes the demo world anew.", Exit.NOT_WELL)
    finally:
        Supervisor(outside, say=out.print).end_all()
    if done.returncode:
        stop("The demo world could not be made; the lines above say why. Nothing of it is used.", Exit.NOT_WELL)
    if found.is_demo:
        homes.remove(where)
    building.rename(where)


def build_demo() -> None:
    """Fill the home under construction. Started by `havenline demo`, in a process of its own."""
    found = installation.load()
    if not found.is_demo or not found.home.name.endswith(".building"):
        stop("This is a part of “havenline demo”. Run that.", Exit.REFUSED)
    steps = out.status("Making keys")
    with steps:
        from havenline.foundation.sealing import keys

        keys.make(found.home / "keys")
        (found.home / "static").mkdir()  # settings look for it, and serve hashed names from there
        out.print("[1/4] Keys are made")
        steps.update("Making the database")
        start_django()
        from django.core.management import call_command
        from django.db import connection

        from havenline.site import static_files

        _empty_database()
        _need_not_survive_a_power_cut()
        call_command("migrate", verbosity=0, interactive=False)
        out.print(f"[2/4] The database is made ({'PostgreSQL' if connection.vendor == 'postgresql' else 'SQLite'})")
        steps.update("Collecting style sheets and fonts")
        static_files.collect()
        out.print("[3/4] Style sheets and fonts are in place")
    _build_world(found.home)


def _build_world(home: Path) -> None:
    from havenline.cli import world
    from havenline.foundation.ledger import actions as ledger

    with Progress(
        TextColumn("      Playing the demo world’s stories"), BarColumn(), MofNCompleteColumn(), console=out, transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        company = world.build(lambda ended, of: bar.update(task, completed=ended, total=of))
    ledger.append_committed()
    homes.write_private(home / "demo-accounts.json", json.dumps(company.accounts(), ensure_ascii=False, indent=2) + "\n")
    (home / MADE_WITH).write_text(_fingerprint("**/migrations/*.py"))
    (home / STATIC_OF).write_text(_fingerprint("site/static/**/*"))
    out.print("[4/4] The demo world is made")


def _need_not_survive_a_power_cut() -> None:
    """A home under construction is made anew if anything happens to it: SQLite need not wait for the disk at each step."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


def _empty_database() -> None:
    """An earlier demo world in PostgreSQL makes room for the new one. Refuses where the database holds a real installation."""
    from django.db import connection

    if connection.vendor != "postgresql" or "people_membership" not in connection.introspection.table_names():
        return
    from havenline.foundation.people.models import Person

    if Person.objects.exclude(email__endswith=".example").exists():
        stop("The database of DATABASE_URL holds people who are not the demo’s. Give the demo a database of its own.", Exit.REFUSED)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


TO_TRY = (
    ("Report something", "{url}/", "as anybody: no account, nothing stays on your device. Keep the receipt."),
    (
        "Read it at the hotline",
        "{url}/sign-in/",
        "as the analyst: claim it from the queue, grade it, refer it to police and to children’s social care.",
    ),
    ("Work on the case", "{url}/sign-in/", "as the investigator: accept the referral, say which children the subject can reach."),
    ("Protect the child", "{url}/sign-in/", "as the social worker: the clocks count the guidance’s days and show how."),
    (
        "Take up what came at night",
        "{url}/sign-in/",
        "as the front door’s social worker: a neighbour’s call, and the hours of an emergency; as the chair: a plan of conferences.",
    ),
    ("Read a host’s mail", "{url}/demo/mail/", "every letter that this demo sent, and the link in it: answer a notice as the host would."),
    ("Tell a school", "{url}/sign-in/", "as the safeguarding lead of Alder Road School: read what police tell it; screen a conversation."),
    ("See what it adds up to", "{url}/sign-in/", "as the analyst, under Statistics: no count below five, each share with its interval."),
    ("Follow one report", "{url}/sign-in/", "as the auditor: the trace shows every step, from the receipt to the conference."),
)


class Welcome:
    """Says who can sign in and what to try, and then, once it answers, where."""

    def __init__(self, home: Path, port: int, began: float) -> None:
        self.home, self.port, self.began = home, port, began
        self.first_look = 0.0  # the world is made by then, which may take minutes of its own
        self.late = False

    def __call__(self) -> bool:
        """One look: True once everything is said."""
        if not self.first_look:
            self._accounts()
            self.first_look = time.monotonic()
        if self._answers():
            since = time.monotonic() - self.began
            out.print(f"\n[bold]http://localhost:{self.port}[/]  is served ({since:.0f} s after the start). Ctrl-C ends it.")
            return True
        if time.monotonic() - self.first_look > 60 and not self.late:
            err.print(f"Port {self.port} does not answer yet; the lines above say why.")
            self.late = True
        return False

    def _accounts(self) -> None:
        url = f"http://localhost:{self.port}"
        accounts = json.loads((self.home / "demo-accounts.json").read_text())
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("Name", "Agency", "Role", "E-mail", "Password"):
            table.add_column(title, no_wrap=True)
        for account in accounts:
            if "email" in account:
                table.add_row(*(account[key] for key in ("name", "agency", "role", "email", "password")))
        Console(width=max(out.width, WIDTH), highlight=False).print(table)  # a password is never cut short
        for account in accounts:
            if "api_key" in account:
                out.print(f"Platform {account['platform']}: Authorization: Bearer {account['api_key']}", soft_wrap=True)
        out.print(f"\n[bold]What to try first[/]  (accounts also in {self.home / 'demo-accounts.json'})", soft_wrap=True)
        for number, (title, place, how) in enumerate(TO_TRY, start=1):
            out.print(f"  {number}. [bold]{title}[/] at {place.format(url=url)}  {how}", soft_wrap=True)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=0.5)
        try:
            connection.request("GET", "/sign-in/", headers={"Host": "localhost"})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
