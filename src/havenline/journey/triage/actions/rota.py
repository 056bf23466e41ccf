"""Who is on call at the hotline."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.errors import NotOnRota
from havenline.journey.triage.models import OnCall


@transaction.atomic
def add_shift(*, membership: Membership, since: datetime, until: datetime, by: Membership) -> OnCall:
    """Put an analyst on call. The same shift twice is one. Raises NotOnRota, NotYourRole."""
    by.must_be(Role.SENIOR_ANALYST)
    if membership.agency_id != by.agency_id or membership.role not in ANALYSTS:
        raise NotOnRota(_("Choose an analyst of your own hotline."))
    if until <= since:
        raise NotOnRota(_("Enter an end that is after the start."))
    shift, made = OnCall.objects.get_or_create(membership=membership, since=since, until=until)
    if made:
        ledger.record(by, "put on call", membership, changed={"since": since, "until": until})
    return shift


@transaction.atomic
def remove_shift(*, shift: OnCall, by: Membership) -> None:
    """Take a shift off the rota. Raises NotYourRole, NotOnRota."""
    by.must_be(Role.SENIOR_ANALYST)
    if shift.membership.agency_id != by.agency_id:
        raise NotOnRota(_("This shift belongs to another hotline."))
    ledger.record(by, "took off the rota", shift.membership, changed={"since": shift.since, "until": shift.until})
    shift.delete()
