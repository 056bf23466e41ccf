"""The `havenline` command: one file for each group of commands.

Exit codes: 0 all is well; 1 something was looked at and is not well; 2 the command was not understood;
3 refused, nothing was changed; 4 something that is needed is missing or does not answer.
"""

import typer

from havenline.cli import (
    backup,
    census,
    demo,
    doctor,
    exchange,
    follower,
    keys,
    ledger,
    lists,
    migrate,
    people,
    procedure,
    public_home,
    replay,
    restore,
    scan,
    schools,
    screen,
    serve,
    setup,
    speak,
    trace,
    witness,
    worker,
)
from havenline.foundation.sealing import given

app = typer.Typer(
    name="havenline",
    help="Carries a report of online child sexual abuse from whoever makes it to everyone who must act.",
    epilog="Exit codes: 0 well, 1 not well, 2 not understood, 3 refused, 4 something is missing or does not answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(demo.demo)
app.command(name="build-demo", hidden=True)(demo.build_demo)
app.command()(setup.setup)
app.command()(public_home.public_home)
app.command()(serve.serve)
app.command()(worker.worker)
app.command()(follower.follower)
app.command()(doctor.doctor)
app.command()(migrate.migrate)
app.command()(backup.backup)
app.command(name="backup-identity")(backup.backup_identity)
app.command()(restore.restore)
app.command()(restore.restored)
app.command(hidden=True)(replay.replay)
app.command()(trace.trace)
app.command()(screen.screen)
app.command()(scan.scan)
app.add_typer(census.app, name="census")
app.add_typer(ledger.app, name="ledger")
exchange.register(lists.app)
app.add_typer(lists.app, name="lists")
app.add_typer(keys.app, name="keys")
app.add_typer(witness.app, name="witness")
app.add_typer(procedure.app, name="procedure")
app.add_typer(schools.app, name="schools")
app.add_typer(people.app, name="people")


def main() -> None:
    try:
        given.keep()
    except given.BadBundle as error:
        speak.stop_at_once(str(error))
    app()
