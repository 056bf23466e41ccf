"""A case and its papers as a court takes them: everything that is recorded, in its order, with who said so."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.foundation.records.pdf import Block
from havenline.journey.safeguarding.models import ChildCase, Paper, ReferrerTold
from havenline.journey.safeguarding.queries import case_page, chronology, writing
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


def of_letter(child_case: ChildCase, letter: ReferrerTold) -> Iterable[Block]:
    """The answer as whoever referred reads it: their address, the words, who wrote it. It names no child and no case beyond the words."""
    yield Block(_("To"), letter.whom)
    yield Block(_("Our answer"), letter.words)
    yield Block(_("From"), f"{letter.by.name}, {child_case.record.agency.name}")


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
    cases = chronology.cases_of(child_case, by=by, to_print=True)
    if len(cases) > 1:  # of one case alone it would say the same again
        yield Block(_("Chronology over all of the child’s cases"), is_heading=True)
        yield _entries(chronology.chronology(cases, by=by))
    for paper in reversed(writing.of_case(child_case)):
        yield Block(paper.title, is_heading=True)
        yield from (Block(one.title, one.words, one.columns, one.rows) for one in of_paper(paper) if not one.is_heading)


def of_chronology(
    child_case: ChildCase, cases: list[ChildCase], events: list[chronology.Event], *, narrowed: bool = False
) -> Iterable[Block]:
    """The child's chronology: over which cases, who must not be told, and each entry with the file that it stands in."""
    yield Block(_("The child"), child_case.child.named)
    yield Block(_("Over these cases"), ", ".join(f"{case.reference} ({case.record.agency.name})" for case in cases))
    if silent := {str(silence.get_audience_display()) for case in cases for silence in case_page.silences(case)}:
        yield Block(_("Not to be told"), ", ".join(sorted(silent)))
    if narrowed:
        yield Block(_("An extract"), _("Entries were chosen by kind, period, agency or words. The whole chronology has more."))
    yield _entries(events)


def _entries(events: list[chronology.Event]) -> Block:
    rows = []
    for one in events:
        when = _("%(when)s (entered %(day)s)") % {"when": one.when, "day": one.recorded} if one.recorded else one.when
        by = ", ".join(dict.fromkeys(filter(None, [one.who, one.agency.name])))
        rows.append([when, one.what, one.words, by, one.source])
    columns = [_("When"), _("What"), _("In words"), _("By"), _("Stands in")]
    return Block("", columns=columns, rows=rows) if rows else Block("", _("Nothing is recorded."))
