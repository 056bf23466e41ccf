"""Many changes at once: read whole or not at all, held where they take too much away, applied in parts that a kill does not lose."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.lists import actions
from havenline.foundation.lists.actions import Line, NewEntry, importing
from havenline.foundation.lists.models import ImportPart, KnownList, ListEntry, ListImport
from havenline.foundation.people.models import Membership, NotYourRole
from tests.foundation.lists.conftest import pdq, random_pdq

pytestmark = pytest.mark.django_db


def lines(values: Iterable[NewEntry], *, withdraws: bool = False, first: int = 2) -> list[Line]:
    return [Line(number, one, withdraws) for number, one in enumerate(values, first)]


def said_of(entries: Iterable[ListEntry]) -> list[NewEntry]:
    return [NewEntry(one.signal, one.value) for one in entries]


def read(known_list: KnownList, of: Iterable[Line], by: Membership, **more: bool) -> ListImport:
    return actions.read_in(known_list=known_list, lines=of, source="a.csv", by=by, digest="d" * 64, **more)


def applied(imported: ListImport, by: Membership, reason: str = "") -> ListImport:
    imported = actions.begin(imported=imported, by=by, reason=reason)
    for _done in actions.apply_parts(imported=imported):
        continue
    imported.refresh_from_db()
    return imported


def test_reading_changes_nothing_and_says_what_it_would_do(
    hashes: KnownList, senior_analyst: Membership, listed: Callable[[int], list[ListEntry]]
) -> None:
    standing = listed(3)
    new = pdq(quality=20)
    of = [*lines([new, new, *said_of(standing[:1])]), *lines(said_of(standing[1:2]), withdraws=True), *lines([pdq()], withdraws=True)]
    imported = read(hashes, of, senior_analyst)
    counts = ("lines", "additions", "duplicates", "already", "withdrawals", "unknown", "never_matched")
    assert [getattr(imported, name) for name in counts] == [5, 1, 1, 1, 1, 1, 1]
    assert imported.state == "read"
    assert hashes.entries.live().count() == 3


def test_where_a_line_cannot_be_taken_none_is(hashes: KnownList, senior_analyst: Membership) -> None:
    with pytest.raises(actions.LinesRefused) as refused:
        read(hashes, lines([pdq(), NewEntry("md5", "ab"), pdq(), NewEntry("pdq", "x" * 64)]), senior_analyst)
    assert refused.value.count == 2
    assert [number for number, _why in refused.value.errors] == [3, 5]
    assert not ListImport.objects.exists()
    assert not ImportPart.objects.exists()


def test_lines_that_say_the_opposite_of_one_value_are_refused(hashes: KnownList, senior_analyst: Membership) -> None:
    one = pdq()
    with pytest.raises(actions.LinesRefused) as refused:
        read(hashes, [*lines([one]), *lines([one], withdraws=True, first=3)], senior_analyst)
    assert refused.value.errors == [(3, "Another line says the opposite of the same value.")]


def test_it_is_applied_in_parts_and_twice_is_once(hashes: KnownList, senior_analyst: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "IN_A_PART", 4)
    imported = read(hashes, lines(pdq() for _one in range(10)), senior_analyst)
    assert imported.parts.count() == 3
    imported = actions.begin(imported=imported, by=senior_analyst)
    steps = actions.apply_parts(imported=imported)
    assert next(steps).done == 4
    steps.close()  # as a kill leaves it
    assert hashes.entries.live().count() == 4
    for done in actions.apply_parts(imported=imported):
        last = done.done
    assert last == 10
    for _again in actions.apply_parts(imported=imported):
        pytest.fail("what was applied is not applied again")
    imported.refresh_from_db()
    hashes.refresh_from_db()
    assert (imported.state, hashes.live, hashes.sequence) == ("applied", 10, 10)
    assert not imported.parts.exists()


def test_an_import_that_takes_away_most_of_a_list_is_held_for_a_person(
    hashes: KnownList, senior_analyst: Membership, listed: Callable[[int], list[ListEntry]]
) -> None:
    standing = listed(50)
    imported = read(hashes, lines(said_of(standing[:5])), senior_analyst, is_whole=True)
    assert (imported.state, imported.withdrawals) == ("held", 45)
    assert imported.held_why == "It would withdraw 90% of the list: 45 of 50 entries."
    with pytest.raises(actions.WordsMissing):
        actions.apply_import(imported=imported, by=senior_analyst)
    assert hashes.entries.live().count() == 50
    assert applied(imported, senior_analyst, "The source moved to another list.").state == "applied"
    assert hashes.entries.live().count() == 5


@pytest.mark.parametrize(("count", "gone", "state"), [(50, 10, "read"), (50, 11, "held"), (12, 9, "read"), (12, 10, "held")])
def test_what_is_held_is_more_than_a_fifth_and_no_handful(
    hashes: KnownList, senior_analyst: Membership, listed: Callable[[int], list[ListEntry]], count: int, gone: int, state: str
) -> None:
    standing = listed(count)
    assert read(hashes, lines(said_of(standing[:gone]), withdraws=True), senior_analyst).state == state


def test_many_small_losses_of_one_day_that_nobody_looked_at_are_seen_as_one(
    hashes: KnownList, senior_analyst: Membership, listed: Callable[[int], list[ListEntry]]
) -> None:
    standing = said_of(listed(100))

    def loses(begin: int, end: int) -> ListImport:
        return actions.read_in(known_list=hashes, lines=lines(standing[begin:end], withdraws=True), source="pulled", by=CLOCK)

    def passes(imported: ListImport) -> None:
        actions.begin(imported=imported, by=CLOCK)
        for _done in actions.apply_parts(imported=imported):
            continue

    passes(loses(0, 15))
    held = loses(15, 30)
    assert held.state == "held"
    assert held.held_why == "With what the last 24 hours took it would withdraw 30% of the list: 30 of 100 entries."
    assert loses(15, 20).state == "read"  # a fifth together, and no more
    assert actions.read_in(known_list=hashes, lines=lines([pdq()]), source="pulled", by=CLOCK).state == "read"
    with moment.standing_at(moment.now() + timedelta(hours=25)):
        assert loses(15, 30).state == "read"
    assert applied(held, senior_analyst, "Its source says so.").state == "applied"
    assert loses(30, 32).state == "read"  # what a person let pass is not counted again


def test_what_was_refused_is_gone_and_changes_nothing(hashes: KnownList, senior_analyst: Membership) -> None:
    imported = read(hashes, lines([pdq()]), senior_analyst)
    with pytest.raises(actions.WordsMissing):
        actions.refuse_import(imported=imported, reason="", by=senior_analyst)
    actions.refuse_import(imported=imported, reason="Another file.", by=senior_analyst)
    with pytest.raises(actions.NotWaiting):
        actions.apply_import(imported=imported, by=senior_analyst)
    assert not hashes.entries.exists()
    assert not ImportPart.objects.exists()


def test_what_arrives_for_a_held_list_waits_until_it_is_released(hashes: KnownList, senior_analyst: Membership) -> None:
    actions.hold_list(known_list=hashes, reason="Its source was broken into.", by=senior_analyst)
    imported = read(hashes, lines([pdq()]), senior_analyst)
    assert imported.state == "held"
    with pytest.raises(actions.ListHeld):
        actions.apply_import(imported=imported, by=senior_analyst, reason="All is well.")
    actions.release_list(known_list=hashes, by=senior_analyst)
    assert applied(imported, senior_analyst, "Looked at with the source.").state == "applied"


def test_a_list_that_is_held_while_parts_are_applied_keeps_the_rest_back(
    hashes: KnownList, senior_analyst: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "IN_A_PART", 2)
    imported = actions.begin(imported=read(hashes, lines(pdq() for _one in range(4)), senior_analyst), by=senior_analyst)
    steps = actions.apply_parts(imported=imported)
    next(steps)
    steps.close()
    actions.hold_list(known_list=hashes, reason="Wait.", by=senior_analyst)
    assert list(actions.apply_parts(imported=imported)) == []
    imported.refresh_from_db()
    assert (imported.state, imported.done) == ("held", 2)


def test_what_somebody_let_be_applied_who_left_meanwhile_waits_for_another(hashes: KnownList, senior_analyst: Membership) -> None:
    imported = actions.begin(imported=read(hashes, lines([pdq()]), senior_analyst), by=senior_analyst)
    Membership.objects.filter(pk=senior_analyst.pk).update(until=moment.now())
    assert list(actions.apply_parts(imported=imported)) == []
    imported.refresh_from_db()
    assert imported.state == "held"
    assert not hashes.entries.exists()


def test_an_analyst_imports_nothing(hashes: KnownList, analyst: Membership) -> None:
    with pytest.raises(NotYourRole):
        read(hashes, lines([pdq()]), analyst)


def test_a_million_lines_that_say_the_same_cost_nothing_and_are_counted(hashes: KnownList, senior_analyst: Membership) -> None:
    one = NewEntry("pdq", random_pdq())
    many = 50_000  # each costs the same
    imported = read(hashes, (Line(number, one) for number in range(many)), senior_analyst)
    assert (imported.additions, imported.duplicates) == (1, many - 1)
    assert imported.parts.get().count == 1


def test_an_import_has_a_limit_that_is_said(hashes: KnownList, senior_analyst: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_LINES", 3)
    with pytest.raises(actions.LinesRefused) as refused:
        read(hashes, lines(pdq() for _one in range(4)), senior_analyst)
    assert refused.value.errors == [(5, "An import has at most 3 lines: send it in several.")]


def test_what_a_source_withdraws_says_that_it_was_its_source(
    hashes: KnownList, senior_analyst: Membership, listed: Callable[[int], list[ListEntry]]
) -> None:
    [entry] = listed(1)
    applied(read(hashes, [Line(2, NewEntry("pdq", entry.value), withdraws=True, reason="Not illegal")], senior_analyst), senior_analyst)
    entry.refresh_from_db()
    assert (entry.withdrawn_because, entry.withdrawn_reason) == ("source", "Not illegal")
