"""What a child's case holds. A child and a household stand outside any one case: they are emptied with the last that is theirs."""

from havenline.foundation import moment
from havenline.foundation.sealing import copies
from havenline.journey.safeguarding.models import (
    Away,
    Booking,
    CalendarFeed,
    CaseEvent,
    CaseNote,
    CensusChild,
    CensusEpisode,
    CensusImport,
    ChairsWeek,
    Child,
    ChildCase,
    ChildKey,
    ChildNumber,
    ConferenceNeed,
    ConferencePlan,
    ConferenceRoom,
    ErasedCensusChild,
    Household,
    Invitation,
    Merge,
    NotTheSame,
    Paper,
    PaperVersion,
    ProposedConference,
    ProposedDecision,
    Reassignment,
    ReferrerTold,
    Relationship,
    Sitting,
    StepDown,
    ToldAtOnce,
    ToldReferral,
    WrongCalendar,
)

NOTHING = {
    **dict.fromkeys(("name", "other_names", "born_about", "found_at", "school", "language"), ""),
    **dict.fromkeys(("born_on", "born_earliest", "born_latest", "expected_on", "age_as_told", "household", "other_household"), None),
    "no_fixed_address": False,
}


def empty_child(_reference: str, pk: int) -> int:
    """Children whose other cases are all erased, those who were merged into them, and households in which no other child is left."""
    count = 0
    for child in Child.objects.filter(cases__record=pk):
        if child.cases.exclude(record=pk).filter(record__erased_at=None).exists():
            continue
        each = _with_merged(child)
        homes = [home for one in each for home in (one.household_id, one.other_household_id) if home]
        emptied = dict.fromkeys(("name", "relation", "said_by", "ended_said_by", "withdrawn_why"), "")
        Relationship.objects.filter(child__in=each).update(**emptied, born_on=None)
        ChildKey.objects.filter(child__in=each).delete()
        _remember_the_numbers(child, each)
        ChildNumber.objects.filter(child__in=each).delete()
        CensusChild.objects.filter(child__in=each).update(number="")
        Merge.objects.filter(kept__in=each).update(went_over={"cases": [], "relationships": [], "numbers": []})
        count += Child.objects.filter(pk__in=[one.pk for one in each]).update(**NOTHING)
        count += Household.objects.filter(pk__in=homes, children=None, children_at_times=None).update(address="")
    return count


def _with_merged(child: Child) -> list[Child]:
    """The child and every row that it is said to be, also through another."""
    found = [child]
    for one in found:
        found += one.merged.all()
    return found


def _remember_the_numbers(child: Child, each: list[Child]) -> None:
    """What a census calls the child stays as keyed digests: a later census would bring back what is erased here."""
    of_census = CensusChild.objects.filter(child__in=each).exclude(number="").values_list("number", flat=True)
    entered = ChildNumber.objects.filter(child__in=each, system=ChildNumber.CENSUS).values_list("number", flat=True)
    for number in {*of_census, *entered}:
        digest = ErasedCensusChild.digest_of(child.agency, number)
        ErasedCensusChild.objects.update_or_create(agency=child.agency, digest=digest, defaults={"erased_on": moment.today()})


copies.act("child and household", empty_child)
for model in (CensusChild, Child, ChildKey, ChildNumber, Household, Merge, Relationship):
    copies.by_an_act(model, "emptied with the child’s last case")
copies.of_no_record(NotTheSame, "two numbers, and who said so")
copies.of_no_record(ErasedCensusChild, "keyed digests of what a census called erased children, so that no census brings them back")
copies.of_no_record(CensusImport, "a file’s digest, its council and its counts")
copies.of_no_record(CalendarFeed, "whose calendar, and a digest")
copies.of_no_record(WrongCalendar, "a count")
copies.emptied(ChildCase, "record")
copies.emptied(CensusEpisode, "child_case__record", "dates", "sealed")
copies.emptied(CaseEvent, "child_case__record", "note_sealed", kept=dict.fromkeys(("step", "outcome"), "a step of the guidance"))
copies.emptied(
    Booking, "child_case__record", "words_sealed", kept={"step": "a step of the guidance", "ended_as": "took place, moved or cancelled"}
)
copies.emptied(CaseNote, "child_case__record", "words_sealed", kept={"about_step": "a step of the guidance"})
copies.emptied(ProposedDecision, "child_case__record", "words_sealed", "answer_sealed", kept={"outcome": "an outcome of the guidance"})
copies.emptied(Reassignment, "child_case__record", "words_sealed")
copies.emptied(Paper, "child_case__record", "given_back_sealed", kept={"code": "a form of this room"})
copies.emptied(ReferrerTold, "child_case__record", "words_sealed", "whom_sealed")
copies.emptied(ToldReferral, "hand_over", kept={"submission": "digest of a random token"})
copies.emptied(PaperVersion, "paper__child_case__record", "sealed")
copies.gone(ProposedConference, "child_case__record")
copies.gone(ConferenceNeed, "child_case__record")
copies.of_no_record(ConferencePlan, "how a plan was made; its rows name the cases")
for table in (ConferenceRoom, Sitting, ChairsWeek, Away):
    copies.of_no_record(table, "an agency’s rooms and hours")
copies.emptied(ToldAtOnce, "child_case__record", kept={"why": "which of its people: holder, manager, duty, another area"})
copies.emptied(
    Invitation,
    "child_case__record",
    "words_sealed",
    "answer_sealed",
    "called_off_sealed",
    kept={"agency": "which kind of agency", "answer_by_hand": "coming or not"},
)
copies.emptied(StepDown, "child_case__record", "words_sealed", kept={"to": "which help goes on"})
