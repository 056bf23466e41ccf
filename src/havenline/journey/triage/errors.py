"""What the desk refuses, and what to do about it. Each message is a sentence for the person who asked."""


class NotWaiting(Exception):
    """The report waits for nobody any more: somebody decided it. Names who, and when."""


class ClaimedByAnother(Exception):
    """Somebody else reads this report now; names them, and until when."""


class ClaimRanOut(Exception):
    """The claim ran out while the person was away. What they typed is kept; they claim again."""


class NotClaimed(Exception):
    """A report is claimed before it is graded or decided."""


class NothingWaits(Exception):
    """The queue holds nothing that this person could claim."""


class SecondPersonNeeded(PermissionError):
    """Whoever was unsure of an item doesn't grade it again: another person does."""


class CannotCarryOver(ValueError):
    """A grade carries over only to the same SHA-256, exactly."""


class CannotAccept(ValueError):
    """What a page offered is not what is known now: something was withdrawn, graded or listed meanwhile."""


class CannotGive(ValueError):
    """A grade is given to what is alike only after a person looked; *unsure* and *can't be assessed* never are."""


class NotReadyToDecide(ValueError):
    """Something stands open: `reasons` names each, with the part of the page that settles it."""

    def __init__(self, reasons: list[tuple[str, str]]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(words for words, _where in reasons))


class ReportChanged(Exception):
    """The reporter wrote, or somebody graded, after the page was shown. Says what to read first."""


class AlreadyDecided(Exception):
    """Another decision stands on this report; names who decided, and when."""


class TooLateToTakeBack(Exception):
    """The decision was carried out; what was sent is withdrawn from the hand-over, with a reason."""


class NotOnRota(ValueError):
    """A shift on the rota needs an analyst, and an end after its start."""


class ReasonMissing(ValueError):
    """A child without a referral needs the reason against one."""


class ChildNotDescribed(ValueError):
    """A child is added by whatever the report says of them."""


class DutySettled(Exception):
    """The child was referred already."""


class CouldBeRead(PermissionError):
    """The person reported could read it: own words never go."""


class LimitReached(PermissionError):
    """This person has looked enough. Says at what, and whom to hand over to; where a child is in danger, what remains possible."""


class OnBreak(Exception):
    """Whoever is on a break reads and looks at nothing until they end it."""


class SomebodyElseCan(Exception):
    """Nobody goes on past a limit while somebody else at the desk can take the report; names them."""


class NotInDanger(Exception):
    """A limit holds, except where a child is in danger now."""


class NotStricter(ValueError):
    """A person's own limit is at most their agency's."""


class NotALimit(ValueError):
    """A limit is a whole number within what makes sense; says which."""


class NothingToKeep(ValueError):
    """A check-in has a mood or some words, and not too many."""


class NotInThePlan(ValueError):
    """The plan is about analysts of one's own hotline, and days to come."""
