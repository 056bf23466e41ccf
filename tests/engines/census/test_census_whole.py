"""All that a census holds of a child: read however it is written, written again, and held to its form and rules."""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.census_files import PlainCalendar, assessment, child, enquiry, episode, message, one, plan

from havenline.engines.census import Content, Rules, Unsafe, WholeCensus, faults_of_form, upn_is_right, write
from havenline.engines.census.shape import CHILD, Group, Leaf

HEADER = {"Collection": "CIN", "Year": "2026", "ReferenceDate": "2026-03-31"}


def read(text: str) -> list[Content]:
    return [one.content or {} for one in WholeCensus(io.BytesIO(text.encode())).children()]


def written(children: Iterable[Content]) -> str:
    out = io.StringIO()
    write(out, HEADER, children)
    return out.getvalue()


def form(text: str | bytes) -> list[tuple[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    return [(one.element, one.reason) for one in faults_of_form(io.BytesIO(data))]


# Reading


def test_a_child_is_read_with_every_element_by_its_name() -> None:
    [found] = read(message(child("A1", episode(assessment("2025-05-01", "2025-06-02"), plan("2025-05-20", "2025-08-01")))))
    assert found == {
        "LAchildID": "A1",
        "PersonBirthDate": "2015-06-01",
        "CINdetails": [
            {
                "CINreferralDate": "2025-04-01",
                "ReferralSource": "1A",
                "Assessments": [
                    {"AssessmentActualStartDate": "2025-05-01", "AssessmentAuthorisationDate": "2025-06-02", "AssessmentFactors": ["3B"]}
                ],
                "ChildProtectionPlans": [{"CPPstartDate": "2025-05-20", "InitialCategoryOfAbuse": "NEG", "CPPreviewDate": ["2025-08-01"]}],
            }
        ],
    }


def test_names_without_regard_to_case_or_namespace_and_days_with_hours() -> None:
    text = message(child("A1", episode(assessment("2025-05-01T00:00:00"))))
    changed = text.replace("AssessmentActualStartDate", "x:ASSESSMENTactualSTARTdate").replace("CINdetails", "x:cindetails")
    assert read(changed) == read(text)


def test_several_in_one_group_are_several() -> None:
    two = (
        "<Assessments>" + one("AssessmentActualStartDate", "2025-05-01") + one("AssessmentActualStartDate", "2025-06-01") + "</Assessments>"
    )
    nested = two.replace("<AssessmentActual", "<Assessment><AssessmentActual").replace("StartDate></", "StartDate></Assessment></")
    nested = nested.replace("StartDate><Assessment>", "StartDate></Assessment><Assessment>").replace(
        "</Assessment></Assessments>", "</Assessment></Assessments>"
    )
    for text in (two, nested):
        [found] = read(message(child("A1", episode(text))))
        assert [each["AssessmentActualStartDate"] for each in found["CINdetails"][0]["Assessments"]] == ["2025-05-01", "2025-06-01"]


def test_a_conference_inside_an_enquiry_is_its_own_and_one_outside_is_the_episodes() -> None:
    [found] = read(message(child("A1", episode(one("DateOfInitialCPC", "2025-04-20"), enquiry("2025-05-01", "2025-05-12")))))
    [only] = found["CINdetails"]
    assert (only["DateOfInitialCPC"], only["Section47"][0]["DateOfInitialCPC"]) == ("2025-04-20", "2025-05-12")


@pytest.mark.parametrize(
    ("text", "element"),
    [
        (one("ReferralNFA", "perhaps"), "ReferralNFA"),
        (
            "<ChildProtectionPlans>" + one("CPPstartDate", "2025-05-01") + one("NumberOfPreviousCPP", "two") + "</ChildProtectionPlans>",
            "NumberOfPreviousCPP",
        ),
        (one("CINPlanStartDate", "2025-05-01"), "CINPlanStartDate"),
        (one("PrimaryNeedCode", "N1") + one("PrimaryNeedCode", "N2"), "PrimaryNeedCode"),
        (one("CINclosureDate", "soon"), "CINclosureDate"),
    ],
)
def test_what_is_not_understood_is_listed_with_its_line_and_left_out(text: str, element: str) -> None:
    census = WholeCensus(io.BytesIO(message(child("A1", episode(text))).encode()))
    list(census.children())
    assert [(note.child, note.line, note.element) for note in census.not_understood] == [("A1", 2, element)]


def test_a_document_type_is_refused_here_too() -> None:
    with pytest.raises(Unsafe, match="DOCTYPE"):
        read("<!DOCTYPE Message>" + message(child("A1", episode())))


# Writing


def contents(group: Group) -> st.SearchStrategy[Content]:
    """Whatever the shape allows."""
    said: dict[str, st.SearchStrategy[Any]] = {}

    def add(group: Group) -> None:
        for part in group.parts:
            if isinstance(part, Group) and part.many:
                said[part.name] = st.lists(contents(part).filter(bool), min_size=1, max_size=2)
            elif isinstance(part, Group):
                add(part)
            else:
                said[part.name] = st.lists(words(part), min_size=1, max_size=2) if part.many else words(part)

    add(group)
    return st.fixed_dictionaries({}, optional=said)


def words(leaf: Leaf) -> st.SearchStrategy[str]:
    if leaf.kind == "date":
        return st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(date.isoformat)
    if leaf.kind == "flag":
        return st.sampled_from(["true", "false"])
    if leaf.kind == "number":
        return st.integers(0, 999).map(str)
    if leaf.codes:
        return st.sampled_from(sorted(leaf.codes))
    return st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@given(st.lists(contents(CHILD).filter(lambda one: len(one) > 1), max_size=2))
def test_whatever_is_written_is_read_again_and_has_the_form_of_a_census(children: list[Content]) -> None:
    text = written(children)
    assert read(text) == children
    assert form(text) == []


def test_letters_that_xml_cannot_hold_are_left_out_of_what_is_written() -> None:
    assert read(written([{"LAchildID": "A\x00\x0b<&>1"}])) == [{"LAchildID": "A <&>1"}]


# Form


@pytest.mark.parametrize(
    ("was", "instead", "fault"),
    [
        ("<LAchildID>A1</LAchildID>", "<LAchildID></LAchildID>", ("LAchildID", "is empty: what is not known is left out")),
        ("<LAchildID>A1</LAchildID>", "<LAchildID>A1</LAchildID><LAchildID>A2</LAchildID>", ("LAchildID", "stands twice")),
        ("<Sex>F</Sex>", "<Sex>X</Sex>", ("Sex", "is a code that the census does not have")),
        ("2025-04-01", "1 April", ("CINreferralDate", "is no date (YYYY-MM-DD)")),
        ("<ReferralSource>1A</ReferralSource>", "", None),
        ("<Sex>F</Sex>", "<Shoe>42</Shoe>", ("Shoe", "does not belong in <ChildIdentifiers>")),
        ("<Sex>F</Sex>", "<Sex>F</Sex><UPN>A</UPN>", ("UPN", "stands after <Sex>, before which it belongs")),
        ("<Sex>F</Sex>", "<Sex><b/>F</Sex>", ("b", "stands inside <Sex>")),
        ("<Sex>F</Sex>", '<Sex a="1">F</Sex>', ("Sex", "has an attribute, which no element of the census has")),
        ("<Children>", "<Children>stray", ("Children", "holds words, where only elements belong")),
        ("</Message>", "", ("", "is no well-formed XML: no element found")),
        ("<Message>", "<!DOCTYPE Message><Message>", ("", "declares a document type, which no census has")),
        ("<Message>", "<Massage>", ("Massage", "is no census")),
    ],
)
def test_a_fault_of_form_is_told_with_its_element(was: str, instead: str, fault: tuple[str, str] | None) -> None:
    text = written([{"LAchildID": "A1", "Sex": "F", "CINdetails": [{"CINreferralDate": "2025-04-01", "ReferralSource": "1A"}]}])
    assert was in text
    found = form(text.replace(was, instead, 1))
    assert (fault in found) if fault else found == []


def test_a_fault_of_form_says_its_line() -> None:
    text = written([{"LAchildID": "A1", "Sex": "X"}])
    [fault] = faults_of_form(io.BytesIO(text.encode()))
    assert text.splitlines()[fault.line - 1].strip() == "<Sex>X</Sex>"


def test_nothing_is_no_census() -> None:
    assert form("") == [("", "is empty")]


# Rules

WELL: Content = {
    "LAchildID": "A1",
    "UPNunknown": "UN4",
    "PersonBirthDate": "2015-06-01",
    "Sex": "F",
    "Ethnicity": "WBRI",
    "Disability": ["NONE"],
}
WELL_EPISODE: Content = {"CINreferralDate": "2025-04-01", "ReferralSource": "1A", "PrimaryNeedCode": "N1", "ReferralNFA": "false"}


def broken(episode: Content | None = None, *more: Content, **of_child: Any) -> list[str]:
    said = {**WELL, "CINdetails": [{**WELL_EPISODE, **(episode or {})}, *more], **of_child}
    said = {name: value for name, value in said.items() if value is not None}
    return [fault.rule for fault in Rules(reference=date(2026, 3, 31), calendar=PlainCalendar()).faults(said)]


def of_plan(start: str, end: str | None = None, *reviews: str, **more: Any) -> Content:
    said = {"CPPstartDate": start, "CPPendDate": end, "CPPreviewDate": list(reviews), "NumberOfPreviousCPP": "0"}
    return {**said, "InitialCategoryOfAbuse": "NEG", "LatestCategoryOfAbuse": "NEG", **more}


def test_a_child_that_keeps_every_rule_breaks_none() -> None:
    whole = {
        "Assessments": [
            {"AssessmentActualStartDate": "2025-04-02", "AssessmentAuthorisationDate": "2025-05-01", "AssessmentFactors": ["3B"]}
        ],
        "Section47": [
            {
                "S47ActualStartDate": "2025-05-02",
                "InitialCPCtarget": "2025-05-23",
                "DateOfInitialCPC": "2025-05-15",
                "ICPCnotRequired": "false",
            }
        ],
        "ChildProtectionPlans": [of_plan("2025-05-15", None, "2025-08-05")],
    }
    assert broken(whole) == []


@pytest.mark.parametrize(
    ("rule", "episode", "of_child"),
    [
        ("child-number-missing", {}, {"LAchildID": None}),
        ("no-episode", {}, {"CINdetails": []}),
        ("upn-wrong", {}, {"UPN": "A123456789123", "UPNunknown": None}),
        ("upn-or-reason", {}, {"UPN": "B820000105001"}),
        ("upn-or-reason", {}, {"UPNunknown": None}),
        ("upn-reason-no-further-action", {}, {"UPNunknown": "UN7"}),
        ("sex-missing", {}, {"Sex": None}),
        ("ethnicity-missing", {}, {"Ethnicity": None}),
        ("disability-missing", {}, {"Disability": None}),
        ("disability-none-and-another", {}, {"Disability": ["NONE", "HEAR"]}),
        ("disability-twice", {}, {"Disability": ["HEAR", "HEAR"]}),
        ("birth-or-expected-birth", {}, {"PersonBirthDate": None}),
        ("birth-or-expected-birth", {}, {"ExpectedPersonBirthDate": "2026-02-01"}),
        ("born-after-period", {}, {"PersonBirthDate": "2026-04-01"}),
        ("expected-far-off?", {}, {"PersonBirthDate": None, "ExpectedPersonBirthDate": "2027-02-01"}),
        ("referral-after-death", {}, {"PersonDeathDate": "2025-03-01"}),
        ("older-than-25?", {}, {"PersonBirthDate": "1999-06-01"}),
        ("referral-missing", {"CINreferralDate": None}, {}),
        ("referral-after-period", {"CINreferralDate": "2026-04-01"}, {}),
        ("no-further-action-missing", {"ReferralNFA": None}, {}),
        ("no-further-action-and-yet", {"ReferralNFA": "true", "CINPlanDates": [{"CINPlanStartDate": "2025-05-01"}]}, {}),
        ("source-missing", {"ReferralSource": None}, {}),
        ("need-missing", {"PrimaryNeedCode": None}, {}),
        ("closed-before-referral", {"CINreferralDate": "2025-06-02", "CINclosureDate": "2025-06-01", "ReasonForClosure": "RC7"}, {}),
        ("closed-without-reason", {"CINclosureDate": "2025-06-01"}, {}),
        ("reason-without-closure", {"ReasonForClosure": "RC7"}, {}),
        ("closed-after-period", {"CINclosureDate": "2026-06-01", "ReasonForClosure": "RC7"}, {}),
        ("closed-before-period", {"CINreferralDate": "2024-06-01", "CINclosureDate": "2025-03-31", "ReasonForClosure": "RC7"}, {}),
        (
            "closed-after-assessment-and-yet",
            {"CINclosureDate": "2025-06-01", "ReasonForClosure": "RC8", "CINPlanDates": [{"CINPlanStartDate": "2025-05-01"}]},
            {},
        ),
        ("cin-plan-out-of-order", {"CINPlanDates": [{"CINPlanStartDate": "2025-05-02", "CINPlanEndDate": "2025-05-01"}]}, {}),
        ("assessment-without-start", {"Assessments": [{"AssessmentAuthorisationDate": "2025-05-01"}]}, {}),
        (
            "assessment-out-of-order",
            {
                "Assessments": [
                    {"AssessmentActualStartDate": "2025-05-02", "AssessmentAuthorisationDate": "2025-05-01", "AssessmentFactors": ["3B"]}
                ]
            },
            {},
        ),
        (
            "assessment-outside-period",
            {
                "Assessments": [
                    {"AssessmentActualStartDate": "2025-03-02", "AssessmentAuthorisationDate": "2025-03-31", "AssessmentFactors": ["3B"]}
                ]
            },
            {},
        ),
        ("assessment-over-45-days?", {"Assessments": [{"AssessmentActualStartDate": "2025-05-02"}]}, {}),
        (
            "factors-missing?",
            {"Assessments": [{"AssessmentActualStartDate": "2025-05-01", "AssessmentAuthorisationDate": "2025-05-02"}]},
            {},
        ),
        ("no-factors-and-another", {"Assessments": [{"AssessmentActualStartDate": "2026-03-01", "AssessmentFactors": ["21", "3B"]}]}, {}),
        ("factor-twice", {"Assessments": [{"AssessmentActualStartDate": "2026-03-01", "AssessmentFactors": ["3B", "3B"]}]}, {}),
        ("enquiry-without-start", {"Section47": [{"ICPCnotRequired": "true"}]}, {}),
        (
            "conference-before-enquiry",
            {"Section47": [{"S47ActualStartDate": "2025-05-02", "DateOfInitialCPC": "2025-05-01", "ICPCnotRequired": "false"}]},
            {},
        ),
        (
            "conference-on-weekend",
            {"Section47": [{"S47ActualStartDate": "2025-05-02", "DateOfInitialCPC": "2025-05-10", "ICPCnotRequired": "false"}]},
            {},
        ),
        (
            "conference-outside-period",
            {"Section47": [{"S47ActualStartDate": "2025-03-02", "DateOfInitialCPC": "2025-03-10", "ICPCnotRequired": "false"}]},
            {},
        ),
        (
            "conference-target",
            {"Section47": [{"S47ActualStartDate": "2026-03-23", "InitialCPCtarget": "2026-04-14", "ICPCnotRequired": "false"}]},
            {},
        ),
        ("conference-or-not-required", {"Section47": [{"S47ActualStartDate": "2026-03-23"}]}, {}),
        (
            "conference-or-not-required",
            {"Section47": [{"S47ActualStartDate": "2025-05-02", "DateOfInitialCPC": "2025-05-12", "ICPCnotRequired": "true"}]},
            {},
        ),
        ("conference-over-15-days?", {"Section47": [{"S47ActualStartDate": "2025-05-02", "ICPCnotRequired": "false"}]}, {}),
        (
            "two-enquiries",
            {
                "Section47": [
                    {"S47ActualStartDate": "2026-03-23", "ICPCnotRequired": "false"},
                    {"S47ActualStartDate": "2026-03-24", "ICPCnotRequired": "false"},
                ]
            },
            {},
        ),
        ("category-missing", {"ChildProtectionPlans": [of_plan("2026-03-02", LatestCategoryOfAbuse=None)]}, {}),
        ("previous-plans-missing", {"ChildProtectionPlans": [of_plan("2026-03-02", NumberOfPreviousCPP=None)]}, {}),
        ("plan-out-of-order", {"ChildProtectionPlans": [of_plan("2025-05-02", "2025-05-01")]}, {}),
        (
            "two-plans",
            {"ChildProtectionPlans": [of_plan("2025-05-02", "2025-09-01", "2025-07-01"), of_plan("2025-08-01", "2025-10-01")]},
            {},
        ),
        ("review-not-after-start", {"ChildProtectionPlans": [of_plan("2025-05-02", None, "2025-05-02")]}, {}),
        ("review-twice", {"ChildProtectionPlans": [of_plan("2025-05-02", None, "2025-07-01", "2025-07-01")]}, {}),
        ("review-after-end", {"ChildProtectionPlans": [of_plan("2025-05-02", "2025-06-30", "2025-07-01")]}, {}),
        ("no-review?", {"ChildProtectionPlans": [of_plan("2025-05-02")]}, {}),
        ("plan-at-18?", {"ChildProtectionPlans": [of_plan("2026-03-02")]}, {"PersonBirthDate": "2008-03-02"}),
    ],
)
def test_each_rule_is_broken_by_what_breaks_it_alone(rule: str, episode: Content, of_child: Content) -> None:
    assert broken(episode, **of_child) == [rule]


def test_what_is_open_when_an_episode_is_closed_is_told() -> None:
    closed = {"CINclosureDate": "2026-03-30", "ReasonForClosure": "RC7"}
    assert broken({**closed, "Assessments": [{"AssessmentActualStartDate": "2026-03-02"}]}) == ["closed-with-assessment"]
    assert broken({**closed, "Section47": [{"S47ActualStartDate": "2026-03-23", "ICPCnotRequired": "false"}]}) == ["closed-with-enquiry"]
    assert broken({**closed, "ChildProtectionPlans": [of_plan("2026-03-02")]}) == ["closed-with-plan"]


def test_a_death_before_birth_is_told_beside_what_it_makes_wrong() -> None:
    assert broken(PersonDeathDate="2015-05-01") == ["died-before-birth", "referral-after-death"]


def test_two_episodes_at_one_time_and_two_open_plans_are_told() -> None:
    another = {**WELL_EPISODE, "CINreferralDate": "2025-09-01"}
    assert broken({}, another) == ["two-episodes"]
    assert broken({"CINclosureDate": "2025-09-01", "ReasonForClosure": "RC7"}, another) == []
    plans = {"ChildProtectionPlans": [of_plan("2026-03-02")]}
    assert "two-open-plans" in broken(plans, {**another, **plans})


def test_numbers_stand_once_in_a_return() -> None:
    rules = Rules(reference=date(2026, 3, 31), calendar=PlainCalendar())
    said = {**WELL, "UPN": "B820000105001", "UPNunknown": None, "CINdetails": [WELL_EPISODE]}
    assert rules.faults(said) == []
    assert [fault.rule for fault in rules.faults(said)] == ["child-number-twice", "upn-twice"]


def test_in_a_year_that_runs_nothing_is_missed_that_is_due_later() -> None:
    said = {**WELL, "CINdetails": [{**WELL_EPISODE, "Assessments": [{"AssessmentActualStartDate": "2025-11-03"}]}]}
    for until, expected in ((date(2025, 11, 18), []), (date(2026, 3, 31), ["assessment-over-45-days?"])):
        rules = Rules(reference=date(2026, 3, 31), calendar=PlainCalendar(), until=until)
        assert [fault.rule for fault in rules.faults(said)] == expected


def test_a_query_is_told_apart_from_an_error() -> None:
    rules = Rules(reference=date(2026, 3, 31), calendar=PlainCalendar())
    said = {**WELL, "Sex": None, "CINdetails": [{**WELL_EPISODE, "Assessments": [{"AssessmentActualStartDate": "2025-05-02"}]}]}
    assert {fault.rule: fault.is_query for fault in rules.faults(said)} == {"sex-missing": False, "assessment-over-45-days?": True}


def check_letter(rest: str) -> str:
    """By a second reckoning: positions 2 to 13 weigh as much as they are, modulo 23."""
    letters = [each for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if each not in "IOS"]
    values = [int(each) if each.isdigit() else letters.index(each) for each in rest]
    return letters[sum(value * place for place, value in enumerate(values, start=2)) % 23]


@given(st.from_regex(r"\A[0-9]{11}[0-9A-HJ-NP-RT-Z]\Z"))
def test_a_pupils_number_is_right_with_its_own_letter_and_no_other(rest: str) -> None:
    right = check_letter(rest)
    assert [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if upn_is_right(letter + rest)] == [right]


def test_a_slip_in_one_digit_of_a_pupils_number_is_found() -> None:
    rest = "820000105001"
    assert upn_is_right(check_letter(rest) + rest)
    assert not upn_is_right(check_letter(rest) + "820000105002")
    assert not upn_is_right(check_letter(rest) + rest[:-1])
