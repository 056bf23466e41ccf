"""What nobody read is telephoned; the call is recorded: when, whom, and what was agreed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.prevention.actions.errors import CallMissing, NotADraft
from havenline.journey.prevention.actions.sending import own
from havenline.journey.prevention.models import Reached, SchoolNotice, TelephoneCall
from havenline.journey.prevention.policies import ACKNOWLEDGED


@transaction.atomic
def record_call(*, notice: SchoolNotice, called_at: datetime, reached: str, spoke_to: str, agreed: str, by: Membership) -> TelephoneCall:
    """Only a call that reached the safeguarding lead ends the duty. The same call is recorded once. Raises CallMissing, NotYourNotice."""
    notice = own(notice, by)
    before = notice.calls.filter(called_at=called_at, by=by).first()
    if before is not None:
        return before
    if notice.withdrawn_at is not None:
        raise NotADraft(_("This notice was taken back: there is nothing to telephone about."))
    if called_at > moment.now() or called_at < notice.sent_at.replace(second=0, microsecond=0):
        raise CallMissing(_("Enter a time between the sending of the notice and now."))
    if reached != Reached.NOBODY and not (spoke_to.strip() and agreed.strip()):
        raise CallMissing(_("Enter the name of whoever answered, and what was agreed."))
    call = TelephoneCall.objects.create(
        notice=notice,
        called_at=called_at,
        number=notice.school.telephone,
        reached=Reached(reached),
        spoke_to=spoke_to.strip(),
        agreed_sealed=notice.record.ledger_seal().seal("agreed", agreed.strip()) if agreed.strip() else None,
        by=by,
        recorded_at=moment.now(),
    )
    ledger.record(by, "telephoned a school about its notice", call, reason=reached, words=agreed)
    if reached == Reached.LEAD:
        clocks.stop(record=notice.record, rule=ACKNOWLEDGED.code, by=by)
    return call
