"""Reading a census: every way in which real files write it, every kind of bad input, and what is refused."""

import io
from datetime import date

import pytest
from tests.census_files import assessment, child, enquiry, episode, judged, message, notes, plan

from havenline.engines.census import Broken, Census, Child, NoCensus, Unsafe

FULL = message(
    child(
        "A1",
        episode(
            assessment("2025-05-01", "2025-06-02"),
            enquiry("2025-05-10", "2025-05-20"),
            plan("2025-05-20", "2025-08-01", "2026-01-05", ended="2026-02-01"),
        ),
    )
)


def read(text: str | bytes) -> list[Child]:
    return list(Census(io.BytesIO(text.encode() if isinstance(text, str) else text)).children())


def the_plan(text: str) -> tuple[date, ...]:
    ((plan,),) = ([plan for episode in child.episodes for plan in episode.plans] for child in read(text))
    return plan.reviews


# What it says


def test_a_child_has_its_episodes_with_their_assessments_enquiries_and_plans() -> None:
    (found,) = read(FULL)
    (only,) = found.episodes
    assert (found.identifier, found.line, only.referral) == ("A1", 2, date(2025, 4, 1))
    assert [(one.started, one.authorised) for one in only.assessments] == [(date(2025, 5, 1), date(2025, 6, 2))]
    assert [(one.started, one.conference, one.conference_not_required) for one in only.enquiries] == [
        (date(2025, 5, 10), date(2025, 5, 20), False)
    ]
    assert [(one.started, one.ended, one.reviews) for one in only.plans] == [
        (date(2025, 5, 20), date(2026, 2, 1), (date(2025, 8, 1), date(2026, 1, 5)))
    ]


def test_the_header_says_whose_it_is_and_until_when() -> None:
    found = judged(FULL)
    assert (found.header.local_authority, found.header.year, found.header.reference_date) == ("201", "2026", date(2026, 3, 31))
    assert notes(found) == []


def test_every_element_of_the_census_of_2025_26_is_known() -> None:
    pre = (
        "<PreProceedingsandFGDM><PPStartDate>2025-09-09</PPStartDate><LBPSentDate>2025-09-20</LBPSentDate>"
        "<FGDMMeetingOffer>1</FGDMMeetingOffer><FGDMMeetingFac>1</FGDMMeetingFac><InitialPPMeetingDate>2025-09-28</InitialPPMeetingDate>"
        "<ReviewMeetingsCount>3</ReviewMeetingsCount><StepDecisionDate>2025-12-01</StepDecisionDate><PPOutcome>A</PPOutcome>"
        "<CourtAppDate>2025-12-18</CourtAppDate><LetterInitCPDate>2026-02-05</LetterInitCPDate></PreProceedingsandFGDM>"
    )
    rest = (
        "<PrimaryNeedCode>N4</PrimaryNeedCode><CINclosureDate>2026-02-27</CINclosureDate><ReasonForClosure>RC1</ReasonForClosure>"
        "<DateOfInitialCPC>2025-12-06</DateOfInitialCPC><CINPlanDates><CINPlanStartDate>2025-01-24</CINPlanStartDate>"
        "<CINPlanEndDate>2025-01-26</CINPlanEndDate></CINPlanDates><ReferralNFA>0</ReferralNFA>"
    )
    assert notes(judged(message(child("A1", episode(rest, pre))))) == []


@pytest.mark.parametrize(
    "changed",
    [
        FULL.replace("<Message>", '<Message xmlns="http://example.org/cin">'),
        FULL.replace("<Message>", '<c:Message xmlns:c="http://example.org/cin">').replace("</Message>", "</c:Message>"),
        FULL.replace("<", "<c:").replace("<c:/", "</c:").replace("<c:Message>", '<c:Message xmlns:c="http://example.org/cin">'),
        FULL.replace("CPPreviewDate", "CPPReviewDate").replace("CINdetails", "CINDetails"),
        '<?xml version="1.0" encoding="UTF-8"?>\n'.replace("\n", "") + FULL,
        FULL.replace("2025-05-01", "2025-05-01T00:00:00").replace("2025-06-02", "2025-06-02Z").replace("2025-05-20", " 2025-05-20\n"),
        FULL.replace("2025-05-01", "<![CDATA[2025-05-01]]>").replace("2025-06-02", "2025&#45;06-02"),
        FULL.replace("<Assessments>", "<Assessments><Assessment>").replace("</Assessments>", "</Assessment></Assessments>"),
        FULL.replace("</CPPreviewDate><CPPreviewDate>", "</CPPreviewDate></Reviews><Reviews><CPPreviewDate>"),
        FULL.replace("<Reviews>", "").replace("</Reviews>", ""),
        FULL.replace("</LAchildID>", "</LAchildID>PersonBirthDate"),
    ],
    ids=["namespace", "prefixed root", "prefixes", "case", "declaration", "times", "cdata", "inner group", "each", "bare", "stray"],
)  # fmt: skip
def test_the_variants_of_real_files_say_the_same(changed: str) -> None:
    variant, plain = judged(changed), judged(FULL)
    assert [(case.clock, case.started, case.happened) for case in variant.cases()] == [
        (case.clock, case.started, case.happened) for case in plain.cases()
    ]
    assert notes(variant) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encodings_of_councils_are_read(encoding: str) -> None:
    declared = "" if encoding in ("utf-8-sig", "utf-16") else f'<?xml version="1.0" encoding="{encoding}"?>'
    (found,) = read((declared + message(child("Zoë-1"))).encode(encoding))
    assert found.identifier == "Zoë-1"


def test_several_plans_in_a_row_in_one_group_are_several_plans() -> None:
    two = (
        plan("2025-05-20", "2025-08-01").replace("</ChildProtectionPlans>", "")
        + "<CPPstartDate>2025-12-01</CPPstartDate></ChildProtectionPlans>"
    )
    (found,) = read(message(child("A1", episode(two))))
    assert [(one.started, len(one.reviews)) for one in found.episodes[0].plans] == [(date(2025, 5, 20), 1), (date(2025, 12, 1), 0)]


def test_a_group_that_stands_straight_in_its_child_is_read() -> None:
    assert the_plan(message(child("A1", plan("2025-05-20", "2025-08-01")))) == (date(2025, 8, 1),)


def test_what_is_known_inside_an_unknown_element_is_read_and_the_element_is_listed_once() -> None:
    found = judged(message(child("A1", episode(f"<Extra><Deeper/>{plan('2025-05-20', '2025-08-01')}</Extra>"))))
    assert notes(found) == [("A1", 2, "Extra", "")]
    assert found.count("first_review").in_time == 1


# What is not understood


@pytest.mark.parametrize(
    "said",
    ["2025-02-30", "01/05/2025", "2025-5-1", "May 2025", "20250501", "2025-05-01x", "٢٠٢٥-٠٥-٠١", "0000-00-00", "1066-04-13", "9999-12-31"],
)
def test_a_date_that_is_none_is_listed_with_child_and_line_and_its_clock_is_not_counted(said: str) -> None:
    for group in (assessment(said, "2025-06-02"), assessment("2025-05-01", said)):
        found = judged(message(child("A1"), child("B2", episode(group))))
        ((who, line, _element, shown),) = notes(found)
        assert (who, line, shown) == ("B2", 3, said)
        assert found.total.due == 0


def test_a_missing_start_is_listed_with_child_and_line() -> None:
    found = judged(message(child("A1", episode(assessment(None, "2025-06-02"), enquiry(None, "2025-06-02"), plan(None, "2025-08-01")))))
    assert notes(found) == [(("A1"), 2, name, "") for name in ("AssessmentActualStartDate", "S47ActualStartDate", "CPPstartDate")]
    assert found.total.due == 0


def test_a_referral_without_a_date_is_listed() -> None:
    assert notes(judged(message(child("A1", episode(referral=None), episode(referral="soon"))))) == [
        ("A1", 2, "CINreferralDate", ""),
        ("A1", 2, "CINreferralDate", "soon"),
    ]


def test_a_child_without_an_identifier_is_listed_and_counted_under_its_pupils_number_or_its_line() -> None:
    unnamed = child(None, episode(assessment("2025-05-01", "2026-01-02")))
    numbered = unnamed.replace("<ChildIdentifiers>", "<ChildIdentifiers><UPN>A123456789123</UPN>")
    found = judged(message(unnamed, numbered))
    assert [case.child for case in found.late_cases("assessment_45")] == ["on line 2", "A123456789123"]
    assert notes(found) == [("on line 2", 2, "LAchildID", ""), ("A123456789123", 3, "LAchildID", "")]


def test_dates_that_no_clock_needs_are_checked_too() -> None:
    found = judged(message(child("A1").replace("2015-06-01", "2015-06-31"), child("B2", episode("<CINclosureDate>x</CINclosureDate>"))))
    assert notes(found) == [("A1", 2, "PersonBirthDate", "2015-06-31"), ("B2", 3, "CINclosureDate", "x")]


def test_an_empty_end_is_no_date_and_no_fault() -> None:
    found = judged(message(child("A1", episode(assessment("2026-03-02", ""), enquiry("2026-03-20", "", not_required="")))))
    assert notes(found) == []
    assert found.total.open == 2


def test_a_flag_that_is_neither_true_nor_false_is_listed_and_its_clock_is_not_counted() -> None:
    found = judged(message(child("A1", episode(enquiry("2025-05-10", None, not_required="maybe")))))
    assert notes(found) == [("A1", 2, "ICPCnotRequired", "maybe")]
    assert found.total.due == 0


def test_what_stands_twice_is_listed_and_the_first_is_taken() -> None:
    twice = assessment("2025-05-01", "2025-06-02").replace(
        "<Factors", "<AssessmentAuthorisationDate>2025-12-01</AssessmentAuthorisationDate><Factors"
    )
    found = judged(message(child("A1", episode(twice))))
    assert notes(found) == [("A1", 2, "AssessmentAuthorisationDate", "2025-12-01")]
    assert found.count("assessment_45").in_time == 1


def test_a_start_outside_its_group_is_listed() -> None:
    found = judged(message(child("A1", episode("<S47ActualStartDate>2025-05-01</S47ActualStartDate>"))))
    assert notes(found) == [("A1", 2, "S47ActualStartDate", "2025-05-01")]


def test_a_header_without_a_reference_date_takes_its_years_31_march_and_says_so() -> None:
    found = judged(message(reference=None, year="2025"))
    assert found.header.reference_date == date(2025, 3, 31)
    assert [note.element for note in found.not_understood] == ["ReferenceDate"]


def test_without_any_reference_date_what_has_not_happened_stays_open_and_that_is_said() -> None:
    found = judged(message(child("A1", episode(assessment("2024-05-01"))), reference="31/03/26", year=None))
    assert found.count("assessment_45").open == 1
    assert {note.element for note in found.not_understood} == {"ReferenceDate"}


def test_a_header_after_the_children_counts_as_well() -> None:
    head, _, rest = message(child("A1", episode(assessment("2024-05-01")))).partition("<Children>")
    header = head.removeprefix("<Message>")
    found = judged(f"<Message><Children>{rest.removesuffix('</Message>')}{header}</Message>")
    assert found.count("assessment_45").late == 1


def test_of_a_fault_in_every_child_a_thousand_places_are_listed_and_all_are_counted() -> None:
    found = judged(message(*(child(f"A{number}", episode("<New>1</New>")) for number in range(1_200))))
    assert found.not_understood.count == 1_200
    assert len(notes(found)) == 1_000


# What is refused


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 64, b"PK\x03\x04 a spreadsheet", b"LAchildID,UPN\nA1,\n", b"{}", b"<html><body/></html>", b"<Message/>",
     b"<Message><Header/></Message>", b'<?xml version="1.0"?>'],
    ids=["nothing", "zeros", "archive", "csv", "json", "page", "no children", "only a header", "only a declaration"],
)  # fmt: skip
def test_what_is_no_census_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(NoCensus, match=r"census|empty"):
        read(data)


def test_another_collection_of_the_department_is_refused_by_its_name() -> None:
    with pytest.raises(NoCensus, match="School Census"):
        read(message(child("A1"), collection="School Census"))


def test_an_encoding_that_does_not_exist_is_refused() -> None:
    for name in ("no-such-thing", "gb2312"):
        with pytest.raises(NoCensus, match="encoding"):
            read(f'<?xml version="1.0" encoding="{name}"?>{FULL}')


def test_an_empty_census_is_one() -> None:
    assert judged(message()).children == 0


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE Message>",
        '<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Message [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Message [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ],
    ids=["type", "external type", "entities", "external entity", "parameter entity"],
)
def test_a_document_type_is_refused_before_anything_of_it_is_read(declared: str) -> None:
    with pytest.raises(Unsafe, match="DOCTYPE"):
        read(declared + FULL)


def test_an_entity_that_nobody_declared_is_no_well_formed_census() -> None:
    with pytest.raises(Broken, match="undefined entity"):
        read(FULL.replace("A1", "&secret;"))


def test_a_child_of_more_than_a_megabyte_is_refused() -> None:
    with pytest.raises(Unsafe, match=r"child that begins on line 2 is longer"):
        read(message(child("A1", episode(assessment("2025-05-01") * 12_000))))


@pytest.mark.parametrize(
    "filler", ["<!--{}-->", "{}", '<Child x="{}"/>', "<LAchildID>{}</LAchildID>"], ids=["comment", "text", "attribute", "leaf"]
)
def test_a_megabyte_without_an_element_is_refused(filler: str) -> None:
    with pytest.raises(Unsafe, match="without one element"):
        read(FULL.replace("<Children>", f"<Children>{filler.format('x' * 3_000_000)}"))


def test_elements_without_end_are_refused() -> None:
    with pytest.raises(Unsafe, match="deep"):
        read("<Message>" + "<Reviews>" * 5_000)


def test_names_without_end_are_refused() -> None:
    with pytest.raises(Unsafe, match="different names"):
        read(FULL.replace("<Children>", "<Children>" + "".join(f"<a{number}/>" for number in range(3_000))))
    with pytest.raises(Unsafe, match="different attributes"):
        read(FULL.replace("<Children>", "<Children>" + "".join(f'<a b{number}=""/>' for number in range(3_000))))


def test_a_file_that_ends_too_early_says_where_and_in_which_child() -> None:
    whole = message(child("A1"), child("B2", episode(assessment("2025-05-01", "2025-06-02"))))
    for cut in ("<AssessmentAuth", "2025-06-0", "</Assessments"):
        with pytest.raises(Broken, match=r"ends too early: on line 3, inside the child B2, which is number 2") as caught:
            read(whole[: whole.index(cut) + len(cut)])
        assert caught.value.line == 3


def test_damaged_xml_says_where_and_in_which_child() -> None:
    with pytest.raises(Broken, match=r"line 2, column \d+, in the child A1: mismatched tag"):
        read(FULL.replace("</Section47>", "</Section48>"))


def test_children_before_the_damage_are_not_given_as_if_all_were_well() -> None:
    with pytest.raises(Broken):
        judged(message(child("A1", episode(assessment("2025-05-01")))).removesuffix("</Message>"))
