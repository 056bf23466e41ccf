"""`havenline census import`: an installation begins with the cases that its council already has."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from havenline.cli.census.timeliness import progress_of, stop_plainly
from havenline.cli.speak import Exit, as_json, must_be_set_up, out, plain, start_django, stop
from havenline.engines.census import CensusError

SHOWN = 20


def take_in(
    file: Annotated[Path, typer.Argument(help="The census as it was exported (XML).")],
    agency: Annotated[str, typer.Option("--agency", help="Short name of the children's social care that takes the cases in.")],
    holder: Annotated[str, typer.Option("--holder", help="Address of the social worker or manager who holds them at first.")],
    apply: Annotated[str | None, typer.Option("--apply", help="Import the file with this SHA-256, which a preview told.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Show what a Children in Need census would bring, and on your word make cases of it: every child, episode and step, with their clocks.

    First it only tells: what is new, what is here already, what is refused and why, what was not understood, and the file's SHA-256.
    It is imported by that number (--apply), or when you say yes. All of it in one transaction, so nothing is ever half imported; the
    same census twice is once. A large authority's takes minutes.

    Example: havenline census import cin-2026.xml --agency northmere-social-care --holder kit@northmere.example
    """
    must_be_set_up()
    if not file.is_file():
        stop(f"{plain(str(file))} is no file.", Exit.MISSING)
    start_django()
    from django.db import IntegrityError

    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.people.models import Agency, Membership
    from havenline.journey.safeguarding import actions

    area = Agency.objects.filter(slug=agency, kind="social_care").first()
    if area is None:
        known = ", ".join(Agency.objects.filter(kind="social_care").values_list("slug", flat=True)) or "none"
        stop(f"No children’s social care has that short name. There are: {known}.", Exit.REFUSED)
    people = Membership.objects.current().filter(agency=area, role__in=["social_worker", "team_manager"])
    held_by = people.filter(person__email__iexact=holder).first()
    if held_by is None:
        stop("No social worker or team manager of that agency has this address.", Exit.REFUSED)
    try:
        with progress_of(file.stat().st_size) as report:
            found = actions.preview(file=file, agency=area, report=report)
        if apply is None:
            _show(found, json=json, applied=False)
        if apply is None and not _said_yes(found, json):
            raise typer.Exit(Exit.WELL)
        if apply is not None and apply.lower() != found.digest:
            stop("This is another file than the one with that SHA-256. Preview it; nothing was changed.", Exit.REFUSED)
        began = time.monotonic()
        with progress_of(file.stat().st_size) as report:
            done = actions.import_census(file=file, digest=found.digest, agency=area, holder=held_by, by=INSTALLATION, report=report)
    except (CensusError, actions.AnotherCensus, actions.CannotHoldCensus) as error:
        stop_plainly(f"{file} was not imported; nothing was changed. {error}")
    except OSError as error:
        stop(f"{plain(str(file))} cannot be read: {error.strerror or error}. Nothing was changed.", Exit.MISSING)
    except IntegrityError:
        stop("Another import of this area was made at the same time. Nothing was changed: run this again.", Exit.REFUSED)
    ledger.append_committed()
    if json:
        as_json(for_machines(done, applied=True))
    else:
        out.print(
            f"Imported: {done.new_children:,} children, {done.new_episodes:,} cases, in {time.monotonic() - began:,.0f} seconds. "
            f"{held_by.short_name} holds them; a manager can reassign several at once. "
            f"{done.late:,} clocks were late already: they lead the team’s page, and are not raised one by one."
            + (f" {done.erased.count:,} episodes were erased here, and were left out." if done.erased.count else ""),
            soft_wrap=True,
            markup=False,
        )


def _said_yes(found: Any, json: bool) -> bool:
    if json or not found.new_episodes or not sys.stdin.isatty():
        return False
    return typer.confirm("Import it?", default=False, err=True)


def for_machines(found: Any, *, applied: bool) -> dict[str, Any]:
    header = found.header
    return {
        "sha256": found.digest,
        "applied": applied,
        "already_imported": found.already is not None and not applied,
        "local_authority": header.local_authority,
        "year": header.year,
        "reference_date": found.reference.isoformat(),
        "children": found.children,
        "new_children": found.new_children,
        "episodes": found.episodes,
        "new_episodes": found.new_episodes,
        "open_episodes": found.open_episodes,
        "steps": found.steps,
        "late_already": found.late if applied else None,
        "here_with_other_dates": found.differs,
        "erased_here_count": found.erased.count,
        "erased_here": [{"child": one.child, "line": one.line, "referred_on": one.said} for one in found.erased.listed],
        "refused_count": found.refused.count,
        "refused": [
            {"child": one.child, "line": one.line, "element": one.element, "said": one.said, "reason": one.reason}
            for one in found.refused.listed
        ],
        "not_understood_count": found.not_understood.count,
        "not_understood": [
            {"child": one.child, "line": one.line, "element": one.element, "said": one.said, "reason": one.reason}
            for one in found.not_understood
        ],
    }


def _show(found: Any, *, json: bool, applied: bool) -> None:
    if json:
        as_json(for_machines(found, applied=applied))
        return
    said = [
        f"Census of {found.header.local_authority or 'an authority that it does not name'}, year {found.header.year or 'not told'}.",
        f"{found.children:,} children, of whom {found.new_children:,} are new here.",
        f"{found.episodes:,} episodes: {found.new_episodes:,} are new, {found.open_episodes:,} of them open, with {found.steps:,} dates.",
    ]
    if found.differs:
        some = ", ".join(found.differing[:SHOWN])
        said.append(f"{found.differs:,} episodes that are here have other dates in this file; they stay as they are here: {some}.")
    if found.already is not None:
        said.append(f"This very file was imported on {found.already.imported_at:%d %B %Y}.")
    for line in said:
        out.print(plain(line), soft_wrap=True, markup=False)
    _show_places("Erased here, left out", found.erased.count, found.erased.listed)
    _show_places("Would be refused", found.refused.count, found.refused.listed)
    _show_places("Not understood, and left out", found.not_understood.count, list(found.not_understood))
    out.print(f"Nothing was changed. SHA-256 of this file: {found.digest}", soft_wrap=True)
    if found.new_episodes:
        out.print("To import it, run the same with --apply and that number.", soft_wrap=True)


def _show_places(title: str, count: int, places: list[Any]) -> None:
    if not count:
        return
    out.print(f"{title}: {count:,}" + (" (--json lists them)" if count > SHOWN else ""))
    for one in places[:SHOWN]:
        who = f", child {one.child}" if one.child else ""
        said = f", “{one.said}”" if one.said else ""
        out.print(plain(f"  line {one.line:,}{who}{said}: {one.element} {one.reason}"), soft_wrap=True, markup=False)
