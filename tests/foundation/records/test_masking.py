"""What of a record somebody reads who sees it, and what a page and the ledger say of it."""

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from havenline.foundation.handover.actions import court
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind, FileKind, Role
from havenline.foundation.records import actions as records
from havenline.foundation.records import masking
from havenline.foundation.records.masking import Masked, Sight
from havenline.foundation.records.models import Record
from havenline.foundation.sharing import actions as sharing
from havenline.foundation.sharing import queries
from tests import factories

PACKAGE = {
    "answers": {
        "reporter": {"name": "Marlow Penhale"},
        "child": {"town": "Larkhaven"},
        "happened": "An adult stranger asked to meet a child.",
    },
    "relationships": [{"name": "Tamsin Wray", "lives_with": True}],
}
OF_EACH = {"reporter": "Marlow Penhale", "whereabouts": "Larkhaven", "others": "Tamsin Wray"}


@pytest.fixture
def handed_over(on_wednesday: Any) -> HandOver:
    return factories.hand_over(package=PACKAGE)


def one_of(role: str, kind: str, of: HandOver) -> Membership:
    by = factories.member(role, factories.agency(kind))
    if not Record.objects.party_to(by).filter(pk=of.pk).exists():
        records.make_party(record=of.record, agency=by.agency, purpose="the test")
    return by


@pytest.fixture
def officer(handed_over: HandOver) -> Membership:
    return one_of(Role.DESIGNATED_OFFICER, AgencyKind.LADO, handed_over)


@pytest.mark.django_db
def test_a_page_says_what_is_withheld_to_whom_it_is_shown_and_whom_to_ask(
    handed_over: HandOver, officer: Membership, signed_in: Any
) -> None:
    page = signed_in(officer).get(reverse("handover:show", args=[handed_over.reference])).content.decode()
    assert not [words for words in OF_EACH.values() if words in page]
    assert "Withheld from you: who reported" in page
    assert "Shown to: Analyst, Senior analyst, Investigator" in page
    assert "ask Northmere Police" in page
    assert "An adult stranger asked to meet a child." in page


@pytest.mark.django_db
def test_a_look_at_what_is_withheld_from_others_says_so_on_the_ledger_and_where_looks_are_read(
    handed_over: HandOver, officer: Membership, signed_in: Any
) -> None:
    investigator = one_of(Role.INVESTIGATOR, AgencyKind.POLICE, handed_over)
    for by in (officer, investigator):
        signed_in(by).get(reverse("handover:show", args=[handed_over.reference]))
    looks = [one for one in ledger.of_records([handed_over.reference], looks=True) if one.look]
    assert [one.shown for one in looks] == [(), ("others", "reporter", "whereabouts")]
    assert "read who reported" in queries.looks_at(handed_over.record, by=investigator)[0].why


@pytest.mark.django_db
def test_a_copy_for_a_court_withholds_what_its_maker_does_not_read_and_says_so(handed_over: HandOver, officer: Membership) -> None:
    text = court.copy_of(handed_over.record, why="R v Reed", by=officer)
    assert not [words for words in OF_EACH.values() if words in text]
    assert "Withheld from whoever made this copy: who reported." in text
    investigator = one_of(Role.INVESTIGATOR, AgencyKind.POLICE, handed_over)
    assert all(words in court.copy_of(handed_over.record, why="R v Reed", by=investigator) for words in OF_EACH.values())


@pytest.mark.django_db
def test_whoever_breaks_the_glass_reads_where_the_child_is_and_not_who_reported(
    handed_over: HandOver, signed_in: Any, auditor: Membership
) -> None:
    breaker = factories.member(Role.POLICE_SUPERVISOR, factories.agency(AgencyKind.POLICE, "Southmere Police"))
    sharing.break_glass(reference=handed_over.reference, reason="A child may be in danger tonight.", by=breaker)
    page = signed_in(breaker).get(reverse("handover:show", args=[handed_over.reference])).content.decode()
    assert "Larkhaven" in page
    assert "Marlow Penhale" not in page


KEYS = ["answers", "reporter", "child", "town", "household", "relationships", "happened"]
words = some.text(min_size=1, max_size=12)
content = some.recursive(
    words | some.booleans() | some.integers() | some.none(),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(["answers", "reporter", "child", "town", "household", "relationships", "happened"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


def sight(role: str) -> Sight:
    return Sight(Record(reference="HO-2222-2222", kind=FileKind.HAND_OVER), Membership(role=role), through_glass=False)


def leaves(of: Any) -> list[Any]:
    if isinstance(of, dict):
        return [leaf for one in of.values() for leaf in leaves(one)]
    if isinstance(of, list):
        return [leaf for one in of for leaf in leaves(one)]
    return [of]


@given(some.dictionaries(some.sampled_from(["answers", "reporter", "child", "relationships"]), content))
def test_whatever_is_handed_over_keeps_its_shape_and_loses_only_what_a_field_holds(said: dict[str, Any]) -> None:
    nobody, everything = sight(Role.AUDITOR), sight(Role.INVESTIGATOR)
    assert everything.of(said) == said
    masked = nobody.of(said)
    assert len(leaves(masked)) == len(leaves(said))
    changed = [
        (before, after) for before, after in zip(leaves(said), leaves(masked), strict=True) if before != after or isinstance(after, Masked)
    ]
    assert all(isinstance(after, Masked) for _before, after in changed)
    assert bool(changed) == bool(nobody.hidden)
    assert nobody.hidden == everything.shown


@given(content)
def test_nothing_under_a_reporter_is_left_however_deep_it_stands(said: Any) -> None:
    masked = leaves(sight(Role.HEALTH_PRACTITIONER).of({"reporter": said})["reporter"])
    assert all(isinstance(one, Masked) or one in ("", None) for one in masked)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (('seen_by = ["analyst"', 'seen_by = ["analist"'), "analist"),
        (("[fields.others]", "[fields.neighbours]"), "neighbours"),
        (('"reporter", "relation"', '"reporter", "child.town"'), "child.town"),
        (("made_by", "made_from"), "made_by"),
    ],
)
def test_a_table_that_would_show_too_much_is_refused(wrong: tuple[str, str], said: str) -> None:
    text = masking.TABLE.read_text()
    assert wrong[0] in text
    with pytest.raises(masking.NotATable, match=said):
        masking.read(text.replace(*wrong))
