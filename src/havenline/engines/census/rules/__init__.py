"""The rules that a return is held to: the DfE's validation of the Children in Need census, as far as the file alone can tell.

    rules = Rules(reference=census.header.reference_date, calendar=calendar)
    for child in census.children():
        rules.faults(child.content)               # [Fault(rule="need-missing", code="8610", …)]
    rules.faults_of_the_return(year="2026")       # what can be told at the end alone

`asked` has every rule with its code and words; the other modules, by the census's own groups, ask them.
"""

from datetime import date

from havenline.engines.census.counting import Calendar
from havenline.engines.census.shape import Content

from . import assessments, child, enquiries, episodes, plans, pre_proceedings
from .asked import ASKED, NOT_ASKED, Asked
from .child import upn_is_right
from .whole import WholeReturn
from .year import Fault, Life, Told, Year, day

__all__ = ["ASKED", "NOT_ASKED", "Asked", "Fault", "Rules", "upn_is_right"]


class Rules:
    """`reference`: the census's reference date; its year ends then. `until`: what is known up to, where the year runs yet: what is due
    later is not missed."""

    def __init__(self, *, reference: date, calendar: Calendar, until: date | None = None) -> None:
        self.year = Year(reference=reference, calendar=calendar, until=until)
        self._numbers, self._whole = child.Numbers(), WholeReturn()

    def faults(self, of: Content) -> list[Fault]:
        """What is wrong with this child, given what was asked before: numbers may stand once in a return."""
        year, told = self.year, Told(str(of.get("LAchildID", "")))
        life = Life(day(of, "PersonBirthDate"), day(of, "ExpectedPersonBirthDate"), day(of, "PersonDeathDate"))
        child.ask(of, life, year, self._numbers, told)
        of_child = of.get("CINdetails", [])
        if not of_child:
            told("no-episode", "CINdetails")
        for episode in of_child:
            episodes.ask(episode, life, year, told)
            assessments.ask(of, episode, year, told)
            enquiries.ask(of, episode, year, told)
            pre_proceedings.ask(episode, year, told)
        episodes.ask_beside_each_other(of_child, year, told)
        plans.ask(of, life, year, told)
        self._whole.count(of, life, year)
        return told.faults

    def faults_of_the_return(self, *, year: str = "") -> list[Fault]:
        """What is wrong with all of them together, once every child was asked. `year`: as the header says it."""
        told = Told("")
        self._whole.ask(self.year, year, told)
        return told.faults
