"""The address of an item, for the isolated viewer. Nothing is fetched here, and the look is counted."""

from django.db import transaction

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.takedown.models import NoticeItem
from havenline.journey.takedown.policies import DESK, POLICE


@transaction.atomic
def look_at_item(*, item: NoticeItem, by: Membership) -> str:
    """The item's address. The look is on the ledger, on the notice. Raises NotYourRole, NotPartyToRecord."""
    by.must_be(*DESK, *POLICE)
    by.must_be_party_to(item.notice)
    ledger.looked(by, item, reason="to_see_whether_it_is_gone" if item.notice.has_left else "to_send_or_release")
    return item.item.identifier.shown
