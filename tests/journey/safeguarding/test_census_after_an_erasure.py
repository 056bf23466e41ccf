"""A child who was erased here stays so, whatever a later census holds."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from typer.testing import CliRunner

from havenline.cli import app
from havenline.cli.census import taking_in
from havenline.foundation import moment
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.foundation.retention import actions as retention
from havenline.foundation.work import queue
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import CensusChild, CensusEpisode, Child, ChildCase, ChildNumber, ErasedCensusChild
from tests.census_files import child, episode, message
from tests.journey.safeguarding.census_world import contents, digest_of, given_back
from tests.site.test_row_security import on_postgresql

CLOSED = "<CINclosureDate>2025-06-02</CINclosureDate>", "<ReasonForClosure>RC8</ReasonForClosure>"
IN_MARCH = datetime(2027, 3, 31, 10, 0, tzinfo=moment.LONDON)
Erase = Callable[[ChildCase], None]


@pytest.fixture
def erase(holder: Membership, team_manager: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Erase:
    """Approved by a supervisor as a case that was closed 40 years ago, and erased by the worker."""
    changed = {**vars(settings.INSTALLATION), "retention_journal": str(tmp_path / "journal" / "retention.jsonl")}
    monkeypatch.setattr(settings, "INSTALLATION", type(settings.INSTALLATION)(**changed))

    def end(case: ChildCase) -> None:
        long_ago = moment.now().replace(year=1986)
        Record.objects.filter(pk=case.record_id).update(opened_at=long_ago, closed_at=long_ago)
        retention.approve(records=[Record.objects.get(pk=case.record_id)], count=1, by=team_manager)
        queue.drain()
        assert Record.objects.get(pk=case.record_id).erased_at is not None

    return end


def case_of(number: str, referral: str = "2025-04-01") -> ChildCase:
    return CensusEpisode.objects.get(of_child__number=number, referred_on=date.fromisoformat(referral)).child_case


TEXT = message(child("A1", episode(*CLOSED)), child("B2", episode(*CLOSED)))


def test_the_census_that_brought_an_erased_child_does_not_bring_it_again(take: Any, erase: Erase) -> None:
    take(TEXT)
    erase(case_of("A1"))
    again = take(TEXT)
    assert (again.children, again.new_children, again.new_episodes, again.differs) == (2, 0, 0, 0)
    assert not Child.objects.filter(name="Child A1").exists()
    assert ChildCase.objects.count() == 2


def test_another_census_leaves_out_what_was_erased_and_says_where_it_stands(take: Any, erase: Erase, holder: Membership) -> None:
    take(TEXT)
    erase(case_of("A1"))
    said = take(message(child("C3", episode()), child("A1", episode(*CLOSED))), name="b.xml")
    assert (said.new_children, said.new_episodes) == (1, 1)
    [left_out] = said.erased.listed
    assert (left_out.child, left_out.line, left_out.element, left_out.said) == ("A1", 3, "CINreferralDate", "2025-04-01")
    assert set(CensusChild.objects.values_list("number", flat=True)) == {"", "B2", "C3"}
    _returned, out = given_back(holder.agency)
    assert [one["LAchildID"] for one in contents(out)] == ["B2", "C3"]
    [entry] = [one for one in map(ledger.read, Entry.objects.order_by("-pk")) if one.verb == "imported a census"][:1]
    assert "1 episodes left out as erased here" in entry.reason


def test_a_preview_tells_the_same_as_the_import_does(take: Any, erase: Erase, holder: Membership, tmp_path: Path) -> None:
    take(TEXT)
    erase(case_of("A1"))
    file = tmp_path / "b.xml"
    file.write_text(message(child("A1", episode(*CLOSED), episode(referral="2026-01-05")), child("C3", episode())))
    told = actions.preview(file=file, agency=holder.agency)
    done = actions.import_census(file=file, digest=digest_of(file), agency=holder.agency, holder=holder, by=INSTALLATION)
    assert told.erased.listed == done.erased.listed
    assert [one.said for one in told.erased.listed] == ["2025-04-01", "2026-01-05"]
    for name in ("children", "new_children", "episodes", "new_episodes", "open_episodes", "steps"):
        assert getattr(told, name) == getattr(done, name)
    assert (told.new_children, told.new_episodes) == (1, 1)


def test_what_is_referred_after_the_erasure_is_a_new_child_and_nothing_older_comes_with_it(
    take: Any, erase: Erase, standing_at: Any
) -> None:
    take(TEXT)
    erase(case_of("A1"))
    older = episode(*CLOSED), episode(referral="2026-11-18")  # the very day of the erasure
    text = message(child("A1", *older, episode(referral="2026-11-19")), reference="2027-03-31", year="2027")
    with standing_at(IN_MARCH):
        said = take(text, name="b.xml")
        assert (said.new_children, said.new_episodes, said.erased.count) == (1, 1, 2)
        assert take(text, name="b.xml").new_episodes == 0
    came = Child.objects.get(name="Child A1")
    assert [case.started_on for case in came.cases.all()] == [date(2026, 11, 19)]
    assert came.pk not in ChildCase.objects.exclude(record__erased_at=None).values_list("child", flat=True)


def test_an_erased_case_of_a_child_who_is_still_here_stays_erased(take: Any, erase: Erase) -> None:
    text = message(child("A1", episode(*CLOSED), episode(referral="2025-12-01")))
    take(text)
    erase(case_of("A1"))
    assert not ErasedCensusChild.objects.exists()  # the child is known by its other case
    again = take(text)
    assert (again.new_episodes, again.differs, [one.said for one in again.erased.listed]) == (0, 0, ["2025-04-01"])


def test_every_number_of_a_child_is_remembered_and_no_other_number_nor_anything_else(take: Any, erase: Erase, holder: Membership) -> None:
    take(message(child("A1", episode()), child("B2", episode())))
    one, other = case_of("A1").child, case_of("B2").child
    for system, number in ((ChildNumber.NHS, "943 476 5919"), (ChildNumber.UPN, "H801200001001"), (ChildNumber.CENSUS, "Z9")):
        ChildNumber.objects.create(child=one, system=system, number=number, recorded_at=moment.now(), recorded_by=holder)
    actions.merge(child_case=case_of("A1"), other=other, by=holder)
    erase(case_of("A1"))
    assert not ErasedCensusChild.objects.exists()
    erase(case_of("B2"))
    kept = {ErasedCensusChild.digest_of(holder.agency, number) for number in ("A1", "B2", "Z9")}
    assert dict(ErasedCensusChild.objects.values_list("digest", "erased_on")) == dict.fromkeys(kept, date(2026, 11, 18))
    assert {field.name for field in ErasedCensusChild._meta.get_fields()} == {"id", "agency", "digest", "erased_on"}


def test_another_council_may_use_the_same_number(take: Any, erase: Erase, elsewhere: Membership, tmp_path: Path) -> None:
    take(TEXT)
    erase(case_of("A1"))
    file = tmp_path / "cin.xml"
    told = actions.preview(file=file, agency=elsewhere.agency)
    assert (told.new_children, told.erased.count) == (2, 0)


def test_a_child_that_is_erased_twice_is_remembered_by_the_later_day(take: Any, erase: Erase, standing_at: Any) -> None:
    take(TEXT)
    erase(case_of("A1"))
    with standing_at(IN_MARCH):
        take(message(child("A1", episode(referral="2026-12-01")), reference="2027-03-31"), name="b.xml")
        erase(case_of("A1", "2026-12-01"))
    assert ErasedCensusChild.objects.get().erased_on == date(2027, 3, 31)


def test_the_command_lists_what_was_erased_here_and_says_that_it_was_left_out(
    take: Any, erase: Erase, holder: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "must_be_set_up", lambda: None)
    monkeypatch.setattr(taking_in, "start_django", lambda: None)
    take(TEXT)
    erase(case_of("A1"))
    file = tmp_path / "b.xml"
    file.write_text(message(child("A1", episode(*CLOSED)), child("C3", episode())))

    def run(*words: str) -> str:
        command = ["census", "import", str(file), "--agency", holder.agency.slug, "--holder", holder.person.email, *words]
        return CliRunner().invoke(app, command).stdout

    shown = run()
    assert "2 children, of whom 1 are new here." in shown
    assert "Erased here, left out: 1" in shown
    assert "line 2, child A1, “2025-04-01”: CINreferralDate begins an episode that was erased here" in shown
    told = json.loads(run("--json"))
    assert (told["erased_here_count"], told["erased_here"]) == (1, [{"child": "A1", "line": 2, "referred_on": "2025-04-01"}])
    done = run("--apply", told["sha256"])
    assert "Imported: 1 children, 1 cases" in done
    assert "1 episodes were erased here, and were left out." in done


@on_postgresql
def test_the_database_shows_what_was_erased_to_that_area_alone(
    take: Any, erase: Erase, holder: Membership, elsewhere: Membership, investigator: Membership
) -> None:
    take(TEXT)
    erase(case_of("A1"))
    seen = {}
    for by in (holder, elsewhere, investigator):
        with acting_as(by):
            seen[by] = ErasedCensusChild.objects.count()
    assert seen == {holder: 1, elsewhere: 0, investigator: 0}
