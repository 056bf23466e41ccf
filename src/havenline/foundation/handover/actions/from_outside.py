"""What somebody told who has no account here becomes a hand-over that has arrived."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from havenline.engines.proof import canonical
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.handover.actions.moving import deliver, make_move, team_now
from havenline.foundation.handover.events import handover_sent
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import Purpose
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.records import actions as records


@transaction.atomic
def receive_told(
    *,
    purpose: Purpose,
    obligation: str,
    package: Mapping[str, Any],
    received_at: datetime,
    by: Membership,
    urgent: bool = False,
    told_with: HandOver | None = None,
) -> HandOver:
    """Record what somebody told this agency who has no account here: it has arrived, and its clocks run from its receipt.

    The file is the receiver's own. `told_with`: what was told in the same breath, so that both stand on one path. Raises NotYourRole.
    """
    by.must_be(*purpose.received_by)
    with_record = told_with.record if told_with else None
    record, key = records.open_record(kind=FileKind.HAND_OVER, agency=by.agency, arose_from=with_record, how="told with it")
    text = canonical(package)
    hand_over = HandOver.objects.create(
        record=record,
        source=with_record or record,
        purpose=purpose.code,
        obligation=obligation,
        from_agency=_nobodys_agency(),
        to_agency=by.agency,
        urgent=urgent,
        package=key.seal("package", text),
        package_digest=hashlib.sha256(text.encode()).hexdigest(),
        owed_at=received_at,
        sent_at=received_at,
    )
    hand_over.to_team = team_now(hand_over)
    changed = {"received_at": received_at, "package": hand_over.package_digest}
    make_move(hand_over, State.SENT, by=by, verb="recorded what was told", changed=changed)
    clocks.start(record=record, rule=purpose.accepted_within, agency=by.agency, by=by, started=received_at)
    if purpose.answered_within is not None:
        clocks.start(record=record, rule=purpose.answered_within, agency=by.agency, by=by, started=received_at)
    handover_sent.send(sender=HandOver, hand_over=hand_over)
    return deliver(hand_over=hand_over)


def _nobodys_agency() -> Agency:
    """Whoever has no account: one row for all of them, in which nobody acts and which is party to nothing."""
    name = str(AgencyKind.OUTSIDE.label)
    return Agency.objects.get_or_create(slug="without-an-account", defaults={"name": name, "kind": AgencyKind.OUTSIDE})[0]
