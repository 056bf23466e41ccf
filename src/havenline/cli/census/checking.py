"""`havenline census check`: whether a return has the census's form, and keeps its rules."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from havenline.cli.census.timeliness import stop_plainly
from havenline.cli.speak import Exit, as_json, err, out, plain
from havenline.engines.census import ASKED, Census, CensusError, Fault, FaultOfForm, NoCensus, Rules, WholeCensus, faults_of_form
from havenline.journey.safeguarding.census_calendar import WorkingTogether

LISTED = 1_000
"""Faults of each rule that are listed: a query that every child raises hides no error that one does."""
SHOWN = 3


def check(
    file: Annotated[Path, typer.Argument(help="The census (XML).")],
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Hold a Children in Need census to its form and to the rules that a return must keep, with the child and line of each fault.

    Each rule has the DfE's code beside its name. A query (its name ends in “?”, its code in Q) may be raised by what is true, and is no
    fault. Exit code 0 without a fault, 1 with one, 3 where it is no census. It needs no installation, and keeps nothing. The words are
    ours; where the DfE's own validation says otherwise, that decides.

    Example: havenline census check cin-2026.xml
    """
    try:
        with file.open("rb") as source:
            form = list(faults_of_form(source))
            source.seek(0)
            rules, faults, notes = _held_to_rules(source)
    except CensusError as error:
        stop_plainly(f"{file} was not checked. {error}")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror or error}.", param_hint="FILE") from error
    errors = sum(count for rule, count in rules.items() if not rule.endswith("?"))
    if json:
        as_json(_for_machines(form, rules, faults, notes))
    else:
        _show(form, notes)
        show_rules(rules, faults)
        err.print("No fault found." if not (form or errors or notes) else "It has faults.", markup=False)
    raise typer.Exit(Exit.NOT_WELL if form or errors or notes else Exit.WELL)


def _held_to_rules(source: BinaryIO) -> tuple[Counter[str], list[Fault], int]:
    """By two readings: a header may stand at the end, and each rule asks the reference date. Raises CensusError."""
    told = Census(source)
    for _child in told.children():
        pass
    if told.header.reference_date is None:
        raise NoCensus("Its header has neither a ReferenceDate nor a Year, so no rule can be held to it.")
    source.seek(0)
    census, counted, faults = WholeCensus(source), Counter[str](), list[Fault]()
    rules = Rules(reference=told.header.reference_date, calendar=WorkingTogether())
    for child in census.children():
        for fault in rules.faults(child.content or {}):
            counted[fault.rule] += 1
            if counted[fault.rule] <= LISTED:
                faults.append(fault)
    of_the_return = rules.faults_of_the_return(year=told.header.year)
    counted.update(fault.rule for fault in of_the_return)
    return counted, faults + of_the_return, census.not_understood.count


def _for_machines(form: list[FaultOfForm], rules: Counter[str], faults: list[Fault], notes: int) -> dict[str, Any]:
    return {
        "form": [{"line": one.line, "element": one.element, "reason": one.reason} for one in form],
        "rules": dict(sorted(rules.items())),
        "codes": {rule: ASKED[rule].code for rule in sorted(rules)},
        "faults": [asdict(one) for one in faults],
        "not_understood": notes,
    }


def _show(form: list[FaultOfForm], notes: int) -> None:
    for one in form[: SHOWN * 10]:
        out.print(plain(f"line {one.line:,}: <{one.element}> {one.reason}"), soft_wrap=True, markup=False)
    if len(form) > SHOWN * 10:
        out.print(f"and {len(form) - SHOWN * 10:,} more faults of form (--json has them)")
    if notes:
        out.print(f"{notes:,} places could not be understood (havenline census timeliness lists them)")


def show_rules(rules: Counter[str], faults: list[Fault]) -> None:
    """Each rule, by the DfE's code and ours after them, with how many broke it, and the first of them."""
    for rule, count in sorted(rules.items(), key=lambda one: (ASKED[one[0]].code or "own", one[0])):
        out.print(f"{count:>7,}  {ASKED[rule].code or 'own':<5}  {rule}", markup=False)
        for fault in [one for one in faults if one.rule == rule][:SHOWN]:
            said = f" “{fault.said}”" if fault.said else ""
            whose = f"child {fault.child}" if fault.child else "the return"
            out.print(plain(f"         {whose}, {fault.element}{said}: {fault.words}"), soft_wrap=True, markup=False)
