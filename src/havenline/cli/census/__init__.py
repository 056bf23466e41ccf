"""`havenline census`: a council's own Children in Need census. It needs no installation, and keeps nothing."""

import typer

from havenline.cli.census.timeliness import timeliness

app = typer.Typer(help="A council's own Children in Need census.", no_args_is_help=True, rich_markup_mode="rich")


@app.callback()
def census() -> None:
    """A council's own Children in Need census."""


app.command()(timeliness)
