"""The hold for police. It ends by a person's word alone: when its clock runs out it is raised, and nothing is ever sent by that."""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.queries import serving
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records import actions as records
from havenline.journey.intake.models import Report
from havenline.journey.takedown.actions.keeping import what_keeps
from havenline.journey.takedown.actions.rights import at_desk, is_police, must_be_open, needs_words, who_releases
from havenline.journey.takedown.errors import HoldDate, NotPolice, NotThatState, NotYoursToRelease
from havenline.journey.takedown.models import Notice
from havenline.journey.takedown.policies import HELD_AT_MOST, HOLD_FOR_POLICE, NOTICE_LEAVES, held_until
from havenline.journey.triage.models import Decision


def hold(notice: Notice, *, because: str, by: Membership, words: str = "") -> None:
    """Hold a notice that has not left, and make the police party to it whose word releases it. Called inside the action with the reason."""
    notice.state, notice.held_because, notice.held_at = Notice.State.HELD, because, moment.now()
    notice.released_at, notice.released_by, notice.release_reason_sealed = None, None, None
    notice.police = notice.police or police_for(notice.report, notice.decision)
    notice.problem = (
        "" if notice.police else _("There is no police agency to release it. Choose one; until then a senior analyst alone can.")
    )
    notice.save()
    clocks.void(record=notice.record, rule=NOTICE_LEAVES.code, reason="held for police", by=by)
    _let_in(notice, by)
    ledger.record(by, "held a notice for police", notice, reason=because, words=words, station="Held for police")


@transaction.atomic
def hold_for_police(*, notice: Notice, reason: str, by: Membership, police: Agency | None = None) -> Notice:
    """A person holds what has not left yet. Holding what is held changes nothing. Raises NotThatState, WordsMissing, NotPolice."""
    notice = at_desk(notice, by)
    if notice.state == Notice.State.HELD:
        return notice
    words = needs_words(reason, _("Say why it is held: it stands on the ledger under your name."))
    if notice.state not in (Notice.State.DRAFTED, Notice.State.BOUNCED):
        raise NotThatState(_("It has left or is leaving: it can be withdrawn, with a reason, and no longer be held."))
    if police is not None:
        notice.police = _police(police)
    hold(notice, because=Notice.HeldBecause.TYPED, by=by, words=words)
    return notice


@transaction.atomic
def choose_police(*, notice: Notice, police: Agency, by: Membership) -> Notice:
    """Say whose word releases it. Police who were party to it before stay so. Raises NotPolice, NotThatState."""
    notice = at_desk(notice, by)
    _must_be_held(notice)
    if notice.police_id == police.pk:
        return notice
    notice.police, notice.problem = _police(police), ""
    notice.save(update_fields=["police", "problem"])
    clocks.void(record=notice.record, rule=HOLD_FOR_POLICE.code, reason="other police were chosen", by=by)
    _let_in(notice, by)
    ledger.record(by, "chose police for a hold", notice, to=police.slug)
    return notice


@transaction.atomic
def release_hold(*, notice: Notice, reason: str, by: Membership) -> Notice:
    """Let it leave: it is sent by a person of the hotline, who sees it as theirs to send. Releasing twice changes nothing.

    By an investigator or supervisor of police who are party to it, or by a senior analyst. Raises NotYoursToRelease, WordsMissing,
    NotThatState.
    """
    notice = who_releases(notice, by)
    if notice.state != Notice.State.HELD and notice.released_at is not None:
        return notice
    must_be_open(notice)
    _must_be_held(notice)
    words = needs_words(reason, _("Say why it may leave now: it stands on the ledger under your name."))
    notice.state, notice.released_at, notice.released_by = Notice.State.DRAFTED, moment.now(), by
    notice.release_reason_sealed = notice.ledger_seal().seal("reason", words)
    notice.problem = what_keeps(notice)
    notice.save()
    clocks.stop(record=notice.record, rule=HOLD_FOR_POLICE.code, by=by)
    clocks.start(record=notice.record, rule=NOTICE_LEAVES, agency=notice.record.agency, owner=notice.record.owner, by=by)
    ledger.record(by, "released a hold", notice, reason=by.agency.kind, words=words, station="Released by police" if is_police(by) else "")
    return notice


@transaction.atomic
def extend_hold(*, notice: Notice, until: date, reason: str, by: Membership) -> Notice:
    """Police keep it held until a day: the clock begins anew, and runs until then. Raises NotYoursToRelease, HoldDate, WordsMissing."""
    notice = who_releases(notice, by)
    if not is_police(by):
        raise NotYoursToRelease(_("Only police say for how long it stays held."))
    must_be_open(notice)
    _must_be_held(notice)
    words = needs_words(reason, _("Say why it stays held: the hotline reads this."))
    today = moment.today()
    if not today < until <= today + HELD_AT_MOST:
        raise HoldDate(_("Choose a working day from tomorrow, at most four weeks ahead: then you are asked again."))
    if not procedure.is_working_day(until):  # its clock counts working days, so it would end before the day that they chose
        raise HoldDate(_("%(day)s is no working day. Choose one: the hold ends on that very day.") % {"day": date_format(until, "l j F")})
    clocks.void(record=notice.record, rule=HOLD_FOR_POLICE.code, reason="police keep it held", by=by)
    notice.police = by.agency
    notice.save(update_fields=["police"])
    clocks.start(record=notice.record, rule=held_until(until, procedure.working_days_between(today, until)), agency=by.agency, by=by)
    ledger.record(by, "kept a notice held", notice, changed={"until": until.isoformat()}, words=words)
    return notice


def police_for(report: Report, decision: Decision | None) -> Agency | None:
    """Whose word it waits for: the police that the decision names, else any earlier one, else those serving the child's place."""
    decided = decision if decision and decision.police_id else report.decisions.exclude(police=None).exclude(carried_out_at=None).last()
    if decided is not None and decided.police is not None:
        return decided.police
    place = str((report.answers().get("child") or {}).get("town") or "").strip()
    if place:
        return serving(AgencyKind.POLICE, place)
    only = list(Agency.objects.filter(kind=AgencyKind.POLICE)[:2])
    return only[0] if len(only) == 1 else None


def _let_in(notice: Notice, by: Membership) -> None:
    """The police become party to the notice's record, and the clock is theirs; without any it is the hotline's."""
    if notice.police is not None:
        records.make_party(
            record=notice.record, agency=notice.police, purpose="hold for police", lawful_basis="UK GDPR Article 6(1)(e); DPA 2018 Part 3"
        )
        ledger.record(by, "made police party to a notice", notice, to=notice.police.slug)
    clocks.start(record=notice.record, rule=HOLD_FOR_POLICE, agency=notice.police or notice.record.agency, by=by)


def _must_be_held(notice: Notice) -> None:
    if notice.state != Notice.State.HELD:
        raise NotThatState(_("This notice is not held: %(state)s. Nothing was changed.") % {"state": notice.state_word.lower()})


def _police(agency: Agency) -> Agency:
    if agency.kind != AgencyKind.POLICE:
        raise NotPolice(_("Only police release a hold: choose a police agency."))
    return agency
