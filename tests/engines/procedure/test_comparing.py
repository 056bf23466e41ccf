"""What changed between two editions."""

from pathlib import Path

import pytest
from tests.engines.procedure.written_rules import HELD

from havenline.engines.procedure import EDITIONS, Change, Difference, compare, edition, read_edition, read_guidance


def between(old: str, new: str) -> dict[str, Change]:
    return {change.code: change for change in compare(edition(old), edition(new))}


@pytest.mark.parametrize("name", HELD)
def test_an_edition_differs_from_itself_in_nothing(name: str) -> None:
    assert compare(edition(name), edition(name)) == ()


def test_from_2006_to_2010_the_initial_assessment_was_given_three_days_more() -> None:
    (difference,) = between("2006", "2010")["initial_assessment"].differences
    assert difference == Difference("limit", "7 working days from the referral", "10 working days from the referral")


def test_from_2010_to_2013_one_assessment_took_the_place_of_two() -> None:
    changes = between("2010", "2013")
    assert changes["single_assessment"].kind == "new"
    for gone in ("initial_assessment", "core_assessment"):
        assert changes[gone].kind == "gone"
        assert changes[gone].instead == edition("2013").step("single_assessment")
    assert changes["new_information"].instead is None
    order = list(changes)
    assert order.index("decision_on_referral") < order.index("initial_assessment") < order.index("strategy_discussion")


def test_from_2023_to_2026_only_the_words_of_two_outcomes_changed() -> None:
    assert {code: [d.part for d in change.differences] for code, change in between("2023", "2026").items()} == {
        "decision_on_referral": ["outcome"],
        "single_assessment": ["outcome"],
    }


def test_an_areas_own_rule_is_no_change_of_the_guidance(tmp_path: Path) -> None:
    (tmp_path / "area.toml").write_text(
        """
area = "Coventry"
[[override]]
edition = "2010"
step = "initial_assessment"
from = 2010-03-01
clock = { amount = 7 }
source = "Local"
verified = "secondary"
"""
    )
    assert compare(edition("2010"), read_guidance(EDITIONS, tmp_path).edition("2010")) == ()


def test_what_an_update_changed_already_is_no_change_of_the_next_edition() -> None:
    assert "allegation_against_person_working_with_children" not in between("2018", "2023")
    assert "allegation_against_person_working_with_children" in between("2015", "2023")


def test_what_an_outcome_leads_to_is_compared_by_the_names_of_the_steps() -> None:
    differences = between("1999", "2026")["strategy_discussion"].differences
    assert differences[0] == Difference(
        "what follows",
        "Section 47 enquiry by social care: Section 47 enquiry, Core assessment",
        "Section 47 enquiry by social care: Section 47 enquiry",
    )


def test_back_in_time_what_was_new_is_gone() -> None:
    forward, back = between("1999", "2026"), between("2026", "1999")
    assert set(forward) == set(back)
    assert all(back[code].kind == {"new": "gone", "gone": "new", "changed": "changed"}[forward[code].kind] for code in forward)


def test_role_counting_and_what_counts_are_compared(tmp_path: Path) -> None:
    made_up = """
name = "{name}"
title = "Made up"
in_force_from = 2031-01-06
source = "Made up"
verified = "remembered"
[[step]]
code = "visit"
title = "Visit"
role = "{role}"
status = "local"
source = "Made up"
verified = "remembered"
at_any_time = true
ends = true
[step.clock]
amount = 5
unit = "calendar days"
words = "the last visit"
anchor = "{anchor}"
counting = "{counting}"
starts = [{{ step = "visit" }}]
"""
    for name, role, anchor, counting in (("a", "social worker", "first", "day 0"), ("b", "health visitor", "last", "beginning with")):
        (tmp_path / f"{name}.toml").write_text(made_up.format(name=name, role=role, anchor=anchor, counting=counting))
    (change,) = compare(read_edition(tmp_path / "a.toml"), read_edition(tmp_path / "b.toml"))
    assert change.differences == (
        Difference("role", "social worker", "health visitor"),
        Difference("limit", "5 calendar days from the last visit", "5 calendar days beginning with the last visit"),
        Difference("what counts", "the first such event counts", "the last such event counts"),
    )
