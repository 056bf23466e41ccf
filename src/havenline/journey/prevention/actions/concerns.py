"""A school raises a concern about a child: recorded with its reason, and handed to children's social care in the same act."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.purposes import CONCERN_FROM_SCHOOL
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind, FileKind, Role
from havenline.foundation.records import actions as records
from havenline.journey.intake import pictures, receipts
from havenline.journey.prevention.actions.errors import NotASource, WordsMissing
from havenline.journey.prevention.models import Concern


@transaction.atomic
def raise_concern(
    *,
    token: str,
    child: dict[str, Any],
    concern: str,
    why: str,
    parents_told: str,
    by: Membership,
    urgent: bool = False,
    called_name: str = "",
    called_at: datetime | None = None,
) -> Concern:
    """Record a concern and refer it to children's social care. The same token gives the same concern.

    `child`: name, age, town, address, household; the school is the lead's own. An urgent one is telephoned too: when, and who answered.
    Raises NotYourRole, WordsMissing, NotASource, pictures.PictureRefused, handover.CallMissing.
    """
    by.must_be(Role.SAFEGUARDING_LEAD)
    submission = receipts.submission_of(f"{by.pk} {token}")
    before: Concern | None = Concern.objects.filter(submission=submission).first()
    if before is not None:
        return before
    if not (str(child.get("name") or "").strip() and concern.strip() and why.strip()):
        raise WordsMissing(_("Enter the child’s name, what worries you, and why you refer it."))
    pictures.refuse_in([concern, why, *(str(value) for value in child.values())])
    care = serving(AgencyKind.SOCIAL_CARE, f"{child.get('town') or ''} {by.agency.area}", near=by.agency)
    if care is None:
        raise NotASource(_("No children’s social care is set up here. Telephone them, and tell whoever runs this installation."))
    told = {
        "child": {
            "name": str(child.get("name") or "").strip(),
            "age": child.get("age"),
            "town": str(child.get("town") or "").strip(),
            "school": by.agency.name,
            "household": str(child.get("household") or "").strip(),
            "address": str(child.get("address") or "").strip(),
        },
        "concern": concern.strip(),
        "why": why.strip(),
        "parents_told": parents_told,
    }
    record, key = records.open_record(kind=FileKind.CONCERN, agency=by.agency, owner=by)
    raised = Concern.objects.create(
        record=record,
        submission=submission,
        sealed=key.seal("concern", json.dumps(told, ensure_ascii=False)),
        raised_by=by,
        raised_at=moment.now(),
    )
    ledger.record(by, "recorded a concern about a child", raised, changed=told, words=why, station="Concern recorded")
    owed = handover.owe(
        source=record,
        purpose=CONCERN_FROM_SCHOOL,
        obligation="concern",
        from_agency=by.agency,
        to_agency=care,
        package=package_of(told, by=by, urgent=urgent),
        by=by,
        urgent=urgent,
    )
    if urgent:
        handover.record_call(hand_over=owed, called_at=called_at or moment.now(), name=called_name, by=by)
    handover.send(hand_over=owed, by=by)
    return raised


def package_of(told: dict[str, Any], *, by: Membership, urgent: bool) -> dict[str, Any]:
    """What children's social care is given: the concern as it was recorded, in words."""
    parents = {
        "yes": _("They know that this is referred."),
        "not_yet": _("They have not been told yet."),
        "could_harm": _("They were not told: it could put the child in danger."),
    }
    return {
        "child": told["child"],
        "concern": told["concern"],
        "why": told["why"],
        "from_person": by.short_name,
        "from_agency": by.agency.name,
        "urgent": urgent,
        "subject": None,
        "report": None,
        "parents": str(parents[told["parents_told"]]),
    }
