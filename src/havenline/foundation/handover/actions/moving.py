"""The moves of a hand-over. Each is one transaction, one step, one entry, one event; the sender keeps the duty until acceptance."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.engines.proof import canonical
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.handover.events import handover_accepted, handover_answered, handover_returned, handover_sent, handover_withdrawn
from havenline.foundation.handover.models import FOLLOWS, WITH_RECEIVER, HandOver, HandOverStep, State
from havenline.foundation.handover.purposes import DANGER_NOW, Purpose
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import SUPERVISORS, AgencyKind, FileKind, Team
from havenline.foundation.post import actions as post
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record, Silence
from havenline.foundation.records.queries import whole_path

ACCEPTED_RULE, ANSWERED_RULE = "hand_over_accepted", "hand_over_answered"


class NotThatMove(Exception):
    """The hand-over stands elsewhere by now; says where, and that nothing was changed."""


class NotYoursToMove(PermissionError):
    """This move belongs to the other agency, or to another role."""


class ReasonMissing(ValueError):
    """A return, a withdrawal and an answer each need their reason in words."""


class CallMissing(ValueError):
    """An urgent referral is telephoned: time and name of whoever answered are part of it."""


@transaction.atomic
def owe(
    *,
    source: Record,
    purpose: Purpose,
    obligation: str,
    from_agency: Agency,
    to_agency: Agency,
    package: Mapping[str, Any],
    by: Actor,
    urgent: bool = False,
    restricted: bool = False,
) -> HandOver:
    """Open a hand-over that is obliged; a person of the sender sends it. One for each obligation: owing twice gives the same one back.

    `restricted`: as its source is, it is seen by whoever holds or covers that, and by supervisors of either side, alone.
    """
    locked = Record.objects.select_for_update().get(pk=source.pk)  # one at a time: two who owe the same give one hand-over
    if locked.erased_at is not None:
        raise NotThatMove(_("This record was erased meanwhile. Nothing was changed."))
    standing = HandOver.objects.filter(source=source, purpose=purpose.code, obligation=obligation).exclude(state=State.WITHDRAWN)
    existing: HandOver | None = standing.first()
    if existing is not None:
        return existing
    record, key = records.open_record(kind=FileKind.HAND_OVER, agency=from_agency, arose_from=source, how="handed over")
    if restricted:
        record.restricted_at, record.owner, record.cover = moment.now(), locked.owner, locked.cover
        record.save(update_fields=["restricted_at", "owner", "cover"])
    text = canonical(package)
    hand_over = HandOver.objects.create(
        record=record,
        source=source,
        purpose=purpose.code,
        obligation=obligation,
        from_agency=from_agency,
        to_agency=to_agency,
        urgent=urgent,
        package=key.seal("package", text),
        package_digest=hashlib.sha256(text.encode()).hexdigest(),
        owed_at=moment.now(),
    )
    HandOverStep.objects.create(hand_over=hand_over, state=State.OWED, at=moment.now(), by=by if isinstance(by, Membership) else None)
    ledger.record(by, "owed a hand-over", hand_over, reason=purpose.code, changed={"package": hand_over.package_digest})
    return hand_over


@transaction.atomic
def send(
    *,
    hand_over: HandOver,
    by: Membership | None = None,
    package: Mapping[str, Any] | None = None,
    words: str = "",
    urgent: bool = False,
) -> HandOver:
    """Send it (again after a return, with a new package if one is given). Only an alarm is sent by the clock (`by` None).

    `urgent` makes it so from now on; what was owed as urgent stays so.

    From here the receiver's agency is party to the hand-over. Raises NotThatMove, NotYoursToMove, records.Silenced.
    """
    hand_over = _locked(hand_over)
    if by is not None:
        _must_be_sender(hand_over, by)
    elif hand_over.purpose != DANGER_NOW.code:
        raise NotYoursToMove(_("A person sends this: only an alarm goes by itself."))
    _must_follow(hand_over, State.SENT)
    _must_tell_nobody_near(hand_over, hand_over.to_agency)
    if package is not None:
        text = canonical(package)
        hand_over.package = hand_over.record.ledger_seal().seal("package", text)
        hand_over.package_digest = hashlib.sha256(text.encode()).hexdigest()
    purpose = hand_over.what_for
    hand_over.to_team = team_now(hand_over)
    hand_over.urgent = hand_over.urgent or urgent
    hand_over.sent_at, hand_over.sent_by = moment.now(), by
    # Sent again: what came of the first sending stands in its steps, and no longer here.
    hand_over.delivered_at, hand_over.accepted_at, hand_over.accepted_by, hand_over.problem = None, None, None, ""
    records.make_party(record=hand_over.record, agency=hand_over.to_agency, purpose=f"receives: {purpose.code}")
    make_move(hand_over, State.SENT, by=by, words=words, to=hand_over.to_agency.slug, verb="sent a hand-over")
    clocks.start(record=hand_over.record, rule=purpose.accepted_within, agency=hand_over.to_agency, by=by or CLOCK)
    if purpose.answered_within is not None:
        clocks.start(record=hand_over.record, rule=purpose.answered_within, agency=hand_over.to_agency, by=by or CLOCK)
    handover_sent.send(sender=HandOver, hand_over=hand_over)
    deliver(hand_over=hand_over)
    hand_over.refresh_from_db()
    return hand_over


@transaction.atomic
def pack_again(*, hand_over: HandOver, package: Mapping[str, Any], by: Actor) -> HandOver:
    """Let the package say what is known now: for the room that owed it, while nobody has received it. Raises NotThatMove."""
    if hand_over.state not in (State.OWED, State.RETURNED, State.SENT):
        raise NotThatMove(_("It was received as it was sent. Send a correction instead."))
    text = canonical(package)
    hand_over.package = hand_over.record.ledger_seal().seal("package", text)
    hand_over.package_digest = hashlib.sha256(text.encode()).hexdigest()
    hand_over.save(update_fields=["package", "package_digest"])
    ledger.record(by, "packed a hand-over again", hand_over, changed={"package": hand_over.package_digest})
    return hand_over


@transaction.atomic
def deliver(*, hand_over: HandOver) -> HandOver:
    """See whether somebody can take it up; where there is nobody (any more), it says so on a screen and is tried again.

    Out of hours it goes to whoever is on duty then, and to the front door when the office opens. Safe to run twice.
    """
    hand_over = _locked(hand_over)
    if hand_over.state not in WITH_RECEIVER:
        return hand_over
    if hand_over.state == State.SENT:
        hand_over.to_team = team_now(hand_over)
    if not _receivers(hand_over):
        _say_problem(hand_over)
    elif hand_over.state == State.SENT:
        hand_over.delivered_at, hand_over.problem = moment.now(), ""
        make_move(
            hand_over,
            State.DELIVERED,
            by=None,
            verb="delivered a hand-over",
            to=hand_over.to_agency.slug,
            station=str(hand_over.what_for.arrives_as),
            fields=("delivered_at", "problem", "to_team"),
        )
        for receiver in _receivers(hand_over):
            post.message_waits(receiver=receiver, by=CLOCK)
    elif hand_over.problem:
        hand_over.problem = ""
        hand_over.save(update_fields=["problem"])
        ledger.record(CLOCK, "found somebody for a hand-over again", hand_over, to=hand_over.to_agency.slug)
    return hand_over


def _say_problem(hand_over: HandOver) -> None:
    team = Team(hand_over.to_team).label if hand_over.to_team and not office_hours(hand_over.to_agency) else ""
    if team:
        problem = _("%(agency)s is closed now and has nobody in its %(team)s.") % {
            "agency": hand_over.to_agency.name,
            "team": str(team).lower(),
        }
    else:
        problem = _("%(agency)s has nobody in a role that can take this up.") % {"agency": hand_over.to_agency.name}
    if hand_over.problem != problem:
        hand_over.problem = problem
        hand_over.save(update_fields=["problem", "to_team"])
        ledger.record(CLOCK, "could not deliver a hand-over", hand_over, reason="nobody to receive it", to=hand_over.to_agency.slug)


@transaction.atomic
def accept(*, hand_over: HandOver, by: Membership) -> HandOver:
    """Take up the duty. Raises NotThatMove, NotYoursToMove."""
    hand_over = _locked(hand_over)
    _must_be_receiver(hand_over, by)
    _must_follow(hand_over, State.ACCEPTED)
    hand_over.accepted_at, hand_over.accepted_by = moment.now(), by
    make_move(hand_over, State.ACCEPTED, by=by, verb="accepted a hand-over", fields=("accepted_at", "accepted_by"))
    clocks.stop(record=hand_over.record, rule=ACCEPTED_RULE, by=by)
    handover_accepted.send(sender=HandOver, hand_over=hand_over, by=by)
    return hand_over


@transaction.atomic
def give_back(*, hand_over: HandOver, reason: str, words: str, by: Membership) -> HandOver:
    """Return it with a reason: it becomes work for the sender.

    Raises ReasonMissing, NotThatMove, NotYoursToMove, records.Silenced.
    """
    hand_over = _locked(hand_over)
    _must_be_receiver(hand_over, by)
    _must_follow(hand_over, State.RETURNED)
    if hand_over.from_outside:
        raise NotThatMove(_("Whoever told it has no account here: nobody would read that. Decide on it, and record how they were told."))
    _needs(words)
    _must_tell_nobody_near(hand_over, hand_over.from_agency)  # its reason is read there, as an answer is
    hand_over.problem = ""
    make_move(
        hand_over,
        State.RETURNED,
        by=by,
        reason=reason,
        words=words,
        verb="returned a hand-over",
        to=hand_over.from_agency.slug,
        station=_("Returned"),
        fields=("problem",),
    )
    clocks.stop(record=hand_over.record, rule=ACCEPTED_RULE, by=by)
    _void_answer(hand_over, "returned to the sender", by)
    handover_returned.send(sender=HandOver, hand_over=hand_over, by=by)
    return hand_over


@transaction.atomic
def withdraw(*, hand_over: HandOver, words: str, by: Membership) -> HandOver:
    """Take back what was not accepted yet, with a reason. Raises ReasonMissing, NotThatMove, NotYoursToMove."""
    hand_over = _locked(hand_over)
    _must_be_sender(hand_over, by)
    return _withdrawn(hand_over, words, by)


@transaction.atomic
def fall_away(*, hand_over: HandOver, words: str, by: Membership) -> HandOver:
    """What was not accepted yet is asked for no longer: for the room that owed it, whoever ended what it was about.

    Raises ReasonMissing, NotThatMove.
    """
    return _withdrawn(_locked(hand_over), words, by)


def _withdrawn(hand_over: HandOver, words: str, by: Membership) -> HandOver:
    _must_follow(hand_over, State.WITHDRAWN)
    _needs(words)
    hand_over.ended_at, hand_over.problem = moment.now(), ""
    make_move(hand_over, State.WITHDRAWN, by=by, words=words, verb="withdrew a hand-over", fields=("ended_at", "problem"))
    clocks.void(record=hand_over.record, rule=ACCEPTED_RULE, reason="withdrawn", by=by)
    _void_answer(hand_over, "withdrawn", by)
    handover_withdrawn.send(sender=HandOver, hand_over=hand_over, by=by)
    return hand_over


@transaction.atomic
def answer(*, hand_over: HandOver, outcome: str, words: str, by: Membership, told_at: datetime | None = None) -> HandOver:
    """Answer the sender. `told_at`: when somebody who has no account was told, by word or letter; for them alone, and then needed.

    Raises ReasonMissing, NotThatMove, NotYoursToMove, records.Silenced.
    """
    hand_over = _locked(hand_over)
    _must_be_receiver(hand_over, by)
    if hand_over.what_for.answers and hand_over.state in WITH_RECEIVER:
        if outcome not in dict(hand_over.what_for.answers):
            raise ReasonMissing(_("Choose one of the answers."))
        if hand_over.state != State.ACCEPTED:
            hand_over = accept(hand_over=hand_over, by=by)  # there is no duty to take up: whoever answers has it
    _must_follow(hand_over, State.ANSWERED)
    if outcome not in hand_over.what_for.without_words:
        _needs(words)
    if hand_over.from_outside and told_at is None:
        raise NotThatMove(_("Whoever told it has no account here and reads no answer here. Record on the child’s case how they were told."))
    _must_tell_nobody_near(hand_over, hand_over.from_agency)
    at = (told_at if hand_over.from_outside else None) or moment.now()
    hand_over.answer, hand_over.answered_at, hand_over.ended_at = outcome, at, moment.now()
    make_move(
        hand_over,
        State.ANSWERED,
        by=by,
        reason=outcome,
        words=words,
        verb="answered a hand-over",
        to=hand_over.from_agency.slug,
        station=_("Answered"),
        fields=("answer", "answered_at", "ended_at"),
    )
    if hand_over.what_for.answered_within is not None:
        clocks.stop(record=hand_over.record, rule=hand_over.what_for.answered_within.code, by=by, at=at)
    handover_answered.send(sender=HandOver, hand_over=hand_over, by=by)
    return hand_over


@transaction.atomic
def record_call(*, hand_over: HandOver, called_at: datetime, name: str, by: Membership) -> HandOver:
    """An urgent referral was telephoned: when, and who answered. Raises CallMissing, NotThatMove, NotYoursToMove."""
    hand_over = _locked(hand_over)
    _must_be_sender(hand_over, by)
    if not hand_over.is_open:
        raise NotThatMove(_("This is %(state)s by now. Nothing was changed.") % {"state": hand_over.get_state_display().lower()})
    if not name.strip() or called_at > moment.now():
        raise CallMissing(_("Enter the name of whoever answered, and a time that is now or earlier."))
    hand_over.called_at, hand_over.called_name = called_at, name.strip()
    hand_over.save(update_fields=["called_at", "called_name"])
    ledger.record(by, "telephoned the receiver", hand_over, changed={"name": name, "at": called_at.isoformat()})
    return hand_over


def office_hours(agency: Agency) -> bool:
    """Whether the agency's office is open now (London time, working days)."""
    if agency.opens is None or agency.closes is None:
        return True
    at = moment.now().astimezone(moment.LONDON)
    return procedure.is_working_day(at.date()) and agency.opens <= at.time() < agency.closes


def _receivers(hand_over: HandOver) -> list[Membership]:
    people = Membership.objects.current().filter(agency=hand_over.to_agency, role__in=hand_over.what_for.received_by)
    if hand_over.record.restricted_at is not None:  # whoever else is there reads nothing of it
        people = people.filter(role=SUPERVISORS.get(hand_over.to_agency.kind, ""))
    if hand_over.what_for.to_whoever_holds_it and (closest := _closest(hand_over, people)):
        return closest
    in_team = list(people.filter(team=hand_over.to_team)) if hand_over.to_team != Team.NONE else []
    if in_team or (hand_over.to_team != Team.NONE and not office_hours(hand_over.to_agency)):
        return in_team  # at night, whoever is not on duty is nobody
    return list(people)


def _closest(hand_over: HandOver, people: QuerySet[Membership]) -> list[Membership]:
    """Of these, whoever holds or covers what their agency has on the same path; else its supervisors."""
    linked = Record.objects.filter(pk__in=whole_path(hand_over.source), agency=hand_over.to_agency, closed_at=None, erased_at=None)
    holding = {pk for both in linked.values_list("owner", "cover") for pk in both}
    supervisor = SUPERVISORS.get(hand_over.to_agency.kind, "")
    return [one for one in people if one.pk in holding] or [one for one in people if one.role == supervisor]


def team_now(hand_over: HandOver) -> str:
    purpose = hand_over.what_for
    return str(purpose.team if office_hours(hand_over.to_agency) else (purpose.out_of_hours or purpose.team))


def _must_tell_nobody_near(hand_over: HandOver, told: Agency) -> None:
    """What goes to a school, an employer's designated officer or a platform asks the silences first. Raises records.Silenced."""
    if told.kind in (AgencyKind.SCHOOL, AgencyKind.LADO):
        records.must_not_be_silent(hand_over.record, Silence.Audience.SCHOOL)
    elif told.kind == AgencyKind.PLATFORM:
        records.must_not_be_silent(hand_over.record, Silence.Audience.HOST)


def _locked(hand_over: HandOver) -> HandOver:
    rows = HandOver.objects.select_for_update(of=("self",)).select_related("record", "from_agency", "to_agency")
    with beyond_need_to_know():  # whether it is this person's to move is asked next
        locked: HandOver = rows.get(pk=hand_over.pk)
    return locked


def _must_follow(hand_over: HandOver, state: State) -> None:
    if state not in FOLLOWS[hand_over.state]:
        raise NotThatMove(
            _("This is %(state)s by now, so it cannot become %(wanted)s. Nothing was changed; look at it again.")
            % {"state": hand_over.get_state_display().lower(), "wanted": state.label.lower()}
        )


def _must_be_sender(hand_over: HandOver, by: Membership) -> None:
    """What came from outside is its receiver's to withdraw: it was recorded there."""
    by.must_be_party_to(hand_over)
    if by.agency_id != (hand_over.to_agency_id if hand_over.from_outside else hand_over.from_agency_id):
        raise NotYoursToMove(_("Only %(agency)s can do this.") % {"agency": hand_over.from_agency.name})


def _must_be_receiver(hand_over: HandOver, by: Membership) -> None:
    by.must_be_party_to(hand_over)
    if by.agency_id != hand_over.to_agency_id:
        raise NotYoursToMove(_("Only %(agency)s can do this.") % {"agency": hand_over.to_agency.name})
    by.must_be(*hand_over.what_for.received_by)


def _needs(words: str) -> None:
    if not words.strip():
        raise ReasonMissing(_("Say why, in words that the other agency will read."))


def _void_answer(hand_over: HandOver, why: str, by: Actor) -> None:
    if hand_over.what_for.answered_within is not None:
        clocks.void(record=hand_over.record, rule=hand_over.what_for.answered_within.code, reason=why, by=by)


def make_move(
    hand_over: HandOver,
    state: State,
    *,
    by: Membership | None,
    verb: str,
    reason: str = "",
    words: str = "",
    to: str = "",
    station: str = "",
    fields: tuple[str, ...] = (),
    changed: Mapping[str, Any] | None = None,
) -> None:
    hand_over.state = state
    hand_over.save(update_fields=["state", *fields] if fields else None)
    sealed = hand_over.record.ledger_seal().seal("words", words) if words else None
    HandOverStep.objects.create(hand_over=hand_over, state=state, at=moment.now(), by=by, reason=reason, words_sealed=sealed)
    ledger.record(by or CLOCK, verb, hand_over, reason=reason or hand_over.purpose, words=words, to=to, station=station, changed=changed)
