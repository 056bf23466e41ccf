"""A referrer who has no account is told what was decided: by word, or by a letter. Until then the clock of the answer runs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.findable import make_case_findable
from havenline.journey.safeguarding.actions.referral import decision_of
from havenline.journey.safeguarding.actions.refusals import DateNotPossible, NotOfThisCase, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked
from havenline.journey.safeguarding.models import ChildCase, ReferrerTold, ToldReferral
from havenline.journey.safeguarding.queries.referrer import told_together

Source, How = ToldReferral.Source, ReferrerTold.How
# Who would learn of the case by being told, besides whoever reported, whom each of them is: whoever is of the family lives with the
# child, and a neighbour or a stranger may know the person reported.
ALSO_LEARN: dict[str, tuple[str, ...]] = {
    Source.FAMILY: (Silence.Audience.HOUSEHOLD, Silence.Audience.SUBJECT),
    Source.PUBLIC: (Silence.Audience.SUBJECT,),
    Source.ANONYMOUS: (Silence.Audience.SUBJECT,),
    Source.SCHOOL: (Silence.Audience.SCHOOL,),
}


@transaction.atomic
def tell_referrer(
    *,
    child_case: ChildCase,
    how: str,
    words: str,
    by: Membership,
    whom: str = "",
    told_at: datetime | None = None,
    also: Sequence[ChildCase] = (),
) -> ReferrerTold:
    """Record that whoever referred was told the decision, by telephone or in person; a letter waits to be posted (`letter_posted`).

    `also`: cases of the same telling of which they were told in the same breath.

    `nobody`: no name and no way to reach them was left; `words` say so. Raises records.Silenced (but for nobody), DecisionMissing,
    ReasonMissing, DateNotPossible, NotOfThisCase, handover.NotThatMove, NotPartyToRecord, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    row = _tell(*_from_outside(child_case, by), how, words, whom, told_at, by)
    together = {one.pk for one in told_together(child_case, by=by)}
    for other in also:
        if other.pk not in together:
            raise NotOfThisCase(_("One of these cases came by another telling, waits for its decision, or was answered. Choose again."))
        _tell(*_from_outside(other, by), how, words, whom, told_at, by)
    return row


def _tell(
    child_case: ChildCase, referral: HandOver, how: str, words: str, whom: str, told_at: datetime | None, by: Membership
) -> ReferrerTold:
    how = How(how)
    if how != How.NOBODY:
        must_not_be_silent(child_case)
    decided = decision_of(child_case)
    if not words.strip():
        raise ReasonMissing(_("Write what they are told; where nobody can be told, say why."))
    if how != How.NOBODY and not whom.strip():
        raise ReasonMissing(_("Enter who is told: the name, and for a letter the address."))
    if how == How.LETTER:
        told_at = None
    else:
        told_at = told_at or moment.now()
        _possible(told_at, path.moment_of(decided))
    told = child_case.referrer_told.filter(set_aside_at=None).first()
    if told is not None and told.told_at is not None:
        return told
    if told is not None:  # a letter that was never posted
        told.set_aside_at = moment.now()
        told.save(update_fields=["set_aside_at"])
    key = child_case.ledger_seal()
    row = ReferrerTold.objects.create(
        child_case=child_case,
        how=how,
        words_sealed=key.seal("words", words.strip()),
        whom_sealed=key.seal("whom", whom.strip()) if whom.strip() else None,
        told_at=told_at,
        recorded_at=moment.now(),
        by=by,
    )
    make_case_findable(child_case)
    if told_at is None:
        ledger.record(by, "wrote a letter to the referrer", row, changed={"words": words}, reason=how.value)
        return row
    ledger.record(by, "told the referrer", row, changed={"at": told_at, "words": words}, reason=how.value)
    handover.answer(hand_over=referral, outcome=decided.outcome, words=_as_told(row), by=by, told_at=told_at)
    return row


@transaction.atomic
def letter_posted(*, child_case: ChildCase, by: Membership, posted_at: datetime | None = None) -> ReferrerTold:
    """The letter that waits was posted, and with it the same letter on cases of the same telling: the referrer is told.

    Raises records.Silenced, DateNotPossible, NotOfThisCase, handover.NotThatMove, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case, _referral = _from_outside(child_case, by)
    must_not_be_silent(child_case)
    letter = child_case.referrer_told.select_for_update(of=("self",)).filter(set_aside_at=None, how=How.LETTER).first()
    if letter is None:
        raise NotOfThisCase(_("No letter waits to be posted. Write it first."))
    if letter.told_at is not None:
        return letter
    at = posted_at or moment.now()
    together = told_together(child_case, by=by)
    _post(letter, at, by)
    for other in ReferrerTold.objects.filter(child_case__in=together, set_aside_at=None, told_at=None).select_related("child_case__record"):
        if (other.whom, other.words) == (letter.whom, letter.words):
            must_not_be_silent(other.child_case)
            _post(other, at, by)
    return letter


def _post(letter: ReferrerTold, at: datetime, by: Membership) -> None:
    child_case, referral = _from_outside(letter.child_case, by)
    decided = decision_of(child_case)
    _possible(at, path.moment_of(decided))
    letter.told_at = at
    letter.save(update_fields=["told_at"])
    ledger.record(by, "posted a letter to the referrer", letter, changed={"at": at})
    handover.answer(hand_over=referral, outcome=decided.outcome, words=_as_told(letter), by=by, told_at=at)


def must_not_be_silent(child_case: ChildCase) -> None:
    """Asked before a letter is written, printed or posted, and before a call. Raises records.Silenced."""
    told = ToldReferral.objects.filter(hand_over=child_case.referral_id).first()
    learn = ALSO_LEARN.get(told.source if told else Source.PUBLIC, ())
    records.must_not_be_silent(child_case.record, Silence.Audience.REPORTER, *learn)


def _from_outside(child_case: ChildCase, by: Membership) -> tuple[ChildCase, HandOver]:
    child_case = locked(child_case, by=by, may_be_closed=True)
    if (referral := child_case.referral_from_outside) is None:
        raise NotOfThisCase(_("Whoever referred reads the answer here: send it to them."))
    return child_case, referral


def _possible(at: datetime, decided_at: datetime) -> None:
    if at > moment.now():
        wrong = _("Enter a day and time that are not in the future.")
    elif moment.day_of(at) < moment.day_of(decided_at):
        wrong = _("Enter a day on or after the decision, %(day)s.") % {"day": date_format(moment.day_of(decided_at), "D j M Y")}
    else:
        return
    raise DateNotPossible(wrong, {"told_on": wrong})


def _as_told(row: ReferrerTold) -> str:
    """As it stands among the hand-over's steps. It names nobody: who referred is withheld from some who read those."""
    return f"{row.get_how_display()}: {row.words}"
