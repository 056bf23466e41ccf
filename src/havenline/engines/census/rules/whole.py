"""What is asked of the whole return: counted child by child, told at its end."""

from datetime import date

from havenline.engines.census.shape import Content

from .year import Life, Told, Year, day

PRE_PROCEEDINGS_SINCE = 2026
FEWEST_DISABILITIES = 8


class WholeReturn:
    def __init__(self) -> None:
        self.children = self.without_sex = self.plans = self.conferences = 0
        self.disabilities: set[str] = set()
        self.has_two_disabilities = self.has_pre_proceedings = False

    def count(self, child: Content, life: Life, year: Year) -> None:
        self.children += 1
        sex = child.get("Sex") or child.get("Gender") or child.get("GenderCurrent")
        self.without_sex += sex in (None, "U", "0") and life.expected is None
        disabilities = set(child.get("Disability", ())) - {"NONE"}
        if disabilities:
            self.disabilities |= disabilities
            self.has_two_disabilities = self.has_two_disabilities or len(disabilities) > 1
        for episode in child.get("CINdetails", ()):
            self.conferences += _is_in(year, episode, "DateOfInitialCPC")
            self.conferences += sum(_is_in(year, one, "DateOfInitialCPC") for one in episode.get("Section47", ()))
            self.plans += sum(_is_in(year, one, "CPPstartDate") for one in episode.get("ChildProtectionPlans", ()))
            if not self.has_pre_proceedings:
                self.has_pre_proceedings = any("PPStartDate" in one for one in episode.get("PreProceedingsandFGDM", ()))

    def ask(self, year: Year, of_year: str, told: Told) -> None:
        if of_year and year.reference.isoformat() != f"{of_year}-03-31":
            told("reference-date-wrong", "ReferenceDate", year.reference)
        if self.plans > self.conferences:
            told("more-plans-than-conferences", "CPPstartDate", f"{self.plans} plans, {self.conferences} conferences")
        if self.without_sex * 50 > self.children:
            told("sex-often-unknown?", "Sex", f"{self.without_sex} of {self.children}")
        if len(self.disabilities) < FEWEST_DISABILITIES:
            told("few-disabilities?", "Disability", " ".join(sorted(self.disabilities)))
        if self.disabilities and not self.has_two_disabilities:
            told("one-disability-each?", "Disability")
        if not self.has_pre_proceedings and year.reference.year >= PRE_PROCEEDINGS_SINCE:
            told("no-pre-proceedings?", "PPStartDate")


def _is_in(year: Year, record: Content, name: str) -> bool:
    happened: date | None = day(record, name)
    return happened is not None and year.holds(happened)
