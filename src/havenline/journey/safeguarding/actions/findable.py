"""A child's cases are found by the child's names, birthday, household, school and numbers, by whoever is around the child, and by what
was written: of free text, which lies sealed, only marks are kept (search.marks)."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import OuterRef, Subquery

from havenline.engines import linking
from havenline.foundation.ledger.actors import THE_INSTALLATION, acting_for
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.search import actions as search
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Child, ChildCase, ChildKey, PaperVersion, Relationship
from havenline.journey.safeguarding.paper_form import in_words
from havenline.journey.safeguarding.queries import same_child


def make_findable(child: Child) -> None:
    """Index every case of this child afresh, and keep its keys. Called inside the action that changed what is known."""
    for child_case in ChildCase.objects.filter(child=child, record__erased_at=None).select_related("record"):
        _index(child_case, child)
    _keep_keys(child)


def make_case_findable(child_case: ChildCase) -> None:
    """Index one case afresh. Called inside the action that put something in it right, took it back, or wrote it anew."""
    _index(child_case, child_case.child)


def make_words_findable(child_case: ChildCase, *words: str, days: Iterable[date] = ()) -> None:
    """The same for what was only added: no other word is read, and no key is opened. Called inside the action that wrote it."""
    if not search.index_more(child_case.record, sealed=words, days=days):
        make_case_findable(child_case)


def _index(child_case: ChildCase, child: Child) -> None:
    homes = [home for home in (child.household, child.other_household) if home]
    household = [part for home in homes for part in (home.number, home.address)] + [child.found_at]
    around = [relationship.name for relationship in Relationship.objects.standing().filter(child=child)]
    numbers = [one.number for one in child.numbers.all()]
    text = "\n".join([*child.names, child.school, *household, *around, *numbers])
    # What another agency does, such as an answer, is found in this case too, to which they hold no key.
    with acting_for(THE_INSTALLATION), sealing.kept_open():
        search.index(child_case.record, text, sealed=_written(child_case), days=_days(child_case, child))


def _days(child_case: ChildCase, child: Child) -> Iterator[date]:
    yield from (day for day in (child.born_on, child.expected_on) if day)
    yield from (event.happened_on for event in path.standing_events(child_case))


def _written(child_case: ChildCase) -> Iterator[str]:
    """Free text: notes, reasons, who was invited and told what, which help goes on, and what stands in each paper."""
    yield from (event.note for event in path.standing_events(child_case))
    yield from (note.words for note in (*child_case.notes.all(), *child_case.reassignments.all()))
    yield from (row.words for row in (*child_case.steps_down.all(), *child_case.referrer_told.filter(set_aside_at=None)))
    for invitation in child_case.invitations.select_related("child_case__record", "hand_over__record"):
        yield from (*invitation.said.values(), invitation.answer_words, invitation.why_called_off)
    last = PaperVersion.objects.filter(paper=OuterRef("paper"), aside=False).order_by("-number").values("number")[:1]
    standing = PaperVersion.objects.filter(paper__child_case=child_case, aside=False, number=Subquery(last))
    for version in standing.select_related("paper__child_case__record"):
        content = version.content()
        for field in version.paper.form.fields:
            said = in_words(field, content.get(field.name))
            yield from (str(cell) for row in said for cell in row) if isinstance(said, list) else (str(said),)


def _keep_keys(child: Child) -> None:
    """Under which keys this child is found who may be the same; none for one that was merged into another."""
    wanted = set() if child.merged_into_id else set(linking.keys_of(same_child.described(child)))
    there = dict(ChildKey.objects.filter(child=child).values_list("key", "pk"))
    ChildKey.objects.filter(pk__in=[pk for key, pk in there.items() if key not in wanted]).delete()
    ChildKey.objects.bulk_create([ChildKey(child=child, key=key) for key in sorted(wanted - set(there))], ignore_conflicts=True)
