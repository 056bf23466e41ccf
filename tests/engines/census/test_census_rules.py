"""The DfE's validation rules: each is kept by one record and broken by another, and by nothing more than that."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.census_files import PlainCalendar

from havenline.engines.census import ASKED, NOT_ASKED, Content, Rules, upn_is_right
from havenline.engines.census.shape import CHILD, Group

ROOT = Path(__file__).parents[3]
WELL: Content = {
    "LAchildID": "A1",
    "UPNunknown": "UN4",
    "PersonBirthDate": "2015-06-01",
    "Sex": "F",
    "Ethnicity": "WBRI",
    "Disability": ["NONE"],
}
WELL_EPISODE: Content = {"CINreferralDate": "2025-04-01", "ReferralSource": "1A", "PrimaryNeedCode": "N1", "ReferralNFA": "false"}
AT_ONCE: Content = {"ReferralNFA": "true"}
UNBORN: Content = {"PersonBirthDate": None, "Sex": "U"}


def kid(episode: Content | None = None, *more: Content, **of_child: Any) -> Content:
    """A child that keeps every rule, but for what is said; None leaves an element out."""
    episodes = [{**WELL_EPISODE, **one} for one in ((episode or {}), *more)]
    said = {**WELL, "CINdetails": [_present(one) for one in episodes], **of_child}
    return _present(said)


def _present(said: Content) -> Content:
    return {name: value for name, value in said.items() if value is not None}


def rules(year: int = 2026, until: date | None = None) -> Rules:
    return Rules(reference=date(year, 3, 31), calendar=PlainCalendar(), until=until)


def broken(child: Content, year: int = 2026) -> list[str]:
    return [fault.rule for fault in rules(year).faults(child)]


def closed(on: str, reason: str | None = "RC7") -> Content:
    return {"CINclosureDate": on, "ReasonForClosure": reason}


def assessed(start: str | None, end: str | None = None, *factors: str) -> Content:
    said = {"AssessmentActualStartDate": start, "AssessmentAuthorisationDate": end, "AssessmentFactors": list(factors) or None}
    return _present(said)


def of_assessments(*records: Content) -> Content:
    return {"Assessments": list(records)}


WELL_ASSESSED = assessed("2025-06-02", "2025-06-20", "3B")


def enquired(start: str | None, held: str | None = None, flag: str | None = "false", target: str | None = None) -> Content:
    return _present({"S47ActualStartDate": start, "InitialCPCtarget": target, "DateOfInitialCPC": held, "ICPCnotRequired": flag})


def of_enquiries(*records: Content) -> Content:
    return {"Assessments": [WELL_ASSESSED], "Section47": list(records)}


def planned(start: str | None, end: str | None = None, *reviews: str, **more: Any) -> Content:
    said = {"CPPstartDate": start, "CPPendDate": end, "CPPreviewDate": list(reviews) or None, "NumberOfPreviousCPP": "0"}
    return _present({**said, "InitialCategoryOfAbuse": "NEG", "LatestCategoryOfAbuse": "NEG", **more})


def of_plan(start: str | None, end: str | None = None, *reviews: str, **more: Any) -> Content:
    """A plan that a conference of that day made."""
    return {"DateOfInitialCPC": start, "ChildProtectionPlans": [planned(start, end, *reviews, **more)]}


def needed(start: str | None, end: str | None = None) -> Content:
    return _present({"CINPlanStartDate": start, "CINPlanEndDate": end})


def of_need(*records: Content) -> Content:
    return {"CINPlanDates": list(records)}


def before_court(**said: str) -> Content:
    return {"PreProceedingsandFGDM": [said]}


def letter_of(rest: str) -> str:
    """By a second reckoning: positions 2 to 13 weigh as much as they are, modulo 23."""
    letters = [each for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if each not in "IOS"]
    values = [int(each) if each.isdigit() else letters.index(each) for each in rest]
    return letters[sum(value * place for place, value in enumerate(values, start=2)) % 23]


def pupil(number: str, **more: Any) -> Content:
    return kid(UPN=number, UPNunknown=None, **more)


RIGHT = letter_of("820000105001") + "820000105001"
EARLIER: Content = {"CINreferralDate": "2024-06-03"}
PROTECTED = of_plan("2026-02-02")
TABLE: list[tuple[str, Content, Content, *tuple[str, ...]]] = [
    # by rule: what keeps it, what breaks it, and what the same record cannot help breaking
    ("pupil-letter-wrong", pupil(RIGHT), pupil(("A" if RIGHT[0] != "A" else "B") + RIGHT[1:])),
    ("pupil-authority-unknown", pupil(RIGHT), pupil(letter_of("123000105001") + "123000105001")),
    ("pupil-digits-wrong", pupil(RIGHT), pupil("A8200001X5001")),
    ("pupil-last-letter-wrong", pupil(letter_of("82000010500Z") + "82000010500Z"), pupil("A82000010500I")),
    ("former-pupil-number-wrong?", kid(FormerUPN="A82000010500A"), kid(FormerUPN="A8200001050")),
    ("child-number-long", kid(LAchildID="A" * 20), kid(LAchildID="A" * 21)),
    ("child-number-other-letters", kid(LAchildID="A1"), kid(LAchildID="A-1")),
    ("sex-missing", kid(Sex="U"), kid(Sex=None)),
    ("ethnicity-missing", kid(Ethnicity="NOBT"), kid(Ethnicity="XXXX")),
    ("child-number-missing", kid(), kid(LAchildID=None)),
    (
        "born-after-period",
        kid({"CINreferralDate": "2026-03-02"}, PersonBirthDate="2026-03-31"),
        kid({"CINreferralDate": "2026-03-02"}, PersonBirthDate="2026-04-01"),
    ),
    ("birth-or-expected-birth?", kid(), kid(PersonBirthDate=None)),
    (
        "expected-far-off?",
        kid({"CINreferralDate": "2025-07-01"}, **UNBORN, ExpectedPersonBirthDate="2026-03-01"),
        kid({"CINreferralDate": "2025-07-01"}, **UNBORN, ExpectedPersonBirthDate="2026-02-28"),
    ),
    (
        "died-before-birth?",
        kid({"CINreferralDate": "2025-04-15"}, PersonBirthDate="2025-05-01", PersonDeathDate="2025-05-01"),
        kid({"CINreferralDate": "2025-04-15"}, PersonBirthDate="2025-05-02", PersonDeathDate="2025-05-01"),
    ),
    ("disability-missing", kid(AT_ONCE, Disability=None), kid(Disability=None)),
    ("died-outside-period?", kid(PersonDeathDate="2026-03-31"), kid(PersonDeathDate="2026-04-01")),
    ("no-episode", kid(), kid(CINdetails=[])),
    (
        "unborn-with-sex",
        kid({"CINreferralDate": "2025-09-01"}, **UNBORN, ExpectedPersonBirthDate="2026-04-15"),
        kid({"CINreferralDate": "2025-09-01"}, PersonBirthDate=None, ExpectedPersonBirthDate="2026-04-15"),
    ),
    ("no-pupil-number-at-school-age?", kid(UPNunknown="UN1", PersonBirthDate="2022-04-01"), kid(UPNunknown="UN1")),
    ("pupil-reason-no-further-action", kid(AT_ONCE, UPNunknown="UN7"), kid(UPNunknown="UN7")),
    ("older-than-25?", kid(PersonBirthDate="2001-03-31"), kid(PersonBirthDate="2001-03-30")),
    ("disability-none-and-another", kid(Disability=["HEAR", "VIS"]), kid(Disability=["NONE", "HEAR"])),
    ("disability-twice", kid(Disability=["HEAR", "VIS"]), kid(Disability=["HEAR", "HEAR"])),
    # episodes
    (
        "closed-after-assessment-and-yet",
        kid({**closed("2025-07-01", "RC8"), **of_assessments(WELL_ASSESSED)}),
        kid({**closed("2025-07-01", "RC9"), **of_assessments(WELL_ASSESSED), **of_need(needed("2025-06-02", "2025-06-30"))}),
    ),
    (
        "enquiry-without-assessment?",
        kid(of_enquiries(enquired("2025-05-02", "2025-05-12"))),
        kid({"Section47": [enquired("2025-05-02", "2025-05-12")]}),
    ),
    (
        "referral-after-death?",
        kid({"CINreferralDate": "2025-04-02"}, PersonDeathDate="2025-04-02"),
        kid({"CINreferralDate": "2025-04-03"}, PersonDeathDate="2025-04-02"),
    ),
    (
        "activity-after-closure",
        kid({**closed("2025-06-20"), **of_assessments(WELL_ASSESSED)}),
        kid({**closed("2025-06-19"), **of_assessments(WELL_ASSESSED)}),
    ),
    ("no-further-action-missing", kid(AT_ONCE), kid({"ReferralNFA": None})),
    (
        "no-further-action-of-earlier-year?",
        kid({**AT_ONCE, "CINreferralDate": "2025-03-31"}),
        kid({**AT_ONCE, "CINreferralDate": "2025-03-28"}),
    ),
    ("died-without-day?", kid(closed("2025-06-02", "RC2"), PersonDeathDate="2025-06-01"), kid(closed("2025-06-02", "RC2"))),
    ("referral-missing", kid(), kid({"CINreferralDate": None})),
    ("referral-after-period", kid({"CINreferralDate": "2026-03-31"}), kid({"CINreferralDate": "2026-04-01"})),
    ("referral-before-conception", kid(PersonBirthDate="2026-01-06"), kid(PersonBirthDate="2026-01-07")),
    ("need-missing", kid({**AT_ONCE, "PrimaryNeedCode": None}), kid({"PrimaryNeedCode": None})),
    ("closed-outside-period", kid(closed("2026-03-31")), kid(closed("2026-04-01"))),
    ("closed-before-referral", kid(closed("2025-04-01")), kid({"CINreferralDate": "2025-04-02", **closed("2025-04-01")})),
    ("reason-for-closure-wrong", kid(closed("2025-06-02")), kid(closed("2025-06-02", "RC77"))),
    ("need-wrong", kid({"PrimaryNeedCode": "N0"}), kid({"PrimaryNeedCode": "N10"})),
    ("closed-without-reason", kid(closed("2025-06-02")), kid(closed("2025-06-02", None))),
    ("reason-without-closure", kid(closed("2025-06-02")), kid({"ReasonForClosure": "RC7"})),
    (
        "two-open-episodes",
        kid(closed("2025-09-01"), {"CINreferralDate": "2025-09-01"}),
        kid({}, {"CINreferralDate": "2025-09-01"}),
        "open-episode-not-latest",
        "two-episodes",
    ),
    (
        "open-episode-not-latest",
        kid({"CINreferralDate": "2025-09-01"}, closed("2025-09-01")),
        kid({}, {**AT_ONCE, "CINreferralDate": "2025-09-01"}),
        "two-episodes",
    ),
    (
        "two-episodes",
        kid(closed("2025-09-01"), {"CINreferralDate": "2025-09-01"}),
        kid(closed("2025-09-02"), {"CINreferralDate": "2025-09-01"}),
    ),
    (
        "closed-after-no-assessment?",
        kid({**closed("2025-07-01", "RC8"), **of_assessments(WELL_ASSESSED)}),
        kid(closed("2025-07-01", "RC8")),
    ),
    ("no-further-action-and-yet", kid(AT_ONCE), kid({**AT_ONCE, **of_assessments(WELL_ASSESSED)})),
    (
        "no-further-action-and-protection",
        kid(AT_ONCE),
        kid({**AT_ONCE, "ChildProtectionPlans": [planned("2026-03-02")]}),
        "plan-without-conference",
    ),
    (
        "source-missing",
        kid({"ReferralSource": None, "CINreferralDate": "2013-03-31"}, PersonBirthDate="2012-06-01"),
        kid({"ReferralSource": None}),
    ),
    (
        "closed-with-assessment",
        kid(of_assessments(assessed("2026-03-02"))),
        kid({**closed("2026-03-30"), **of_assessments(assessed("2026-03-02"))}),
    ),
    (
        "closed-with-enquiry",
        kid({**closed("2026-03-30"), **of_enquiries(enquired("2026-03-23", flag="true"))}),
        kid({**closed("2026-03-30"), **of_enquiries(enquired("2026-03-23"))}),
    ),
    # assessments
    (
        "assessment-before-referral",
        kid(of_assessments(assessed("2025-04-01", "2025-05-01", "3B"))),
        kid(of_assessments(assessed("2025-03-31", "2025-05-01", "3B"))),
    ),
    (
        "assessment-out-of-order",
        kid(of_assessments(assessed("2025-05-01", "2025-05-01", "3B"))),
        kid(of_assessments(assessed("2025-05-02", "2025-05-01", "3B"))),
    ),
    (
        "factors-before-authorised",
        kid(of_assessments(assessed("2026-03-02"))),
        kid(of_assessments(assessed("2026-03-02", None, "3B"))),
    ),
    (
        "factor-8a",
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "8B"))),
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "8A"))),
        "factors-missing?",
    ),
    ("assessment-over-45-days?", kid(of_assessments(assessed("2026-01-27"))), kid(of_assessments(assessed("2026-01-26")))),
    (
        "assessment-outside-period",
        kid({**EARLIER, **of_assessments(assessed("2025-03-03", "2025-04-01", "3B"))}),
        kid({**EARLIER, **of_assessments(assessed("2025-03-03", "2025-03-31", "3B"))}),
    ),
    ("open-assessment-outside-period", kid(of_assessments(assessed("2026-03-31"))), kid(of_assessments(assessed("2026-04-01")))),
    (
        "assessments-overlap?",
        kid(of_assessments(WELL_ASSESSED, assessed("2025-06-21", "2025-07-21", "3B"))),
        kid(of_assessments(WELL_ASSESSED, assessed("2025-06-20", "2025-07-21", "3B"))),
    ),
    (
        "no-factors-and-another",
        kid({**closed("2025-07-01", "RC8"), **of_assessments(assessed("2025-06-02", "2025-06-20", "21"))}),
        kid({**closed("2025-07-01", "RC8"), **of_assessments(assessed("2025-06-02", "2025-06-20", "21", "3B"))}),
    ),
    (
        "no-factors-and-went-on?",
        kid({**closed("2025-07-01", "RC9"), **of_assessments(assessed("2025-06-02", "2025-06-20", "21"))}),
        kid({**closed("2025-07-01", "RC7"), **of_assessments(assessed("2025-06-02", "2025-06-20", "21"))}),
    ),
    (
        "two-open-assessments",
        kid(of_assessments(WELL_ASSESSED, assessed("2026-03-02"))),
        kid(of_assessments(assessed("2026-03-02"), assessed("2026-03-03"))),
        "assessments-overlap?",
    ),
    (
        "factors-missing?",
        kid({**EARLIER, **of_assessments(WELL_ASSESSED)}),
        kid(of_assessments(assessed("2025-05-01", "2025-05-02"))),
    ),
    (
        "factor-twice",
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "3B", "3C"))),
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "3B", "3B"))),
    ),
    (
        "disability-not-a-factor?",
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "3B", "6A")), Disability=["HEAR"]),
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "3B")), Disability=["HEAR"]),
    ),
    (
        "factor-18a?",
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "18B"))),
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "18A"))),
    ),
    (
        "factor-19a?",
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "19C"))),
        kid(of_assessments(assessed("2025-05-01", "2025-05-02", "19A"))),
    ),
    # enquiries and conferences
    (
        "conference-before-referral",
        kid(of_enquiries(enquired("2025-05-02", "2025-05-12"))),
        kid({"CINreferralDate": "2025-05-13", **of_enquiries(enquired("2025-05-02", "2025-05-12"))}),
        "enquiry-before-referral",
    ),
    (
        "conference-told-twice",
        kid({"DateOfInitialCPC": "2025-05-13", **of_enquiries(enquired("2025-05-02", "2025-05-12"))}),
        kid({"DateOfInitialCPC": "2025-05-12", **of_enquiries(enquired("2025-05-02", "2025-05-12"))}),
    ),
    (
        "enquiry-before-referral",
        kid(of_enquiries(enquired("2025-04-01", "2025-04-14"))),
        kid(of_enquiries(enquired("2025-03-31", "2025-04-14"))),
    ),
    (
        "conference-before-enquiry",
        kid(of_enquiries(enquired("2025-05-02", "2025-05-02"))),
        kid(of_enquiries(enquired("2025-05-02", "2025-05-01"))),
    ),
    ("conference-over-15-days?", kid(of_enquiries(enquired("2026-03-10"))), kid(of_enquiries(enquired("2026-03-09")))),
    (
        "conference-outside-period",
        kid({**EARLIER, **of_enquiries(enquired("2025-03-12", "2025-04-01"))}),
        kid({**EARLIER, **of_enquiries(enquired("2025-03-12", "2025-03-31"))}),
    ),
    ("open-enquiry-outside-period", kid(of_enquiries(enquired("2026-03-31"))), kid(of_enquiries(enquired("2026-04-01")))),
    (
        "two-open-enquiries",
        kid(of_enquiries(enquired("2026-03-23", flag="true"), enquired("2026-03-24"))),
        kid(of_enquiries(enquired("2026-03-23"), enquired("2026-03-24"))),
        "enquiries-overlap",
    ),
    (
        "conference-target-on-weekend?",
        kid(of_enquiries(enquired("2026-03-23", target="2026-04-13"))),
        kid(of_enquiries(enquired("2026-03-23", target="2026-04-12"))),
        "conference-target?",
    ),
    (
        "conference-on-weekend",
        kid(of_enquiries(enquired("2025-05-02", "2025-05-09"))),
        kid(of_enquiries(enquired("2025-05-02", "2025-05-10"))),
    ),
    (
        "enquiries-overlap",
        kid(of_enquiries(enquired("2025-05-02", "2025-05-12"), enquired("2025-05-13", "2025-05-20"))),
        kid(of_enquiries(enquired("2025-05-02", "2025-05-12"), enquired("2025-05-12", "2025-05-20"))),
    ),
    (
        "conference-target?",
        kid(of_enquiries(enquired("2026-03-23", target="2026-04-13"))),
        kid(of_enquiries(enquired("2026-03-23", target="2026-04-14"))),
    ),
    (
        "conference-and-not-required?",
        kid(of_enquiries(enquired("2025-05-02", flag="true"))),
        kid(of_enquiries(enquired("2025-05-02", "2025-05-12", "true"))),
    ),
    # child protection plans
    (
        "plan-before-referral",
        kid({"ChildProtectionPlans": [planned("2025-03-31", None, "2025-06-02")], "CINreferralDate": "2025-03-31"}),
        kid({"ChildProtectionPlans": [planned("2025-03-31", None, "2025-06-02")]}),
    ),
    ("plan-without-conference", kid(of_plan("2026-03-02")), kid({**of_plan("2026-03-02"), "DateOfInitialCPC": "2026-03-03"})),
    ("plan-without-start", kid(of_plan("2026-03-02")), kid(of_plan(None))),
    (
        "plan-after-period",
        kid(of_plan("2026-03-31")),
        kid({"ChildProtectionPlans": [planned("2026-04-01")]}),
    ),
    ("previous-plans-missing", kid(of_plan("2026-03-02")), kid(of_plan("2026-03-02", NumberOfPreviousCPP=None))),
    ("plan-of-one-day", kid(of_plan("2026-03-02", "2026-03-03")), kid(of_plan("2026-03-02", "2026-03-02"))),
    ("review-not-after-start", kid(of_plan("2026-03-02", None, "2026-03-03")), kid(of_plan("2026-03-02", None, "2026-03-02"))),
    ("first-category-missing", kid(of_plan("2026-03-02")), kid(of_plan("2026-03-02", InitialCategoryOfAbuse="XXX"))),
    ("latest-category-missing", kid(of_plan("2026-03-02")), kid(of_plan("2026-03-02", LatestCategoryOfAbuse=None))),
    (
        "plan-after-death",
        kid(of_plan("2026-03-02"), PersonDeathDate="2026-03-02"),
        kid(of_plan("2026-03-02"), PersonDeathDate="2026-03-01"),
    ),
    (
        "plan-ends-after-death",
        kid(of_plan("2026-03-02", "2026-03-10"), PersonDeathDate="2026-03-10"),
        kid(of_plan("2026-03-02", "2026-03-11"), PersonDeathDate="2026-03-10"),
    ),
    ("plan-out-of-order", kid(of_plan("2026-03-02", "2026-03-04")), kid(of_plan("2026-03-02", "2026-03-01"))),
    (
        "plan-end-outside-period",
        kid({**EARLIER, "ChildProtectionPlans": [planned("2024-07-01", "2025-04-01")]}),
        kid({**EARLIER, "ChildProtectionPlans": [planned("2024-07-01", "2025-03-31")]}),
    ),
    (
        "two-open-plans",
        kid({**EARLIER, "ChildProtectionPlans": [planned("2024-07-01", None, "2024-09-02")]}),
        kid({**EARLIER, "ChildProtectionPlans": [planned("2024-07-01", None, "2024-09-02"), planned("2024-08-01", None, "2024-09-03")]}),
        "two-plans",
    ),
    (
        "two-plans",
        kid(
            {
                **EARLIER,
                "DateOfInitialCPC": "2025-05-02",
                "ChildProtectionPlans": [planned("2024-07-01", "2025-05-01"), planned("2025-05-02", "2025-06-02")],
            }
        ),
        kid({**EARLIER, "ChildProtectionPlans": [planned("2024-07-01", "2025-05-01"), planned("2025-03-03", "2025-06-02")]}),
    ),
    ("closed-with-plan?", kid(of_plan("2026-03-02")), kid({**closed("2026-03-30"), **of_plan("2026-03-02")})),
    ("plan-at-18?", kid(of_plan("2026-03-02"), PersonBirthDate="2008-03-03"), kid(of_plan("2026-03-02"), PersonBirthDate="2008-03-02")),
    (
        "review-twice?",
        kid(of_plan("2025-05-02", None, "2025-07-01", "2025-07-02")),
        kid(of_plan("2025-05-02", None, "2025-07-01", "2025-07-01")),
    ),
    (
        "review-after-end?",
        kid(of_plan("2025-05-02", "2025-07-01", "2025-07-01")),
        kid(of_plan("2025-05-02", "2025-06-30", "2025-07-01")),
    ),
    ("no-review?", kid(of_plan("2026-01-02")), kid(of_plan("2025-12-30"))),
    # child in need plans
    ("no-further-action-and-need-plan", kid(AT_ONCE), kid({**AT_ONCE, **of_need(needed("2025-05-01"))})),
    (
        "both-plans-open",
        kid({**PROTECTED, **of_need(needed("2026-01-05", "2026-02-02"))}),
        kid({**PROTECTED, **of_need(needed("2026-01-05"))}),
        "protection-during-need-plan",
    ),
    (
        "review-during-need-plan",
        kid({**of_plan("2026-02-02", "2026-03-10", "2026-03-10"), **of_need(needed("2026-03-10"))}),
        kid({**of_plan("2026-02-02", "2026-03-20", "2026-03-11"), **of_need(needed("2026-03-09", "2026-03-16"))}),
        "need-plan-during-protection",
    ),
    (
        "two-open-need-plans",
        kid(of_need(needed("2025-05-01", "2025-06-01"), needed("2025-06-02"))),
        kid(of_need(needed("2025-05-01"), needed("2025-06-02"))),
        "need-plans-overlap",
    ),
    (
        "need-plan-after-death",
        kid(of_need(needed("2026-03-02")), PersonDeathDate="2026-03-02"),
        kid(of_need(needed("2026-03-02")), PersonDeathDate="2026-03-01"),
    ),
    (
        "need-plan-ends-after-death?",
        kid(of_need(needed("2026-03-02", "2026-03-10")), PersonDeathDate="2026-03-10"),
        kid(of_need(needed("2026-03-02", "2026-03-11")), PersonDeathDate="2026-03-10"),
    ),
    ("need-plan-start-missing", kid(of_need(needed("2026-03-31"))), kid(of_need(needed("2026-04-01")))),
    ("need-plan-out-of-order", kid(of_need(needed("2025-05-01", "2025-05-02"))), kid(of_need(needed("2025-05-02", "2025-05-01")))),
    ("need-plan-of-one-day?", kid(of_need(needed("2025-05-01", "2025-05-02"))), kid(of_need(needed("2025-05-01", "2025-05-01")))),
    (
        "need-plan-outside-period",
        kid({**EARLIER, **of_need(needed("2024-07-01", "2025-04-01"))}),
        kid({**EARLIER, **of_need(needed("2024-07-01", "2025-03-31"))}),
    ),
    (
        "need-plans-overlap",
        kid(of_need(needed("2025-05-01", "2025-06-01"), needed("2025-06-02", "2025-07-01"))),
        kid(of_need(needed("2025-05-01", "2025-06-01"), needed("2025-06-01", "2025-07-01"))),
    ),
    ("need-plan-before-referral", kid(of_need(needed("2025-04-01"))), kid(of_need(needed("2025-03-31")))),
    (
        "need-plan-during-protection",
        kid({**of_plan("2026-02-02", "2026-02-10"), **of_need(needed("2026-02-10", "2026-02-20"))}),
        kid({**of_plan("2026-02-02", "2026-02-11"), **of_need(needed("2026-02-10", "2026-02-20"))}),
    ),
    (
        "protection-during-need-plan",
        kid({**of_plan("2026-02-10"), **of_need(needed("2026-02-02", "2026-02-10"))}),
        kid({**of_plan("2026-02-10"), **of_need(needed("2026-02-02", "2026-02-11"))}),
    ),
    # pre-proceedings
    (
        "pre-proceedings-outside-period",
        kid(before_court(PPStartDate="2025-04-01")),
        kid(before_court(PPStartDate="2025-03-31")),
    ),
    (
        "letter-outside-period",
        kid(before_court(PPStartDate="2025-05-01", LBPSentDate="2025-05-01", FGDMMeetingOffer="false")),
        kid(before_court(PPStartDate="2025-05-01", LBPSentDate="2025-04-30", FGDMMeetingOffer="false")),
    ),
    (
        "family-meeting-not-told",
        kid(before_court(LBPSentDate="2025-05-01", FGDMMeetingOffer="false")),
        kid(before_court(LBPSentDate="2025-05-01")),
    ),
    (
        "first-meeting-outside-period",
        kid(before_court(InitialPPMeetingDate="2026-03-31", ReviewMeetingsCount="0")),
        kid(before_court(InitialPPMeetingDate="2026-04-01", ReviewMeetingsCount="0")),
    ),
    (
        "decision-outside-period",
        kid(before_court(PPStartDate="2025-05-01", StepDecisionDate="2025-05-01")),
        kid(before_court(PPStartDate="2025-05-01", StepDecisionDate="2025-04-30")),
    ),
    (
        "family-meeting-not-held?",
        kid(before_court(FGDMMeetingOffer="true", FGDMMeetingFac="false")),
        kid(before_court(FGDMMeetingOffer="true")),
    ),
    ("outcome-wrong", kid(before_court(PPOutcome="C")), kid(before_court(PPOutcome="D"))),
    (
        "application-outside-period",
        kid(before_court(StepDecisionDate="2025-05-01", CourtAppDate="2025-05-01")),
        kid(before_court(StepDecisionDate="2025-05-01", CourtAppDate="2025-04-30")),
    ),
    (
        "care-letter-outside-period",
        kid(before_court(CourtAppDate="2025-05-01", LetterInitCPDate="2025-05-01")),
        kid(before_court(CourtAppDate="2025-05-01", LetterInitCPDate="2025-04-30")),
    ),
    (
        "meetings-not-counted?",
        kid(before_court(InitialPPMeetingDate="2025-05-01", ReviewMeetingsCount="2")),
        kid(before_court(InitialPPMeetingDate="2025-05-01")),
    ),
]
OF_SEVERAL_CHILDREN = {
    "pupil-number-twice",
    "child-number-twice",
    "reference-date-wrong",
    "more-plans-than-conferences",
    "sex-often-unknown?",
    "few-disabilities?",
    "one-disability-each?",
    "no-pre-proceedings?",
}


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_each_rule_is_kept_by_one_record_and_broken_by_another_alone(row: tuple[str, Content, Content, *tuple[str, ...]]) -> None:
    rule, keeps, breaks, *besides = row
    assert broken(keeps) == []
    assert sorted(broken(breaks)) == sorted([rule, *besides])


def test_no_rule_is_without_its_record() -> None:
    assert {row[0] for row in TABLE} | OF_SEVERAL_CHILDREN == set(ASKED)


def test_a_child_that_keeps_every_rule_breaks_none() -> None:
    whole = {
        "Assessments": [assessed("2025-04-02", "2025-05-01", "3B")],
        "Section47": [enquired("2025-05-02", "2025-05-15", target="2025-05-23")],
        "ChildProtectionPlans": [planned("2025-05-15", "2026-01-15", "2025-08-05", "2026-01-15")],
        "CINPlanDates": [needed("2026-01-15")],
        "PreProceedingsandFGDM": [{"PPStartDate": "2025-09-01", "PPOutcome": "A"}],
    }
    assert broken(kid(whole)) == []


# What the whole return says


def of_the_return(*children: Content, year: str = "2026", reference: int = 2026) -> list[str]:
    asked = rules(reference)
    for child in children:
        asked.faults(child)
    return [fault.rule for fault in asked.faults_of_the_return(year=year)]


DISABLED = kid(Disability=["MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS"])
BEFORE_COURT = kid(before_court(PPStartDate="2025-05-01"))


def test_a_whole_return_that_keeps_every_rule_breaks_none() -> None:
    assert of_the_return(DISABLED, BEFORE_COURT, kid(of_plan("2026-03-02"))) == []


@pytest.mark.parametrize(
    ("rule", "children", "year"),
    [
        ("reference-date-wrong", [DISABLED, BEFORE_COURT], "2025"),
        ("more-plans-than-conferences", [DISABLED, BEFORE_COURT, kid({"ChildProtectionPlans": [planned("2026-03-02")]})], "2026"),
        ("sex-often-unknown?", [DISABLED, BEFORE_COURT, kid(Sex="U")], "2026"),
        ("few-disabilities?", [kid(Disability=["MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR"]), BEFORE_COURT], "2026"),
        ("one-disability-each?", [*(kid(Disability=[one]) for one in DISABLED["Disability"]), BEFORE_COURT], "2026"),
        ("no-pre-proceedings?", [DISABLED], "2026"),
    ],
)
def test_each_rule_of_the_whole_return_is_broken_by_what_breaks_it_alone(rule: str, children: list[Content], year: str) -> None:
    assert of_the_return(*children, year=year) == [rule]


def test_a_fault_of_the_whole_return_names_no_child() -> None:
    [fault] = rules().faults_of_the_return(year="2025")[:1]
    assert (fault.rule, fault.code, fault.child, fault.element, fault.said) == (
        "reference-date-wrong",
        "100",
        "",
        "ReferenceDate",
        "2026-03-31",
    )


def test_numbers_stand_once_in_a_return() -> None:
    asked = rules()
    said = pupil(RIGHT)
    assert asked.faults(said) == []
    assert [fault.rule for fault in asked.faults(said)] == ["child-number-twice", "pupil-number-twice"]


# By year


@pytest.mark.parametrize("number", ["A-1", "A" * 21])
def test_a_childs_number_is_held_to_its_letters_since_2025(number: str) -> None:
    born = {"PersonBirthDate": "2015-06-01", "GenderCurrent": "2", "Sex": None}
    assert broken(kid({"CINreferralDate": "2023-06-01"}, LAchildID=number, **born), 2024) == []


def test_a_factor_that_was_a_code_then_is_none_now() -> None:
    said = {"CINreferralDate": "2023-05-01", **of_assessments(assessed("2023-05-01", "2023-05-02", "18A", "19A"))}
    assert broken(kid(said, GenderCurrent="2", Sex=None), 2024) == []


@pytest.mark.parametrize(("element", "sex"), [("GenderCurrent", "9"), ("Gender", "0")])
def test_until_2024_the_gender_is_asked_and_then_the_sex(element: str, sex: str) -> None:
    said = kid({"CINreferralDate": "2023-06-01"}, Sex=None, **{element: sex})
    assert broken(said, 2024) == []
    assert broken(kid(Sex=None, **{element: sex})) == ["sex-missing"]


def test_pre_proceedings_are_asked_of_no_return_before_2026() -> None:
    assert of_the_return(DISABLED, year="2025", reference=2025) == []


def test_in_a_year_that_runs_nothing_is_missed_that_is_due_later() -> None:
    said = kid(of_assessments(assessed("2025-11-03")))
    for until, expected in ((date(2025, 11, 18), []), (date(2026, 3, 31), ["assessment-over-45-days?"])):
        assert [fault.rule for fault in rules(until=until).faults(said)] == expected


# Codes, and the table in the documentation


def test_a_fault_carries_the_dfes_code_and_a_query_is_told_apart_from_an_error() -> None:
    faults = rules().faults(kid(of_assessments(assessed("2025-05-02")), Sex=None))
    assert {fault.code: fault.is_query for fault in faults} == {"4180": False, "8670Q": True}


def test_a_query_is_a_query_by_name_and_code() -> None:
    for asked in ASKED.values():
        assert asked.is_query == (asked.code.endswith("Q") or not asked.code), asked


def test_every_rule_stands_in_the_documentation_with_its_code_and_words() -> None:
    told = (ROOT / "docs/census.md").read_text(encoding="utf-8")
    for asked in ASKED.values():
        assert f"| {asked.code or 'own'} | `{asked.name}` | {asked.words} |" in told
    for code, why in NOT_ASKED.items():
        assert f"| {code} | not asked | {why} |" in told


# Whatever stands there


WORDS = (
    *("", "x", "0001-01-01", "2025-02-28", "2025-05-01", "2025-06-31", "2026-03-02", "9999-12-31", "2024-02-29", "२०२५-०५-०१"),
    *("true", "false", "21", "8A", "18A", "UN1", "UN7", "RC2", "RC8", "NONE", "HEAR", "-1", "A8200001०5001", "B82000010500I"),
)


def anything(group: Group) -> st.SearchStrategy[Content]:
    """Any elements that the shape has, with any words in them."""
    words = st.sampled_from(WORDS)
    said: dict[str, st.SearchStrategy[Any]] = {}

    def add(group: Group) -> None:
        for part in group.parts:
            if isinstance(part, Group) and part.many:
                said[part.name] = st.lists(anything(part), max_size=2)
            elif isinstance(part, Group):
                add(part)
            else:
                said[part.name] = st.lists(words, max_size=2) if part.many else words

    add(group)
    return st.fixed_dictionaries({}, optional=said)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(anything(CHILD), st.integers(2010, 2030))
def test_whatever_a_file_holds_no_rule_raises(child: Content, year: int) -> None:
    asked = rules(year)
    for _twice in range(2):
        assert {fault.rule for fault in asked.faults(child)} <= set(ASKED)
    assert {fault.rule for fault in asked.faults_of_the_return(year=str(year))} <= set(ASKED)


# Pupils' numbers


@given(st.from_regex(r"\A[0-9]{11}[0-9A-HJ-NP-RT-Z]\Z"))
def test_a_pupils_number_is_right_with_its_own_letter_and_no_other(rest: str) -> None:
    right = letter_of(rest)
    assert [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if upn_is_right(letter + rest)] == [right]


def test_a_slip_in_one_digit_of_a_pupils_number_is_found() -> None:
    rest = "820000105001"
    assert upn_is_right(letter_of(rest) + rest)
    assert not upn_is_right(letter_of(rest) + "820000105002")
    assert not upn_is_right(letter_of(rest) + rest[:-1])
