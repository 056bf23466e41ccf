"""`havenline people`: what only whoever has the machine can do for somebody who cannot sign in."""

from typing import Annotated

import typer

from havenline.cli.speak import Exit, must_be_set_up, out, start_django, stop

app = typer.Typer(help="People who cannot sign in.", no_args_is_help=True, rich_markup_mode="rich")


@app.callback()
def people() -> None:
    """People who cannot sign in."""


@app.command(name="let-in")
def let_in(
    email: Annotated[str, typer.Argument(help="The address that the administrator signs in with.")],
    password: Annotated[bool, typer.Option("--password", help="A new password, too; it is shown once.")] = False,
) -> None:
    """Let an administrator in again who lost every second factor, where nobody else could reset it.

    Their factors, recovery codes and sessions end; at the next sign-in they add a new factor. It stands on the ledger, and before
    oversight, as done without a second person. Everybody else asks an administrator.

    Example: havenline people let-in jo@agency.example
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.people.actions import proposals
    from havenline.foundation.people.actions.errors import NotLockedOut

    try:
        person, new = proposals.let_in_again(email=email, with_password=password)
    except NotLockedOut as refused:
        stop(f"{refused} Nothing was changed.", Exit.REFUSED)
    ledger.append_committed()
    out.print(f"{person.name} signs in with their password and adds a new second factor.")
    if new:
        out.print(f"Their new password, shown once: {new}", markup=False)
    out.print("It stands on the ledger, and oversight reads it under “Second person”.")
