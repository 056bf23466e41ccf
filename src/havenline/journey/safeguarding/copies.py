"""What a child's case holds. A child and a household stand outside any one case: they are emptied with the last that is theirs."""

from havenline.foundation.sealing import copies
from havenline.journey.safeguarding.models import (
    Booking,
    CaseEvent,
    CaseNote,
    Child,
    ChildCase,
    ChildKey,
    ChildNumber,
    Household,
    Invitation,
    Merge,
    NotTheSame,
    Paper,
    PaperVersion,
    ProposedDecision,
    Relationship,
    StepDown,
    ToldAtOnce,
)

NOTHING = {"name": "", "other_names": "", "born_on": None, "born_about": "", "expected_on": None, "age_as_told": None}


def empty_child(_reference: str, pk: int) -> int:
    """Children whose other cases are all erased, those who were merged into them, and households in which no other child is left."""
    count = 0
    for child in Child.objects.filter(cases__record=pk):
        if child.cases.exclude(record=pk).filter(record__erased_at=None).exists():
            continue
        each = _with_merged(child)
        homes = [one.household_id for one in each if one.household_id]
        Relationship.objects.filter(child__in=each).update(name="", relation="", said_by="")
        ChildKey.objects.filter(child__in=each).delete()
        ChildNumber.objects.filter(child__in=each).delete()
        Merge.objects.filter(kept__in=each).update(went_over={"cases": [], "relationships": [], "numbers": []})
        count += Child.objects.filter(pk__in=[one.pk for one in each]).update(**NOTHING, school="", language="", household=None)
        count += Household.objects.filter(pk__in=homes, children=None).update(address="")
    return count


def _with_merged(child: Child) -> list[Child]:
    """The child and every row that it is said to be, also through another."""
    found = [child]
    for one in found:
        found += one.merged.all()
    return found


copies.act("child and household", empty_child)
for model in (Child, ChildKey, ChildNumber, Household, Merge, Relationship):
    copies.by_an_act(model, "emptied with the child’s last case")
copies.of_no_record(NotTheSame, "two numbers, and who said so")
copies.emptied(ChildCase, "record")
copies.emptied(CaseEvent, "child_case__record", "note_sealed", kept=dict.fromkeys(("step", "outcome"), "a step of the guidance"))
copies.emptied(Booking, "child_case__record", "words_sealed", kept={"step": "a step of the guidance"})
copies.emptied(CaseNote, "child_case__record", "words_sealed", kept={"about_step": "a step of the guidance"})
copies.emptied(ProposedDecision, "child_case__record", "words_sealed", "answer_sealed", kept={"outcome": "an outcome of the guidance"})
copies.emptied(Paper, "child_case__record", "given_back_sealed", kept={"code": "a form of this room"})
copies.emptied(PaperVersion, "paper__child_case__record", "sealed")
copies.emptied(ToldAtOnce, "child_case__record", kept={"why": "which of the area’s people: holder, manager, duty"})
copies.emptied(
    Invitation,
    "child_case__record",
    "words_sealed",
    "answer_sealed",
    "called_off_sealed",
    kept={"agency": "which kind of agency", "answer_by_hand": "coming or not"},
)
copies.emptied(StepDown, "child_case__record", "words_sealed", kept={"to": "which help goes on"})
