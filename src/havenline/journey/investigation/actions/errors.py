"""Why an act of this room is refused. Each says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from havenline.foundation.handover.actions import NotYoursToMove

if TYPE_CHECKING:
    from havenline.journey.investigation.gate import Block


class NotYourCase(PermissionError):
    """Only the force whose case it is works on it."""


class CaseIsClosed(Exception):
    """A closed case takes nothing more."""


class CaseNotThroughTheGate(Exception):
    """The case cannot be closed: `blocks` says what is missing, each with the place where it is put right."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        super().__init__(_("This case cannot be closed: %(reasons)s.") % {"reasons": "; ".join(block.text for block in blocks)})


class ReferralUnanswered(CaseNotThroughTheGate):
    """Among what is missing is a referral that is obliged, or would be: not owed yet, not sent, or not answered."""


class RationaleMissing(ValueError):
    """A finding, a review and a settlement each need their reason in words."""


class SourceMissing(ValueError):
    """A known answer has a source and a date."""


class NameInTitle(ValueError):
    """A title stands in lists: it names nobody."""


class NotIdentified(NotYoursToMove):
    """No name, register check, referral or notice before a reviewed attribution, except a recorded emergency."""


class AnotherPersonNeeded(PermissionError):
    """A review is another person's: never of one's own work, in whatever role."""


class ChangedMeanwhile(Exception):
    """Another person changed this since the page was opened; nothing was overwritten."""


class AlreadyDone(Exception):
    """This was done before, and stands."""


class FindingContradictsAnswers(ValueError):
    """“No access found” needs every question about access answered with no."""


class NobodyToRefer(ValueError):
    """A child, household or address is needed: a referral is never empty."""


class StillWithReceiver(Exception):
    """The receiver has it: wait for the answer, or withdraw it first."""
