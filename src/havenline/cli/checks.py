"""What `havenline doctor` looks at. Each check says in one line how it found things, and what to do where they are not well."""

import os
import shutil
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.utils import translation

from havenline.cli import key_checks, list_checks, recognising, surviving
from havenline.cli.finding import Finding
from havenline.cli.finding import bad as _bad
from havenline.cli.finding import well as _well
from havenline.foundation import moment
from havenline.foundation.clocks import queries as clocks
from havenline.foundation.handover import queries as handover
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.queries import witnesses
from havenline.foundation.people.models import Agency
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.post import queries as post
from havenline.foundation.post import smtp
from havenline.foundation.sealing import keys
from havenline.foundation.work import queries as work
from havenline.journey.intake import asking
from havenline.journey.intake.models import Receipt, Report
from havenline.journey.triage import queries as triage
from havenline.site import installation

ROTA_AHEAD = 2  # days
DISK_LEAST = 500 * 1024 * 1024
APPENDED_WITHIN = timedelta(seconds=5)
OPENED_WITHIN = timedelta(minutes=1)
ALIVE_WITHIN = timedelta(seconds=60)


def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return _well("database", f"PostgreSQL {cursor.fetchone()[0].split()[0]}")
        cursor.execute("PRAGMA quick_check")
        found = cursor.fetchone()[0]
    if found != "ok":
        return _bad("database", f"SQLite says: {found}", "Stop Havenline, keep a copy of the file, and restore your last backup.")
    return _well("database", f"SQLite, {settings.DATABASES['default']['NAME']}")


def durable_writes() -> Finding:
    """What was acknowledged survives a power cut: the settings that say so."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            full = cursor.fetchone()[0] >= 2
            cursor.execute("PRAGMA journal_mode")
            wal = cursor.fetchone()[0] == "wal"
            if full and wal:
                return _well("durable writes", "SQLite waits for the disk at each commit")
            return _bad("durable writes", "SQLite does not wait for the disk", "Remove whatever overrides the settings of the database.")
        off = []
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                off.append(name)
    if off:
        return _bad("durable writes", f"PostgreSQL runs with {', '.join(off)} off", "Turn it on in postgresql.conf and reload.")
    return _well("durable writes", "PostgreSQL waits for the disk at each commit")


def languages() -> Finding:
    """Whether somebody has read what is offered to children in their language."""
    names = [name for _code, name in settings.LANGUAGES]
    unread = [
        str(translation.get_language_info(code)["name"])
        for code, _name in settings.LANGUAGES
        if code != settings.LANGUAGE_CODE and not installation.reviewed_by(code)
    ]
    if unread:
        to_do = (
            "Let somebody who speaks it as their own and works with children read it (docs/developers/languages.md), or do not offer it."
        )
        return Finding("languages", None, f"{', '.join(names)}; nobody has reviewed the {' and '.join(unread)} yet", to_do)
    return _well("languages", ", ".join(names))


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = [f"{step.app_label} {step.name}" for step, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if waiting:
        return _bad("migrations", f"{len(waiting)} wait, first {waiting[0]}", "Run havenline migrate.")
    return _well("migrations", "all are applied")


def receipts_answered() -> Finding:
    """Whether somebody answers receipts: reports are taken all the same."""
    try:
        asking.ask("0" * 16)
    except (asking.NobodyAnswers, keys.KeyMissing) as error:
        return _bad("receipts", str(error), "At the desk’s host: havenline serve --role receipts. Here: receipts_at in havenline.toml.")
    return _well("receipts", f"answered at {settings.RECEIPTS_AT}")


def swap(listed: Path = Path("/proc/swaps")) -> Finding:
    """Memory that the kernel writes to a disk: it may hold what people wrote. Compressed memory (zram) and dm-crypt are well."""
    try:
        devices = [line.split()[0] for line in listed.read_text().splitlines()[1:] if line.strip()]
    except OSError:
        return Finding("swap", None, "it is not known whether this machine swaps", "Turn swap off, or encrypt it.")
    plain = [device for device in devices if not _keeps_secrets(Path(device))]
    if plain:
        return Finding("swap", None, f"{', '.join(plain)} is not encrypted, and memory is written to it", "Turn swap off, or encrypt it.")
    return _well("swap", "encrypted, or never on a disk" if devices else "off")


def _keeps_secrets(device: Path) -> bool:
    if device.name.startswith("zram"):
        return True
    uuid = Path("/sys/block") / device.resolve().name / "dm/uuid"
    return uuid.exists() and uuid.read_text().startswith("CRYPT-")


def clock() -> Finding:
    """Ours against the database's."""
    if connection.vendor != "postgresql":
        newest = settings.DATABASES["default"]["NAME"].stat().st_mtime
        ahead = newest - time.time()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            ahead = float(cursor.fetchone()[0]) - time.time()
    if (connection.vendor == "postgresql" and abs(ahead) > 2) or ahead > 2:
        return _bad(
            "clock",
            f"differs from the database’s by {abs(ahead):.0f} seconds",
            "Let both machines follow a time server (chrony, timesyncd).",
        )
    return _well("clock", f"{moment.now().astimezone(moment.LONDON):%A %d %B %Y %H:%M} in London")


def disk() -> Finding:
    free = shutil.disk_usage(settings.HOME).free
    said = f"{free / 1024**3:.1f} GB free in {settings.HOME}"
    if not os.access(settings.HOME, os.W_OK):
        return _bad("disk", f"{settings.HOME} cannot be written", "Give it to the user who runs Havenline.")
    return _well("disk", said) if free > DISK_LEAST else _bad("disk", said, "Make room before reports are refused: at least 500 MB.")


def mail() -> Finding:
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    here = settings.EMAIL_HOST in {"localhost", "127.0.0.1", "::1"}
    if settings.EMAIL_HOST_USER and not (settings.EMAIL_USE_TLS or here):
        return _bad("mail", f"the password for {place} would travel in clear", "Set tls = true under [mail] in havenline.toml.")
    try:
        smtp.greet()
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason
        return _bad("mail", f"{place} is not who it says ({why})", "Name the host as its certificate does, and trust whoever signed it.")
    except smtplib.SMTPAuthenticationError as error:
        return _bad("mail", f"{place} refuses our password ({error.smtp_code})", "Set user and password under [mail] in havenline.toml.")
    except smtplib.SMTPNotSupportedError as error:
        return _bad("mail", f"{place}: {error}", "Set tls and user under [mail] in havenline.toml to what this server offers.")
    except (OSError, smtplib.SMTPException) as error:
        return _bad(
            "mail",
            f"{place} does not answer ({getattr(error, 'strerror', None) or error})",
            "Set [mail] in havenline.toml, or start the mail server.",
        )
    return _well("mail", f"{place} answers{', encrypted' if settings.EMAIL_USE_TLS else ''}")


def letters() -> Finding:
    """What came back is somebody's work, not an illness: a note, unless mail itself is away."""
    counts = post.counts()
    said = [
        f"{counts['failed']} came back or could not be sent" if counts["failed"] else "",
        f"{counts['uncertain']} may or may not have left" if counts["uncertain"] else "",
    ]
    if not any(said):
        return _well("letters", "none came back")
    return Finding("letters", None, ", ".join(filter(None, said)), "An administrator sees why, and sends them again, at /desk/work/.")


def worker() -> Finding:
    seen = work.last_sign_of_life()
    if seen is None or abs(moment.now() - seen) > ALIVE_WITHIN:  # one yet to come was given by a clock that was set back
        last = f"last sign of life {seen:%Y-%m-%d %H:%M} UTC" if seen else "none was ever seen"
        return _bad("worker", f"none is alive ({last})", "Start Havenline (havenline serve) or a worker (havenline worker).")
    return _well("worker", f"{work.living_workers().count()} alive")


def background_work() -> Finding:
    counts = work.counts()
    troubled = [row.name for row in work.rounds() if row.problem]
    if counts["given_up"] or troubled:
        said = ", ".join(
            filter(
                None, [f"{counts['given_up']} tasks have given up" if counts["given_up"] else "", *(f"“{name}” fails" for name in troubled)]
            )
        )
        return _bad("background work", said, "An administrator sees why, and tries again, at /desk/work/.")
    return _well("background work", f"{counts['waiting']} tasks wait, none has given up")


def ledger_head() -> Finding:
    count, head = ledger.head()
    oldest = ledger.oldest_waiting()
    if oldest is not None and moment.now() - oldest > APPENDED_WITHIN:
        return _bad(
            "ledger", f"{ledger.waiting()} entries wait since {oldest:%Y-%m-%d %H:%M:%S} UTC", "The appender does not run: start a worker."
        )
    return _well("ledger", f"{count} entries, head {head[:16]}…; havenline ledger verify proves them all")


def witnessed() -> Finding:
    """Whether somebody outside sees the ledger grow. Nobody is a note; a contradiction is the gravest thing that doctor can say."""
    standing = witnesses.standing()
    if standing.refusals:
        said = "; ".join(f"{one.witness}: {one.get_kind_display()}" for one in standing.refusals)
        return _bad("witnesses", said, "Stop work on this database, keep a copy as it is, and tell oversight: /desk/ledger/check/.")
    if accused := witnesses.accused_by_us():
        said = "; ".join(f"{one.origin}: {one.kind}" for one in accused)
        return _bad(
            "witnesses", f"a ledger that we witness contradicts itself: {said}", "Tell its oversight body; both signatures are kept."
        )
    troubled = [f"{one.name}: {one.problem}" for one in standing.witnesses if one.problem]
    if troubled:
        return Finding("witnesses", None, "; ".join(troubled), "Ask whoever runs it; compare the keys in havenline.toml.")
    if not standing.is_witnessed:
        return Finding("witnesses", None, "not witnessed: nobody outside has cosigned the ledger", "docs/operators/witnesses.md says how.")
    return _well("witnesses", f"{standing.size} entries cosigned by {', '.join(standing.by)}")


def arrivals() -> Finding:
    waiting = Receipt.objects.exclude(digits=None).filter(made_at__lt=moment.now() - OPENED_WITHIN).count()
    if waiting:
        return _bad(
            "arrivals", f"{waiting} receipts cannot be found after a minute", "The desk’s worker does not run or lacks receipt.key."
        )
    late = Report.objects.filter(opened_at=None, received_at__lt=moment.now() - OPENED_WITHIN)
    if count := late.count():
        return _bad(
            "arrivals",
            f"{count} reports are not opened after a minute",
            "The desk’s worker does not run or lacks desk.key; see /desk/work/.",
        )
    return _well("arrivals", "every report was opened within a minute")


def on_call() -> Finding:
    """Somebody is on call at each hotline now and for the next two days, without a gap; no hotline is a gap too."""
    if not Agency.objects.filter(kind=AgencyKind.HOTLINE).exists():
        return _bad("on-call rota", "there is no hotline, so danger now reaches nobody", "An administrator adds one, with analysts.")
    gaps = triage.rota_gaps(days=ROTA_AHEAD)
    if gaps:
        where = "; ".join(f"{gap.agency.name} from {_when(gap.since)}" for gap in gaps)
        return _bad("on-call rota", f"nobody is on call at {where}", "A senior analyst fills the gap at the desk, under On call.")
    return _well("on-call rota", f"no gap in the next {ROTA_AHEAD} days")


def reached_nobody() -> Finding:
    names = sorted({agency.name for agency in [*clocks.agencies_reached_by_nobody(), *handover.agencies_with_nobody()]})
    if names:
        return _bad(
            "reached nobody",
            f"something waits at {', '.join(names)}, and nobody there can take it up",
            "An administrator gives somebody the role.",
        )
    return _well("reached nobody", "everything has reached somebody")


def trust_split() -> Finding:
    name = "trust split"
    if connection.vendor == "sqlite":
        return Finding(
            name,
            None,
            "not split: on SQLite sealing alone keeps the public side from reading reports",
            "Use PostgreSQL where that matters.",
        )
    urls = {settings.INSTALLATION.database_url, settings.INSTALLATION.public_database_url or settings.INSTALLATION.database_url}
    if len(urls) == 1 and not os.environ.get("DATABASE_URL_PUBLIC"):
        return Finding(
            name,
            None,
            "not split: public and desk use the same database user",
            "Run havenline setup with --owner-url, or set public_database_url.",
        )
    sharing = {
        role: who
        for role, who in {"api": "the API", "match": "matching"}.items()
        if not getattr(settings.INSTALLATION, f"{role}_database_url") and not os.environ.get(f"DATABASE_URL_{role.upper()}")
    }
    if sharing:
        made = " ".join(f"CREATE ROLE havenline_{role} LOGIN PASSWORD '…';" for role in sharing)
        named = " and ".join(f"{role}_database_url" for role in sharing)
        said = f"{' and '.join(sharing.values())} {'use' if len(sharing) > 1 else 'uses'} the desk’s database user"
        return Finding(name, None, said, f"{made} Set {named} in havenline.toml; havenline migrate.")
    return _well(name, "the public side, the API and matching have database users of their own")


def ways_out() -> Finding:
    """Whether the links by which a reporter leaves, or gets a picture taken down, lead to a place that exists."""
    said = settings.INSTALLATION.deployment
    examples = [name for name in ("exit_url", "removal_service_url") if (urlsplit(getattr(said, name)).hostname or "").endswith(".example")]
    if examples and not settings.INSTALLATION.is_demo:
        to_do = "Set them under [deployment] in havenline.toml: a frightened child follows these links."
        return Finding("ways out", None, f"{' and '.join(examples)} still lead to an example, where nothing is", to_do)
    return _well("ways out", said.exit_url or "no way out is offered")


def _when(at: datetime) -> str:
    return f"{at.astimezone(moment.LONDON):%a %d %b %H:%M}"


CHECKS: tuple[Callable[[], Finding], ...] = (
    database,
    durable_writes,
    migrations,
    recognising.matching,
    recognising.index_in_step,
    recognising.pictures,
    languages,
    ways_out,
    key_checks.sealing_keys,
    key_checks.agencies_keys,
    surviving.modes,
    surviving.backups,
    surviving.journal_of_erasures,
    clock,
    disk,
    swap,
    surviving.core_dumps,
    mail,
    letters,
    worker,
    background_work,
    ledger_head,
    witnessed,
    arrivals,
    on_call,
    reached_nobody,
    list_checks.lists_from_others,
    list_checks.lists_to_others,
    trust_split,
)
# What a public host can look at: its database user sees neither people nor background work.
PUBLIC_CHECKS: tuple[Callable[[], Finding], ...] = (
    database,
    durable_writes,
    languages,
    ways_out,
    key_checks.public_keys,
    receipts_answered,
    surviving.modes,
    clock,
    disk,
    swap,
    surviving.core_dumps,
)


def run() -> list[Finding]:
    """Every check; one that breaks is a finding too. After a database that does not answer nothing else is asked of it."""
    findings = []
    for check in CHECKS if settings.HOLDS_DESK_KEY else PUBLIC_CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            findings.append(check())
        except DatabaseError as error:
            findings.append(
                _bad(
                    name,
                    f"the database does not answer: {str(error).splitlines()[0]}",
                    "Is it running, and is database_url in havenline.toml right?",
                )
            )
            if check is database:
                return findings
        except Exception as error:
            findings.append(_bad(name, f"{type(error).__name__}: {error}", "This check itself broke; tell the developers."))
    return findings
