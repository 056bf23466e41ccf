"""Why an act was refused. Each says what to do."""

from collections.abc import Mapping

from havenline.journey.safeguarding.queries.same_child import Candidate


class NotAReferral(ValueError):
    """This hand-over is nothing that a child's case arises from."""


class ChildMayBeKnown(Exception):
    """Children of this area look the same: a person says which it is, or that it is another. Nothing is merged silently."""

    def __init__(self, message: str, candidates: list[Candidate]) -> None:
        self.candidates = candidates
        super().__init__(message)


class CannotMerge(Exception):
    """These two cannot be one child as things stand; says why."""


class NumberNotPossible(ValueError):
    """A number whose check does not fit: it was written wrong."""


class PaperFinished(Exception):
    """A finished paper is not written on: it is reopened first."""


class PaperNotWhole(ValueError):
    """What a paper must say is not said yet, or it says more than a paper can; says which. `missing`: in words, by field."""

    def __init__(self, message: str, missing: Mapping[str, str] | None = None) -> None:
        self.missing = missing or {}
        super().__init__(message)


class ChangedMeanwhile(Exception):
    """Somebody recorded something after this page was opened; says what. Nothing was saved."""


class CaseClosed(Exception):
    """The case is closed: nothing is added to it."""


class StepNotNext(ValueError):
    """This step cannot follow what is recorded; says what may."""


class OutcomeMissing(ValueError):
    """A step is done with an outcome; only what lasts can have begun without one."""


class DateNotPossible(ValueError):
    """In the future, before the referral, or before what led to it (census rule 1104). `wrong`: in words, by field, where it is known."""

    def __init__(self, message: str, wrong: Mapping[str, str] | None = None) -> None:
        self.wrong = wrong or {}
        super().__init__(message)


class ReferralNotPossible(ValueError):
    """What was told cannot be recorded as a referral as it stands. `wrong`: in words, by field. Nothing was saved, nothing is lost."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(wrong.values()))


class NotAChild(ValueError):
    """Whoever is referred was 18 or over: children's social care takes up no referral of an adult."""


class TimeMissing(ValueError):
    """What is counted in hours needs its hour."""


class OnAWeekend(ValueError):
    """A conference is not on a Saturday or Sunday (census rule 8875), unless somebody says that it was."""


class DecisionMissing(Exception):
    """The referrer is told the decision: it has to be made first."""


class ReasonMissing(ValueError):
    """A decision, a correction, an ending each need their reason in words."""


class AnotherPersonSignsOff(PermissionError):
    """A decision is signed off by a manager who did not make it."""


class NothingToEnd(Exception):
    """The case is still open under the guidance; says what is left to do."""


class AnotherCensus(Exception):
    """The file is another than the one that was previewed."""


class CannotHoldCensus(ValueError):
    """A census is taken in by children's social care, for somebody there who holds cases."""


class NotOfThisCase(ValueError):
    """This belongs to another case."""


class PlaceNotFree(Exception):
    """Room, chair or somebody who has to be there is elsewhere at that time, or it is no day for a conference; says which and why."""


class SettingNotPossible(ValueError):
    """A room, a sitting, a chair's week or an absence cannot be so; says why."""


class PlanNotReady(Exception):
    """A plan is accepted when it is ready, and by the conference service of its own agency."""


class FeedUnknown(Exception):
    """No calendar has this address, or it has ended: both are answered alike."""


class TooManyWrongCalendars(Exception):
    """The budget of this minute is spent; nothing was looked up."""
