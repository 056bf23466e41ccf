"""What is asked of a child: the identifiers and the characteristics."""

import re
from datetime import timedelta

from havenline.engines.census.shape import CHILD, LEAVES, Content

from .year import Life, Told, Year, day, is_before, years_after

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""A check letter stands for the remainder modulo 23: I, O and S are left out."""
_UPN = re.compile(r"([A-Z])([0-9]{11})([0-9A-Z])")
_LAST = frozenset("0123456789" + UPN_LETTERS)
LONGEST_NUMBER = 20
SEX_SINCE = 2025
"""The year that ended the first census that asks the sex; before, the gender was asked."""
_SEX = {"M", "F", "U"}
_GENDER = {"0", "1", "2", "9"}
_ETHNICITIES = LEAVES[CHILD.name, "Ethnicity"].codes
_DISABILITIES = LEAVES[CHILD.name, "Disability"].codes
_WHY_NO_UPN = LEAVES[CHILD.name, "UPNunknown"].codes - {"UN1"}  # not of school age
_RANGES = (
    "001-005 201-213 301-320 330-336 340-344 350-359 370-373 380-384 390-394 420 660-681 701-708 800-803 805-808 810-813 815 816 820-823"
    " 825 826 830 831 835-841 845 846 850-852 855-857 860 861 865-896 908 909 916 919 921 925 926 928 929 931 933 935-938 940-943"
)
AUTHORITIES = frozenset(
    f"{number:03}"
    for first, _, last in (each.partition("-") for each in _RANGES.split())
    for number in range(int(first), int(last or first) + 1)
)
"""Those that a pupil's number may name: authorities since April 1998, and what stands for one."""


def upn_is_right(upn: str) -> bool:
    """A letter that checks the twelve digits and letters after it."""
    found = _UPN.fullmatch(upn)
    if found is None or found[3] not in _LAST:
        return False
    last = int(found[3]) if found[3].isdigit() else UPN_LETTERS.index(found[3])
    total = sum(int(digit) * weight for weight, digit in enumerate(found[2], start=2)) + last * 13
    return UPN_LETTERS[total % 23] == found[1]


class Numbers:
    """Those that stood before: each may stand once in a return."""

    def __init__(self) -> None:
        self.children: set[str] = set()
        self.pupils: set[str] = set()


def ask(child: Content, life: Life, year: Year, numbers: Numbers, told: Told) -> None:
    _number(told.child, year, numbers, told)
    _pupil(child, life, year, numbers, told)
    _birth(child, life, year, told)
    if child.get("Ethnicity") not in _ETHNICITIES:
        told("ethnicity-missing", "Ethnicity", child.get("Ethnicity"))
    _disability(child, life, told)


def _number(number: str, year: Year, numbers: Numbers, told: Told) -> None:
    if not number:
        told("child-number-missing", "LAchildID")
        return
    if number in numbers.children:
        told("child-number-twice", "LAchildID", number)
    numbers.children.add(number)
    if year.reference.year >= 2025:
        if len(number) > LONGEST_NUMBER:
            told("child-number-long", "LAchildID", number)
        if not (number.isascii() and number.isalnum()):
            told("child-number-other-letters", "LAchildID", number)


def _pupil(child: Content, life: Life, year: Year, numbers: Numbers, told: Told) -> None:
    upn, unknown, former = child.get("UPN"), child.get("UPNunknown"), child.get("FormerUPN")
    if upn:
        if upn in numbers.pupils:
            told("pupil-number-twice", "UPN", upn)
        numbers.pupils.add(upn)
        if not upn_is_right(upn):
            _what_is_wrong(upn, told)
        if len(upn) == 13 and upn[1:4] not in AUTHORITIES:
            told("pupil-authority-unknown", "UPN", upn)
    if former and _UPN.fullmatch(former) is None:
        told("former-pupil-number-wrong?", "FormerUPN", former)
    if unknown == "UN7" and any(one.get("ReferralNFA") != "true" for one in child.get("CINdetails", ())):
        told("pupil-reason-no-further-action", "UPNunknown", unknown)
    if not upn and unknown not in _WHY_NO_UPN and life.born and life.born <= year.school_age and _went_on(child):
        told("no-pupil-number-at-school-age?", "UPNunknown", unknown)


def _went_on(child: Content) -> bool:
    return any(one.get("ReferralNFA") == "false" for one in child.get("CINdetails", ()))


def _what_is_wrong(upn: str, told: Told) -> None:
    digits_are_wrong = not (len(upn) == 13 and upn[4:12].isascii() and upn[4:12].isdigit())
    if digits_are_wrong:
        told("pupil-digits-wrong", "UPN", upn)
    if len(upn) == 13 and upn[12] not in _LAST:
        told("pupil-last-letter-wrong", "UPN", upn)
    elif not digits_are_wrong:
        told("pupil-letter-wrong", "UPN", upn)


def _birth(child: Content, life: Life, year: Year, told: Told) -> None:
    born, expected, died = life
    if year.reference.year >= SEX_SINCE:
        element, codes, not_known = "Sex", _SEX, "U"
    else:
        element, codes, not_known = "Gender" if "Gender" in child else "GenderCurrent", _GENDER, "0"
    sex = child.get(element)
    if sex not in codes:
        told("sex-missing", element, sex)
    elif expected and not born and sex != not_known:
        told("unborn-with-sex", element, sex)
    if bool(born) == bool(expected):
        told("birth-or-expected-birth?", "PersonBirthDate", born)
    if born and born > year.reference:
        told("born-after-period", "PersonBirthDate", born)
    if expected and not year.reference - timedelta(days=30) <= expected <= year.nine_months_on:
        told("expected-far-off?", "ExpectedPersonBirthDate", expected)
    if is_before(died, born):
        told("died-before-birth?", "PersonDeathDate", died)
    if not year.holds(died):
        told("died-outside-period?", "PersonDeathDate", died)
    if born and born < year.of_25:
        at_25 = years_after(born, 25)
        if any((day(one, "CINclosureDate") or year.reference) > at_25 for one in child.get("CINdetails", ())):
            told("older-than-25?", "PersonBirthDate", born)


def _disability(child: Content, life: Life, told: Told) -> None:
    disabilities = child.get("Disability", ())
    if life.born and not (disabilities and _DISABILITIES.issuperset(disabilities)) and _went_on(child):
        told("disability-missing", "Disability", " ".join(disabilities))
    if len(disabilities) > 1:
        if "NONE" in disabilities:
            told("disability-none-and-another", "Disability", "NONE")
        if len(set(disabilities)) < len(disabilities):
            told("disability-twice", "Disability")
