"""The shape of the Children in Need census: which element stands where, in which order, and what it holds.

Source: DfE, *Children in need census: business and technical specification*, collections 2021-22 to 2025-26, as remembered; no schema of
the DfE's may be kept here, so this is a list of our own. What is not certain of it is said in docs/census.md.

A child is kept as plain values: `Content`, by element. What stands once is a string, what may stand often a list of them; a group that
may stand often (an episode, an assessment) is a list of contents. Elements that only hold others together (`Reviews`) are left out, and
stand again where it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["date", "flag", "number", "code", "text"]
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element with words. `codes`: those that it may hold, where the census has a closed list of them."""

    name: str
    kind: Kind = "text"
    many: bool = False
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """An element with elements. `many`: it may stand often, and its first leaf begins another."""

    name: str
    parts: "tuple[Leaf | Group, ...]"
    many: bool = False


def _date(name: str, *, many: bool = False) -> Leaf:
    return Leaf(name, "date", many)


def _codes(name: str, codes: str, *, many: bool = False) -> Leaf:
    return Leaf(name, "code", many, frozenset(codes.split()))


ABUSE = "NEG PHY SAB EMO MUL"
ETHNICITIES = "ABAN AIND AOTH APKN BAFR BCRB BOTH CHNE MOTH MWAS MWBA MWBC NOBT OOTH REFU WBRI WIRI WIRT WOTH WROM"
FACTORS = (
    "1A 1B 1C 2A 2B 2C 3A 3B 3C 4A 4B 4C 5A 5B 5C 6A 6B 6C 7A 8B 8C 8D 8E 8F 9A 10A 11A 12A 13A 14A 15A 16A 17A 18A 18B 18C 19A 19B 19C"
    " 20 21 22A 23A 24A"
)
CHILD = Group(
    "Child",
    (
        Group(
            "ChildIdentifiers",
            (
                Leaf("LAchildID"),
                Leaf("UPN"),
                Leaf("FormerUPN"),
                _codes("UPNunknown", "UN1 UN2 UN3 UN4 UN5 UN6 UN7 UN8 UN9 UN10"),
                _date("PersonBirthDate"),
                _date("ExpectedPersonBirthDate"),
                _codes("GenderCurrent", "0 1 2 9"),  # until 2023-24; since then the next
                _codes("Gender", "0 1 2 9"),
                _codes("Sex", "M F U"),
                _date("PersonDeathDate"),
            ),
        ),
        Group(
            "ChildCharacteristics",
            (
                _codes("Ethnicity", ETHNICITIES),
                Group(
                    "Disabilities",
                    (_codes("Disability", "NONE MOB HAND PC INC COMM LD HEAR VIS BEH CON AUT DDA", many=True),),
                ),
            ),
        ),
        Group(
            "CINdetails",
            (
                _date("CINreferralDate"),
                _codes("ReferralSource", "1A 1B 1C 1D 2A 2B 3A 3B 3C 3D 3E 3F 4 5A 5B 5C 5D 6 7 8 9 10"),
                _codes("PrimaryNeedCode", "N0 N1 N2 N3 N4 N5 N6 N7 N8 N9"),
                _date("CINclosureDate"),
                _codes("ReasonForClosure", "RC1 RC2 RC3 RC4 RC5 RC6 RC7 RC8 RC9"),
                _date("DateOfInitialCPC"),
                Leaf("ReferralNFA", "flag"),
                Group(
                    "Assessments",
                    (
                        _date("AssessmentActualStartDate"),
                        _date("AssessmentInternalReviewDate"),
                        _date("AssessmentAuthorisationDate"),
                        Group("FactorsIdentifiedAtAssessment", (_codes("AssessmentFactors", FACTORS, many=True),)),
                    ),
                    many=True,
                ),
                Group("CINPlanDates", (_date("CINPlanStartDate"), _date("CINPlanEndDate")), many=True),
                Group(
                    "Section47",
                    (
                        _date("S47ActualStartDate"),
                        _date("InitialCPCtarget"),
                        _date("DateOfInitialCPC"),
                        Leaf("ICPCnotRequired", "flag"),
                    ),
                    many=True,
                ),
                Group(
                    "ChildProtectionPlans",
                    (
                        _date("CPPstartDate"),
                        _date("CPPendDate"),
                        _codes("InitialCategoryOfAbuse", ABUSE),
                        _codes("LatestCategoryOfAbuse", ABUSE),
                        Leaf("NumberOfPreviousCPP", "number"),
                        Group("Reviews", (_date("CPPreviewDate", many=True),)),
                    ),
                    many=True,
                ),
                Group(
                    "PreProceedingsandFGDM",
                    (
                        _date("PPStartDate"),
                        _date("LBPSentDate"),
                        _date("InitialPPMeetingDate"),
                        Leaf("FGDMMeetingOffer", "flag"),
                        Leaf("FGDMMeetingFac", "flag"),
                        Leaf("ReviewMeetingsCount", "number"),
                        _date("StepDecisionDate"),
                        _codes("PPOutcome", "A B C"),
                        _date("CourtAppDate"),
                        _date("LetterInitCPDate"),
                    ),
                    many=True,
                ),
            ),
            many=True,
        ),
    ),
    many=True,
)
HEADER = Group(
    "Header",
    (
        Group("CollectionDetails", (_codes("Collection", "CIN"), Leaf("Year", "number"), _date("ReferenceDate"))),
        Group(
            "Source",
            (
                _codes("SourceLevel", "L"),
                Leaf("LEA", "number"),
                Leaf("SoftwareCode"),
                Leaf("Release"),
                Leaf("SerialNo", "number"),
                Leaf("DateTime"),
            ),
        ),
        Group("Content", (Group("CBDSLevels", (_codes("CBDSLevel", "Child"),)),)),
    ),
)
MESSAGE = Group("Message", (HEADER, Group("Children", (CHILD,))))


def _walk(group: Group, record: str) -> Iterator[tuple[str, Leaf]]:
    for part in group.parts:
        if isinstance(part, Leaf):
            yield record, part
        else:
            yield from _walk(part, part.name if part.many else record)


LEAVES: dict[tuple[str, str], Leaf] = {(record, leaf.name): leaf for record, leaf in _walk(CHILD, CHILD.name)}
"""By the group that may stand often, and the element: ("Section47", "DateOfInitialCPC")."""
RECORDS: dict[str, tuple[str, ...]] = {}
"""By leaf: the groups that it may stand in, the innermost first."""
for _record, _name in LEAVES:
    RECORDS[_name] = (_record, *RECORDS.get(_name, ()))
FIRST: dict[str, str] = {}
"""By group: the leaf that begins another, where several stand in a row in one."""
for _record, _name in LEAVES:
    FIRST.setdefault(_record, _name)
GROUPS = frozenset(FIRST) - {CHILD.name, "CINdetails"}
