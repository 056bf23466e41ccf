"""`havenline trace`: one report through every agency, read from the ledger."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from havenline.cli.speak import Exit, as_json, must_be_set_up, out, start_django, stop


def trace(
    reference: Annotated[str, typer.Argument(help="The reference of a report, hand-over or case, such as HL-7K2M-94QD.")],
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Show every step of one report, and who holds it now. It is recorded on the ledger that this was looked at.

    Example: havenline trace HL-7K2M-94QD
    """
    must_be_set_up()
    start_django()
    from django.core.serializers.json import DjangoJSONEncoder
    from django.db.utils import DatabaseError

    from havenline.foundation.handover.trace import trace_of
    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.records.models import Record

    try:
        record = Record.objects.filter(reference=reference.strip().upper()).first()
        if record is None:
            stop(f"There is no record {reference}. A reference looks like HL-7K2M-94QD.", Exit.MISSING)
        ledger.looked(INSTALLATION, record, reason="command line")
        found = trace_of(record)
    except DatabaseError as error:
        stop(f"The database does not answer: {error}", Exit.MISSING)
    if json:
        import json as writer

        as_json(writer.loads(writer.dumps(asdict(found), cls=DjangoJSONEncoder)))
    else:
        _show(found)


def _show(found: Any) -> None:
    out.print(f"[bold]{found.reference}[/], begun {found.opened_at:%d %b %Y %H:%M} UTC")
    steps = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("When", "Who", "What", "Clock"):
        steps.add_column(title)
    for step in found.steps:
        who = ", ".join(filter(None, (str(step.who), str(step.agency))))
        clock = f"{step.chip.text} {step.chip.date_text}".strip() if step.chip else ""
        # As text, never as markup: names are people's own.
        steps.add_row(
            *(Text(words) for words in (str(step.when), who, str(step.text), clock)), style="" if step.state == "happened" else "dim"
        )
    out.print(steps)
    for holder in found.holders:
        held = ", ".join(filter(None, (str(holder.person), str(holder.agency), str(holder.detail))))
        out.print(Text(f"Held now: {holder.kind} {holder.reference}: {held}"))
    if found.elsewhere:
        out.print("Continues elsewhere.")
