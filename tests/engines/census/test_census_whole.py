"""All that a census holds of a child: read however it is written, written again, and held to its form."""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.census_files import assessment, child, enquiry, episode, message, one, plan

from havenline.engines.census import Content, Unsafe, WholeCensus, faults_of_form, write
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
