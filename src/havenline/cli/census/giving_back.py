"""`havenline census export`: the statutory return, from the cases here."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TextColumn

from havenline.cli.census.checking import show_rules
from havenline.cli.census.timeliness import written
from havenline.cli.speak import Exit, err, must_be_set_up, out, start_django, stop

OLDEST, LATEST = 2009, 2099


def export(
    to: Annotated[Path, typer.Argument(help="The file to write (XML). It appears whole, or not at all.", metavar="OUT")],
    year: Annotated[int, typer.Option("--year", help="The year that ends on its 31 March.", min=OLDEST, max=LATEST)],
    agency: Annotated[str | None, typer.Option("--agency", help="Whose cases, where several areas are here.")] = None,
    local_authority: Annotated[
        str | None, typer.Option("--local-authority", help="The authority's three digits, where no census was imported that says them.")
    ] = None,
) -> None:
    """Write the Children in Need census of a year from the cases here, and hold it to the census's rules.

    What came with an import comes back as it was, with what was recorded here since. What must be said of a child and was never recorded
    is said by the census's own word for it, and counted, so that somebody can ask. Exit code 1 where a rule is broken: the file is
    written all the same, and each fault is told with its child. The file names children by their numbers.

    Example: havenline census export --year 2026 cin-2026.xml
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.people.models import Agency
    from havenline.journey.safeguarding import actions
    from havenline.journey.safeguarding.models import CensusImport

    areas = list(Agency.objects.filter(kind="social_care").order_by("slug"))
    wanted = [one for one in areas if agency in (None, one.slug)]
    if len(wanted) != 1:
        stop(f"Say whose cases by --agency. There are: {', '.join(one.slug for one in areas) or 'none'}.", Exit.REFUSED)
    came = CensusImport.objects.filter(agency=wanted[0]).exclude(local_authority="").order_by("-year", "-pk").first()
    number = local_authority or (came.local_authority if came else "")
    if not (number.isascii() and number.isdigit() and len(number) == 3):
        stop("Say the authority’s three digits by --local-authority.", Exit.REFUSED)
    with written(to, "-", "OUT") as file, Progress(TextColumn("{task.description}"), console=err, transient=True) as progress:
        task = progress.add_task("Writing the census", total=None)

        def report(children: int) -> None:
            if children % 100 == 0:
                progress.update(task, description=f"{children:,} children are written")

        said = actions.export_census(agency=wanted[0], year=year, local_authority=number, out=file, by=INSTALLATION, report=report)
    ledger.append_committed()
    out.print(f"{said.children:,} children, {said.episodes:,} episodes.")
    for element, count in sorted(said.taken.items()):
        out.print(f"{count:>7,}  {element}: not known here, and said so", markup=False)
    show_rules(said.rules, said.faults)
    err.print(f"Written: {to}. It names children by their numbers: keep it where the census is kept.", soft_wrap=True, markup=False)
    raise typer.Exit(Exit.NOT_WELL if said.errors else Exit.WELL)
