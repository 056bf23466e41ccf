"""Who reads a report now. A claim runs out by itself; working on the report extends it."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.masking import sight_of
from havenline.journey.intake.models import Report
from havenline.journey.triage import offering
from havenline.journey.triage.errors import AlreadyDecided, ClaimedByAnother, ClaimRanOut, NotClaimed, NothingWaits, NotWaiting
from havenline.journey.triage.models import Alarm, Claim
from havenline.journey.triage.queue import order

LASTS = timedelta(minutes=15)  # our policy
ANALYSTS = (Role.ANALYST, Role.SENIOR_ANALYST)
CHOSEN = "chosen"
_CANDIDATES = 20


@transaction.atomic
def claim(*, report: Report, by: Membership, how: str = CHOSEN) -> Claim:
    """Read this report; nobody else decides it meanwhile. Claiming one's own again extends it.

    `how`: "chosen" from the list is held to the person's limits; going on with what was theirs is not.
    Raises ClaimedByAnother, NotWaiting, AlreadyDecided, NotPartyToRecord, NotYourRole, OnBreak, LimitReached.
    """
    by.must_be(*ANALYSTS)
    by.must_be_party_to(report)
    report = locked(report)
    if how == CHOSEN:
        offering.must_be_offered(report, by)
    return _claim(report, by, how)


@transaction.atomic
def claim_next(*, by: Membership) -> Claim:
    """Claim the first of the queue that this person is offered. Two analysts at once get two different reports.

    Raises NothingWaits, OnBreak, NotYourRole.
    """
    by.must_be(*ANALYSTS)
    among = offering.offered(by)
    places = order(by, limit=_CANDIDATES, among=among)
    while places:
        for place in places:
            # skip what another analyst is claiming at this very moment (SQLite has one writer: nobody is)
            seen = Report.objects.visible_to(by).filter(pk=place.report_id)
            report = seen.select_for_update(of=("self",), skip_locked=True).first()
            if report is None:
                continue
            try:
                return _claim(report, by, "next in queue")
            except (ClaimedByAnother, NotWaiting, AlreadyDecided):
                continue
        tried = {place.report_id for place in places}
        places = [place for place in order(by, limit=_CANDIDATES + len(tried), among=among) if place.report_id not in tried]
    if among and order(by, limit=1):
        raise NothingWaits(_("What waits needs a look, and you are offered none just now. It goes to somebody else."))
    raise NothingWaits(_("Nothing waits in the queue. It fills by itself; look again in a few minutes."))


@transaction.atomic
def release(*, report: Report, by: Membership) -> None:
    """Set it aside: it goes back to its place in the queue. What is not held is not released: nothing happens. Raises ClaimedByAnother."""
    report = locked(report)
    held = open_claim(report)
    if held is None:
        return
    if held.by_id != by.pk:
        raise ClaimedByAnother(_another(held))
    give_back(report=report, by=by)


def give_back(*, report: Report, by: Membership) -> None:
    """What this person holds, back to its place. The report's row is held."""
    held = open_claim(report)
    if held is not None and held.by_id == by.pk:
        _end(held, "set aside")
        ledger.record(by, "set a report aside", report)


@transaction.atomic
def read_with_reason(*, report: Report, words: str, by: Membership) -> None:
    """Read a report without claiming it: the reason is typed, since none can be derived. Raises NotClaimed without one."""
    by.must_be(*ANALYSTS)
    by.must_be_party_to(report)
    if not words.strip():
        raise NotClaimed(_("Say why you read this report without claiming it."))
    sight = sight_of(report.record, by=by)
    sight.of({"answers": report.answers()})
    ledger.looked(by, report, reason="typed", words=words.strip(), shown=sight.shown)


def must_hold(report: Report, by: Membership) -> Claim:
    """The open claim of this person, extended since they work. Raises ClaimedByAnother, ClaimRanOut, NotClaimed, AlreadyDecided."""
    by.must_be(*ANALYSTS)
    by.must_be_party_to(report)
    must_not_be_decided(report)
    held = open_claim(report)
    if held is not None and held.by_id != by.pk and held.is_in_force:
        raise ClaimedByAnother(_another(held))
    if held is not None and held.by_id == by.pk and held.is_in_force:
        held.until = moment.now() + LASTS
        held.save(update_fields=["until"])
        return held
    mine = report.claims.filter(by=by).order_by("-at").first()
    if mine is not None and mine.ended_why in {"", "ran out"}:
        raise ClaimRanOut(
            _("Your claim ran out at %(at)s. What you typed is kept: claim the report again, then send it.") % {"at": hour(mine.until)}
        )
    raise NotClaimed(_("Claim this report first, so that nobody else decides it meanwhile."))


def must_not_be_decided(report: Report) -> None:
    """Raises AlreadyDecided while a decision can still be taken back."""
    pending = report.decisions.filter(carried_out_at=None, taken_back_at=None).select_related("by__person").first()
    if pending is not None:
        raise AlreadyDecided(
            _("%(who)s decided this report at %(at)s. Nothing of yours was sent, and what you typed is kept below.")
            % {"who": pending.by.short_name, "at": hour(pending.at)}
        )


def locked(report: Report) -> Report:
    """The report's row, held for this transaction: what is read next stays so until it is written."""
    held: Report = Report.objects.select_for_update(of=("self",)).select_related("record").get(pk=report.pk)
    return held


def open_claim(report: Report) -> Claim | None:
    return report.claims.filter(ended_at=None).select_related("by__person").first()


def end_claims(report: Report, why: str) -> None:
    """End whatever claim is open, where the report leaves the desk."""
    report.claims.filter(ended_at=None).update(ended_at=moment.now(), ended_why=why)


def hour(at: datetime) -> str:
    return date_format(at.astimezone(moment.LONDON), "H:i")


def _claim(report: Report, by: Membership, how: str) -> Claim:
    must_not_be_decided(report)
    if report.waits_since is None:
        last = report.decisions.exclude(carried_out_at=None).select_related("by__person").last()
        who = last.by.short_name if last else _("Somebody")
        raise NotWaiting(
            _("%(who)s decided this report. It comes back to the queue when the reporter writes or a referral is returned.") % {"who": who}
        )
    held = open_claim(report)
    if held is not None and held.is_in_force:
        if held.by_id != by.pk:
            raise ClaimedByAnother(_another(held))
        held.until = moment.now() + LASTS
        held.save(update_fields=["until"])
        return held
    if held is not None:
        _end(held, "ran out")
    try:
        with transaction.atomic():
            made = Claim.objects.create(report=report, by=by, at=moment.now(), until=moment.now() + LASTS)
    except IntegrityError as error:
        raise ClaimedByAnother(_("Somebody claimed this report at the same moment. Take the next one.")) from error
    first = not report.claims.exclude(pk=made.pk).exists()
    ledger.record(by, "claimed a report", report, reason=how.replace(" ", "_"), station="claimed" if first else "")
    _confirm_alarm_of(report, by)
    return made


def _confirm_alarm_of(report: Report, by: Membership) -> None:
    """A person reads it: the alarm did its work."""
    alarm = Alarm.objects.filter(report=report, confirmed_at=None).first()
    if alarm is not None:
        alarm.confirmed_at, alarm.confirmed_by = moment.now(), by
        alarm.save(update_fields=["confirmed_at", "confirmed_by"])
        ledger.record(by, "confirmed an alarm", alarm, reason="claimed")


def _end(held: Claim, why: str) -> None:
    held.ended_at, held.ended_why = moment.now(), why
    held.save(update_fields=["ended_at", "ended_why"])


def _another(held: Claim) -> str:
    return _("%(who)s reads this report, until %(until)s. Take the next one.") % {"who": held.by.short_name, "until": hour(held.until)}
