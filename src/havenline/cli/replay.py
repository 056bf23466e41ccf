"""`havenline replay`, hidden: what `serve` runs before anything else. A restored database forgets what was erased since."""

import subprocess
import sys

import typer

from havenline.cli.speak import Exit, err, must_be_set_up, start_django, stop
from havenline.site import installation


def replay() -> None:
    """Erase and hold again what the journal says and this database has forgotten."""
    must_be_set_up()
    start_django(role="worker")
    from django.db.utils import DatabaseError

    from havenline.foundation.retention import actions, journal, sweep

    try:
        done = actions.replay()
        if done.erased:
            sweep.sweep()
    except journal.JournalBroken as error:
        stop(f"[bold]nothing is served.[/] {error}", Exit.REFUSED)
    except DatabaseError as error:
        stop(f"The database does not answer, or is not at this version (havenline migrate): {str(error).splitlines()[0]}", Exit.MISSING)
    if done.lines:
        said = f"{done.erased} records were erased again, {done.held} are held again."
        err.print(f"[bold]havenline:[/] this database is older than the journal: {said}", soft_wrap=True)


def before_serving() -> None:
    """Replay in a process of its own, with its own settings; ends with its exit code where that fails.

    A host of matching alone has no journal, and its database user no right to erase: the desk's host replays.
    """
    found = installation.load()
    if found.match_database_url and not found.database_url:
        return
    ended = subprocess.run([sys.executable, "-m", "havenline.cli", "replay"], check=False)
    if ended.returncode:
        raise typer.Exit(ended.returncode)
