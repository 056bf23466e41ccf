"""A step or a paper as plain text, to be put into another system: nobody types twice."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from havenline.foundation.records.pdf import Block
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import CaseEvent, ChildCase, ChildNumber, Paper
from havenline.journey.safeguarding.queries import case_page, printing
from havenline.journey.safeguarding.queries.reading import local_day_and_time

SHORT = {ChildNumber.NHS: "NHS", ChildNumber.UPN: "UPN"}


def of_event(child_case: ChildCase, event: CaseEvent) -> str:
    """One step as it is recorded: when it happened and when that was written down, by whom, its outcome and its note."""
    line = case_page.event_line(event, child_case)
    blocks = [
        Block(_("When"), line.when),
        Block(_("Outcome"), line.outcome),
        Block(_("By"), line.who),
        Block(_("Recorded"), local_day_and_time(event.recorded_at)),
        Block(_("Put right later"), _("Yes") if line.corrected else ""),
        Block(_("Note"), line.words),
    ]
    if event.step == path.DECISION:
        blocks += [
            Block(_("Whoever referred was told"), f"{told.get_how_display()}: {told.words}")
            for told in child_case.referrer_told.exclude(told_at=None)
        ]
    return as_text(child_case, line.what, blocks)


def of_paper(paper: Paper) -> str:
    """A paper with each answer of the version that stands."""
    return as_text(paper.child_case, paper.title, printing.of_paper(paper))


def as_text(child_case: ChildCase, title: str, blocks: Iterable[Block]) -> str:
    """Lines that any system takes: a heading, then each question with its answer; of a table each row, with its columns named."""
    numbers = [f"{SHORT.get(one.system, one.system)} {one.number}" for one in child_case.child.numbers.filter(ended_on=None)]
    head = [title, ", ".join([child_case.child.name, child_case.reference, *numbers])]
    lines = [*head, ""]
    for block in blocks:
        if block.is_heading:
            lines += ["", block.title, "-" * len(block.title)]
        elif block.rows:
            lines += [f"{block.title}:"] if block.title else []
            for row in block.rows:
                cells = [f"{column}: {said}" for column, said in zip(block.columns, row, strict=True) if said]
                lines.append("- " + "; ".join(cells))
        elif block.words:
            lines.append(f"{block.title}: {block.words}" if block.title else block.words)
    return "\n".join(lines).strip() + "\n"
