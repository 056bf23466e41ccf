"""The calendar of the census's clocks: `engines.procedure`, asked for the four steps that the census counts."""

from collections.abc import Iterable
from datetime import date

from havenline.engines import procedure
from havenline.engines.census import Clock, NoDueDate

STEPS: dict[Clock, str] = {
    "assessment_45": "single_assessment",
    "conference_15": "initial_child_protection_conference",
    "first_review": "first_review",
    "later_review": "later_review",
}


class WorkingTogether:
    """Limits of the edition in force on the day a clock started, or of one edition for all clocks."""

    def __init__(self, edition: procedure.Edition | None = None) -> None:
        self.edition = edition

    def due(self, clock: Clock, started: date) -> tuple[date, str]:
        """The due date, and the edition's name. Raises NoDueDate."""
        step = STEPS[clock]
        try:
            edition = self.edition or procedure.edition_in_force(started)
            if not edition.has(step):
                raise NoDueDate(f"starts no clock under {edition.title}, which has no such step")
            return edition.due(step, started=started), edition.name
        except procedure.NoEditionInForce as error:
            raise NoDueDate("starts no clock: no edition that is held was in force on that day (--edition counts by one)") from error
        except procedure.ProcedureError as error:
            raise NoDueDate(f"starts no clock: {error}") from error

    def working_days(self, first: date, last: date) -> Iterable[date]:
        return procedure.ENGLAND.working_days(first, last)
