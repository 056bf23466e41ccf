"""Between decisions an analyst may ask the reporter something."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Message, Report
from havenline.journey.triage.actions.claiming import must_hold
from havenline.journey.triage.errors import CouldBeRead
from havenline.journey.triage.models import Decision


@transaction.atomic
def write(*, report: Report, words: str, could_be_read: str, by: Membership) -> Message:
    """Leave a question behind the receipt, after the question whether the person reported could read it.

    Raises CouldBeRead, and what `must_hold` and `intake.write_to_reporter` raise.
    """
    if could_be_read != Decision.CouldBeRead.NO:
        raise CouldBeRead(_("The person reported could read this, so nothing was sent. With your decision, only the neutral wording goes."))
    must_hold(report, by)
    return intake.write_to_reporter(report=report, words=words, by=by)
