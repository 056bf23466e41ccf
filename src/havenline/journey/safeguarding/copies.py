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
    Merge,
    NotTheSame,
    Paper,
    PaperVersion,
    ProposedDecision,
    Relationship,
)


def empty_child(_reference: str, pk: int) -> int:
    """Children whose other cases are all erased, and households in which no other child is left."""
    count = 0
    for child in Child.objects.filter(cases__record=pk):
        if child.cases.exclude(record=pk).filter(record__erased_at=None).exists():
            continue
        household = child.household
        Relationship.objects.filter(child=child).update(name="", relation="", said_by="")
        ChildKey.objects.filter(child=child).delete()
        ChildNumber.objects.filter(child=child).delete()
        Merge.objects.filter(kept=child).update(went_over={"cases": [], "relationships": [], "numbers": []})
        nothing = {"name": "", "other_names": "", "born_on": None, "born_about": "", "expected_on": None, "age_as_told": None}
        merged = Child.objects.filter(merged_into=child)  # what was said of them is this child's
        for one in (*merged, child):
            count += Child.objects.filter(pk=one.pk).update(**nothing, school="", language="", household=None)
        if household is not None and not household.children.exists():
            count += Household.objects.filter(pk=household.pk).update(address="")
    return count


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
