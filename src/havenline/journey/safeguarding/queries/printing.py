"""A case and its papers as a court takes them: everything that is recorded, in its order, with who said so."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.foundation.records.pdf import Block
from havenline.journey.safeguarding.models import ChildCase, Paper
from havenline.journey.safeguarding.queries import case_page, writing
from havenline.journey.safeguarding.queries.reading import local_day_and_time


def of_paper(paper: Paper) -> Iterable[Block]:
    """Who wrote, finished and signed it off, and each answer of the version that stands."""
    last = writing.last(paper)
    yield Block(_("State"), str(paper.get_state_display()))
    yield Block(_("Version"), f"{last.number}: {last.by.short_name}, {local_day_and_time(last.saved_at)}")
    if paper.finished_at and paper.finished_by and paper.state != Paper.State.OPEN:
        yield Block(_("Finished by"), f"{paper.finished_by.short_name}, {local_day_and_time(paper.finished_at)}")
    if paper.signed_at and paper.signed_by:
        yield Block(_("Signed off by"), f"{paper.signed_by.short_name}, {local_day_and_time(paper.signed_at)}")
    for title, answers in writing.in_words(paper.form, last.content()):
        yield Block(title, is_heading=True)
        for one in answers:
            yield Block(one.title, one.words, one.columns, one.rows)


def _what(line: case_page.Line) -> str:
    said = f"{line.what}: {line.outcome}" if line.outcome else line.what
    return f"{said} ({_('put right later')})" if line.corrected else said


def of_case(child_case: ChildCase, *, by: Membership) -> Iterable[Block]:
    """The child, the clocks, what is recorded in its order, and every paper."""
    shown = case_page.shown(child_case, by=by)
    child = child_case.child
    yield Block(_("The child"), is_heading=True)
    told = {
        _("Name"): child.name,
        _("Also called"): child.other_names,
        _("Born"): f"{child.born_on:%d %b %Y}" if child.born_on else child.born_about,
        _("Age"): str(child.age) if child.age is not None else "",
        _("Expected"): str(child.expected_on or ""),
        _("School"): child.school,
        _("Language"): child.language,
        _("Household"): f"{child.household.number} {child.household.address}".strip() if child.household else "",
        _("Numbers"): ", ".join(str(one) for one in child.numbers.all()),
    }
    yield from (Block(title, words) for title, words in told.items() if words)
    if around := shown["relationships"]:
        rows = [[one.name, one.relation, f"{one.said_by}, {one.said_on:%d %b %Y}"] for one in around]
        yield Block(_("Around the child"), columns=[_("Who"), _("Related how"), _("Who said so")], rows=rows)
    yield Block(_("Clocks"), is_heading=True)
    yield Block(_("Edition"), shown["edition"].title)
    for clock in shown["clocks"]:
        yield Block(clock.title, f"{clock.reading.text} {clock.reading.date_text}. {clock.amount} {clock.sentence} {clock.source}")
    if ended := shown["ended_clocks"]:
        rows = [[state.title, started, due, reading.text] for state, reading, started, due in ended]
        yield Block(_("Clocks that ended"), columns=[_("Step"), _("From"), _("Due"), _("How it ended")], rows=rows)
    yield Block(_("Recorded"), is_heading=True)
    rows = [[line.when, _what(line), line.words, line.who, line.entry] for line in sorted(shown["recorded"], key=lambda line: line.sort)]
    columns = [_("When"), _("What"), _("In words"), _("By"), _("Ledger")]
    yield Block("", columns=columns, rows=rows) if rows else Block("", _("Nothing is recorded."))
    for paper in reversed(writing.of_case(child_case)):
        yield Block(paper.title, is_heading=True)
        yield from (Block(one.title, one.words, one.columns, one.rows) for one in of_paper(paper) if not one.is_heading)
