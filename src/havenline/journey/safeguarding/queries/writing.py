"""Papers as screens show them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from havenline.journey.safeguarding import papers
from havenline.journey.safeguarding.models import ChildCase, Paper, PaperVersion
from havenline.journey.safeguarding.paper_form import in_words as answer_in_words

SHOWN, READ = 100, 2_000  # versions


@dataclass(frozen=True)
class Answer:
    """A question with its answer as it is read: `words`, or `rows` under `columns`."""

    title: str
    words: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Changed:
    """A question whose answer differs: then, and now."""

    title: str
    then: Answer
    now: Answer


def find(child_case: ChildCase, *, code: str, number: int) -> Paper | None:
    """A paper of a case that this person was found to see."""
    papers_of = child_case.papers.filter(code=code, number=number)
    return papers_of.select_related("child_case__record__agency", "begun_by__person", "finished_by__person", "signed_by__person").first()


def being_written(child_case: ChildCase, code: str) -> Paper:
    """The paper of this form that was begun last."""
    return child_case.papers.select_related("child_case__record").filter(code=code).latest("number")


def of_case(child_case: ChildCase) -> list[Paper]:
    """Every paper, the last begun first."""
    return list(
        child_case.papers.select_related("begun_by__person", "finished_by__person", "signed_by__person").order_by("-begun_at", "-id")
    )


def to_begin(child_case: ChildCase) -> list[papers.Form]:
    """Forms of which none is being written on this case."""
    there = {paper.code: paper for paper in child_case.papers.all()}
    open_now = {paper.code for paper in child_case.papers.exclude(state=Paper.State.FINISHED)}
    return [form for code, form in papers.forms().items() if code not in open_now and (form.many or code not in there)]


def last(paper: Paper) -> PaperVersion:
    """What stands."""
    found = paper.versions.filter(aside=False).select_related("by__person").last()
    assert found is not None  # noqa: S101  (a paper begins with one)
    return found


def versions(paper: Paper) -> list[PaperVersion]:
    """The last first; of what one person typed within a minute the last of it."""
    rows = list(paper.versions.select_related("by__person").order_by("-number")[:READ])
    return [one for one, after in zip(rows, [None, *rows], strict=False) if after is None or not after.goes_on_from(one)][:SHOWN]


def version(paper: Paper, number: str) -> PaperVersion | None:
    return paper.versions.filter(number=int(number)).first() if number.isdecimal() and len(number) <= 8 else None


def in_words(form: papers.Form, content: dict[str, Any]) -> list[tuple[str, list[Answer]]]:
    """By part; what was not said is left out, and what is no longer asked stands last."""
    found = []
    form = papers.form_of(form.code, content)
    for part in form.parts:
        answers = [_answer(field, content.get(field.name)) for field in part.fields if not field.is_empty(content.get(field.name))]
        if answers:
            found.append((part.title, answers))
    return found


def _answer(field: papers.Field, said: Any) -> Answer:
    words = answer_in_words(field, said)
    if isinstance(words, list):
        return Answer(
            field.title, columns=tuple(title for _code, title in field.columns), rows=tuple(tuple(map(str, row)) for row in words)
        )
    return Answer(field.title, str(words))


def changes(paper: Paper, then: PaperVersion) -> list[Changed]:
    """Where an earlier version, or one kept aside, differs from what stands."""
    before, now = then.content(), last(paper).content()
    return [
        Changed(field.title, _answer(field, before.get(field.name)), _answer(field, now.get(field.name)))
        for field in paper.form.fields
        if before.get(field.name) != now.get(field.name)
    ]


def side_by_side(paper: Paper, saved: Any) -> list[Changed]:
    """What two people wrote in the same place: the other's, and one's own."""
    return [
        Changed(paper.form.field(name).title, _answer(paper.form.field(name), theirs), _answer(paper.form.field(name), mine))
        for name, (theirs, mine) in saved.clash.items()
    ]


def said_of(saved: Any) -> str:
    """What became of a saving, in words."""
    if saved.clash:
        return str(_("Somebody changed the same meanwhile. What you wrote is kept: look at both."))
    if saved.brought_together:
        return str(_("Saved, beside what somebody else changed meanwhile: %(what)s.")) % {"what": ", ".join(saved.brought_together)}
    return str(_("Saved."))
