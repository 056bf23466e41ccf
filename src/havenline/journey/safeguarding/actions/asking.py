"""Another area is asked, before the decision, whether it knows the child: only as much as it needs to look."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import ENQUIRY
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.journey.safeguarding.actions.refusals import NotOfThisCase

OF_THE_CHILD = ("name", "other_names", "born_on", "born_about", "age", "address", "nhs", "upn")


@transaction.atomic
def ask_another_area(*, referral: HandOver, area: Agency, by: Membership, words: str = "") -> HandOver:
    """Ask whether that area knows the child of a referral; it answers within its clock. Asking twice is asking once.

    Raises NotOfThisCase, NotPartyToRecord, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    by.must_be_party_to(referral)
    if area.kind != AgencyKind.SOCIAL_CARE or area.pk == by.agency_id or referral.to_agency_id != by.agency_id:
        raise NotOfThisCase(_("Choose another area’s children’s social care."))
    told = referral.contents().get("child", {})
    asked = handover.owe(
        source=referral.record,
        purpose=ENQUIRY,
        obligation=f"known in {area.slug}",
        from_agency=by.agency,
        to_agency=area,
        package={
            "child": {key: told[key] for key in OF_THE_CHILD if told.get(key)},
            "concern": words.strip() or _("Do you know this child, or somebody at this address? Is there a case or a plan, now or before?"),
            "from_person": by.name,
            "from_agency": by.agency.name,
            "urgent": referral.urgent,
        },
        by=by,
        urgent=referral.urgent,
    )
    return handover.send(hand_over=asked, by=by) if asked.state == "owed" else asked
