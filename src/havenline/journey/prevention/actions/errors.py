"""What this room refuses. Each says what to do."""


class SchoolKnown(ValueError):
    """The register has a school with this number."""


class NotASchool(ValueError):
    """What was typed cannot stand in the register."""


class NoNumber(ValueError):
    """A person is verified by a call to the register's number, and there is none."""


class NotALead(ValueError):
    """Only a safeguarding lead of that very school's agency is its verified person."""


class NotASource(ValueError):
    """A notice to schools comes from a case or a report that the writer may see and whose agency is theirs."""


class WordsMissing(ValueError):
    """Something must be said in words."""


class NamesSomebody(ValueError):
    """The text holds a name, account or address that the source knows; says which words."""

    def __init__(self, said: str, words: list[str]) -> None:
        self.words = words
        super().__init__(said)


class NotADraft(Exception):
    """The notice stands elsewhere by now; says where."""


class AnswerMissing(ValueError):
    """Each school needs its answer first."""


class OfficerTold(Exception):
    """The designated officer was told about this school, and decides what it hears."""


class AnotherPersonNeeded(PermissionError):
    """A notice to schools is agreed by another person, and one of the two supervises."""


class PoliceMustAgree(PermissionError):
    """A silence stands: who can speak under it is named."""


class ChangedMeanwhile(Exception):
    """It is not what was shown when this was typed; nothing was changed."""


class NotYourNotice(PermissionError):
    """Only its sender, or the school's verified person, does this."""


class OpenedAlready(Exception):
    """It was opened by the school: it cannot be taken back any more."""


class NotVerified(PermissionError):
    """The school's person has not been verified by a call yet."""


class CallMissing(ValueError):
    """A call has a time that is past, and the name of whoever answered."""


class Undecided(ValueError):
    """Each finding is decided by the person who read it."""
