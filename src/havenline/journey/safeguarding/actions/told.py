"""A referral that came by telephone, letter or in person, recorded at the front door by whoever took it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.journey.intake import pictures, receipts
from havenline.journey.safeguarding.actions import birth
from havenline.journey.safeguarding.actions.refusals import ReferralNotPossible
from havenline.journey.safeguarding.actions.same_child import CHECKED
from havenline.journey.safeguarding.models import ToldReferral
from havenline.journey.safeguarding.queries import same_child

MOST_CHILDREN, LONGEST = 12, 8000
OF_A_CHILD = ("name", "other_names", "born_about", "school", "language")
DAYS_OF_A_CHILD = ("born_on", "born_earliest", "born_latest", "expected_on")


@transaction.atomic
def record_told_referral(
    *,
    token: str,
    source: str,
    channel: str,
    received_at: datetime,
    concern: str,
    children: Sequence[Mapping[str, Any]],
    by: Membership,
    reporter: str = "",
    contact: str = "",
    relation: str = "",
    household: str = "",
    address: str = "",
    no_fixed_address: bool = False,
    found_at: str = "",
    people: Sequence[Mapping[str, Any]] = (),
    urgent: bool = False,
    must_not_learn: Sequence[str] = (),
) -> list[HandOver]:
    """Record what was told: a referral for each child, which has arrived here, with its clocks from the receipt.

    The same token makes it once.

    `children`: name, other_names, born_on, born_about, born_earliest, born_latest, expected_on, age, school, language, nhs, upn; dates are
    dates. `people`: name, relation, lives_with, cares_for, is_parent. `must_not_learn`: audiences of a silence.
    Raises ReferralNotPossible (naming each field), NotYourRole, pictures.PictureRefused.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    # Two who send the same form make one referral. Whoever adds rows of this agency meanwhile, such as a census, holds nobody up.
    Agency.objects.select_for_update(no_key=True).get(pk=by.agency_id)
    submission = receipts.submission_of(f"{by.pk} told {token}")
    before = list(ToldReferral.objects.filter(submission=submission).select_related("hand_over__record").order_by("number"))
    if before:
        return [one.hand_over for one in before]
    where = {"address": address.strip(), "found_at": found_at.strip(), "household": household.strip()}
    cleaned = [_child(one) for one in children]
    wrong = _wrong_with(source, received_at, concern, reporter)
    wrong |= _wrong_with_children(children, cleaned, where, no_fixed_address, received_at)
    if wrong:
        raise ReferralNotPossible(wrong)
    texts = [concern, *(str(value) for child in cleaned for value in child.values()), *(str(one.get("name") or "") for one in people)]
    pictures.refuse_in(texts)
    lives = {key: said for key, said in where.items() if said} | ({"no_fixed_address": True} if no_fixed_address else {})
    recorded: list[HandOver] = []
    for number, child in enumerate(cleaned, start=1):
        others = [str(one.get("name") or same_child.no_name()) for one in cleaned if one is not child]
        hand_over = handover.receive_told(
            purpose=REFERRAL_TO_SOCIAL_CARE,
            obligation=f"told {submission[:40]} {number}",
            package={
                "child": child | lives,
                "concern": concern.strip(),
                "source": str(ToldReferral.Source(source).label),
                "channel": channel,
                "received": received_at.isoformat(),
                "reporter": {"name": reporter.strip(), "contact": contact.strip()},
                "relation": relation.strip(),
                "relationships": [dict(one) for one in people if str(one.get("name") or "").strip()],
                "also_told": others,
                "urgent": urgent,
                "subject": None,
                "report": None,
            },
            received_at=received_at,
            by=by,
            urgent=urgent,
            told_with=recorded[0] if recorded else None,
        )
        told = ToldReferral.objects.create(
            hand_over=hand_over,
            submission=submission,
            number=number,
            source=source,
            channel=ToldReferral.Channel(channel),
            recorded_at=moment.now(),
            recorded_by=by,
        )
        ledger.record(by, "recorded a referral", told, reason=f"{source}, {channel}", changed={"received_at": received_at})
        recorded.append(hand_over)
    for audience in must_not_learn:  # of the first: a silence holds on the whole path
        records.keep_silent(record=recorded[0].record, audience=audience, reason=_("Agreed as the referral came."), by=by, actor=by)
    return recorded


def _child(said: Mapping[str, Any]) -> dict[str, Any]:
    """As the package keeps it: what was not told is left out, and a number as its system writes it."""
    child: dict[str, Any] = {key: " ".join(str(said.get(key) or "").split()) for key in OF_A_CHILD}
    child |= {key: said[key].isoformat() for key in DAYS_OF_A_CHILD if said.get(key) is not None}
    child["age"] = said.get("age")
    for system, checked in CHECKED.items():
        if number := str(said.get(system) or "").strip():
            try:
                child[system] = checked.validate(number)
            except ValidationError:
                child[system] = number
    return {key: value for key, value in child.items() if value not in ("", None)}


def _wrong_with(source: str, received_at: datetime, concern: str, reporter: str) -> dict[str, str]:
    wrong = {}
    if received_at > moment.now():
        wrong["received_on"] = _("Enter a day and time that are not in the future.")
    if not concern.strip():
        wrong["concern"] = _("Enter what was said: what worries whoever referred.")
    elif len(concern) > LONGEST:
        wrong["concern"] = _("Shorten it to 8,000 characters.")
    if source != ToldReferral.Source.ANONYMOUS and not reporter.strip():
        wrong["reporter"] = _("Enter who referred. Where they give no name, choose that above.")
    return wrong


def _wrong_with_children(
    children: Sequence[Mapping[str, Any]],
    cleaned: Sequence[Mapping[str, Any]],
    where: Mapping[str, str],
    no_fixed_address: bool,
    received_at: datetime,
) -> dict[str, str]:
    """By field, each with the number of its child: `child-1-born_on`."""
    wrong: dict[str, str] = {}
    if not children:
        wrong["child-1-name"] = _("Tell at least one child: a name, an age, or when the child is expected.")
    if len(children) > MOST_CHILDREN:
        wrong["child-1-name"] = _("Record at most %(n)s children at once; the others as a referral of their own.") % {"n": MOST_CHILDREN}
    for number, (said, kept) in enumerate(zip(children, cleaned, strict=True), start=1):
        found = birth.wrong_with(said)
        if not found and birth.is_adult(said, moment.day_of(received_at)):
            field = "born_on" if said.get("born_on") else "born_latest" if said.get("born_latest") else "age"
            found[field] = _(
                "They were 18 or over on the day of the referral, so this is for adult social care or the police. "
                "If the date is wrong, put it right. Nothing was recorded; what you typed stands below."
            )
        for system, checked in CHECKED.items():
            if kept.get(system) and not checked.is_valid(kept[system]):
                found[system] = _("This number does not exist: one of its characters is wrong. Ask again, or leave it out.")
        if not found and not kept and not any(where.values()) and not no_fixed_address:
            found["name"] = _("Enter a name, an age, when the child is expected, or where the child lives or is found.")
        wrong |= {f"child-{number}-{field}": words for field, words in found.items()}
    if no_fixed_address and where["address"]:
        wrong["address"] = _("An address, or no fixed address: say one of the two. Where the child can be found goes below.")
    return wrong
