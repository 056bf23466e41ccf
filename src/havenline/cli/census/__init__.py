"""`havenline census`: a council's own Children in Need census: told, checked, taken in, and given back."""

import typer

from havenline.cli.census.checking import check
from havenline.cli.census.giving_back import export
from havenline.cli.census.taking_in import take_in
from havenline.cli.census.timeliness import timeliness

app = typer.Typer(help="A council's own Children in Need census.", no_args_is_help=True, rich_markup_mode="rich")


@app.callback()
def census() -> None:
    """A council's own Children in Need census."""


app.command()(timeliness)
app.command()(check)
app.command(name="import")(take_in)
app.command()(export)
