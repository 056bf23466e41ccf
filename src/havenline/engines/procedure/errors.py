"""What can go wrong, each with a message that says what to do."""


class ProcedureError(Exception):
    """Any error of this engine."""


class DateOutOfRange(ProcedureError, ValueError):
    """A date so far away that nobody can know its bank holidays."""


class NationUnknown(ProcedureError, LookupError):
    """No nation of the United Kingdom has that name."""


class EditionUnknown(ProcedureError, LookupError):
    """No edition of that name is held."""


class NoEditionInForce(ProcedureError, LookupError):
    """No edition that is held was in force on that day."""


class StepUnknown(ProcedureError, LookupError):
    """The edition has no such step."""


class OutcomeUnknown(ProcedureError, LookupError):
    """The step has no such outcome."""


class StepHasNoLimit(ProcedureError):
    """The guidance sets no number of days for this step, so there is no due date."""


class EditionRefused(ProcedureError, ValueError):
    """An edition's file breaks the format. `problems` names file, line, step and key of every one."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))
