"""What `havenline doctor` asks about what survives: backups, the journal, and what must not be left where others read it."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from havenline.cli import backup
from havenline.cli.finding import Finding, bad, well
from havenline.foundation import moment
from havenline.foundation.retention import epochs, journal


def modes() -> Finding:
    """Nobody else on this machine reads what opens reports, the database, or the passwords."""
    private = [settings.HOME / "havenline.toml", settings.KEYS, settings.HOME / "journal", settings.HOME / "havenline.sqlite3"]
    open_to_others = [path.name for path in private if path.exists() and path.stat().st_mode & 0o077]
    if settings.HOME.stat().st_mode & 0o077 == 0:
        open_to_others = [name for name in open_to_others if name != "havenline.sqlite3"]  # behind a door that is closed
    if open_to_others:
        return bad("modes", f"{', '.join(open_to_others)} can be read by others", f"Run chmod -R go-rwx {settings.HOME}")
    return well("modes", "settings, keys and journal are closed to others")


def core_dumps() -> Finding:
    """A process that ends badly must not leave its memory on the disk: each of ours says so of itself; this looks at those that run."""
    writing = [pid for pid, name in _our_processes() if _core_limit(pid) != "0"]
    if writing:
        return bad(
            "core dumps", f"process {', '.join(writing)} may write its memory to disk", "Start it by havenline serve or worker, as it is."
        )
    return well("core dumps", "no process of ours writes its memory to disk")


def _our_processes() -> list[tuple[str, str]]:
    """Those that hold reports in memory: gunicorn's of a role, and workers. Linux only."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes().split(b"\0")
            ours = folder.stat().st_uid == os.getuid() or folder.stat().st_uid == 0  # what cannot be dumped is root's
        except OSError:
            continue
        if ours and (b"havenline.site.wsgi:application" in said or (b"havenline.cli" in said and b"worker" in said)):
            found.append((folder.name, "havenline"))
    return found


def _core_limit(pid: str) -> str:
    try:
        lines = (Path("/proc") / pid / "limits").read_text().splitlines()
    except OSError:
        return "0"
    return next((line.split()[4] for line in lines if line.startswith("Max core file size")), "0")


def backups() -> Finding:
    """The newest backup is there, not older than it should be, and with these keys; none that has expired is left."""
    made = backup.made(settings.HOME)
    to_do = "Run havenline backup TARGET, each day, to another machine (docs/operators/backups.md)."
    if not made:
        if settings.INSTALLATION.is_demo:
            return Finding("backups", None, "the demo has none")
        return bad("backups", "none was ever made: one bad disk loses every report", to_do)
    last = made[-1]
    if backup.age_of(last) > timedelta(days=settings.INSTALLATION.backup_every_days, hours=2):
        return bad("backups", f"the newest is of {last['made_at'][:16]} UTC", to_do)
    try:
        keys = backup.keys_of(settings.HOME)
    except backup.NoKeys as error:
        return bad("backups", str(error), "Bring the keys back from the backup of keys, or give them.")
    if backup.keys_digest(keys) != last["keys"]:
        return bad("backups", "the keys were changed since: the newest backup’s keys do not open what arrives now", to_do)
    left = [Path(one["target"]).name for one in made if backup.is_expired(one, moment.today()) and Path(one["target"]).exists()]
    if left:
        return bad("backups", f"{', '.join(left)} has expired and is still there", "Delete it, and its keys: it holds what was erased.")
    return well("backups", f"the newest is of {last['made_at'][:16]} UTC, with the keys apart")


def journal_of_erasures() -> Finding:
    """What was erased and held is written down away from the database, and this database knows every line."""
    try:
        missing = journal.not_replayed()
        epochs.must_hold_what_was_seen()
    except (journal.JournalBroken, epochs.Rewound) as error:
        return bad("journal", str(error), "Nothing is served before that is settled (docs/operators/backups.md).")
    if missing:
        return bad("journal", f"this database has forgotten {len(missing)} of its lines", "Run havenline serve: it replays them first.")
    return well("journal", f"erasures and holds stand in {journal.path()}")
