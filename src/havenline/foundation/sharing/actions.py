"""Letting others see a record: shared with an agency by a named person; opened by break-glass, which tells and is reviewed; restricted."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.rules import Policy
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import THE_INSTALLATION, acting_for
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import BREAKERS, MAY_SEE, ROLES_OF, AgencyKind, Role
from havenline.foundation.post import actions as post
from havenline.foundation.records.actions import NotOfThisAgency, must_not_be_silent, wrap_for_parties
from havenline.foundation.records.models import AUDIENCE_OF, BrokenGlass, Party, Record
from havenline.foundation.records.queries import normal_reference

OPEN_FOR = timedelta(hours=1)
LEAST_WORDS = 15  # of a reason, in letters: what oversight can read and judge
REVIEW = Policy(
    code="break_glass_review",
    title=gettext_noop("Oversight reviews a break-glass"),
    amount=2,
    unit="working days",
    counted=gettext_noop("Two working days after the record was opened"),
)
ANSWER = Policy(
    code="break_glass_answer",
    title=gettext_noop("Answer a request to open a restricted record"),
    amount=30,
    unit="minutes",
    counted=gettext_noop("Half an hour after it was asked: somebody may be waiting at a door"),
)


class WordsMissing(ValueError):
    """A reason or a purpose in words is missing, or too short to be judged by."""


class NotYoursToShare(PermissionError):
    """A record is shared by whoever holds or covers it, or by a supervisor, of the agency that it belongs to."""


class SeesItAlready(ValueError):
    """There is nothing to share or to open: they see this record now."""


class SeesNoSuchFile(ValueError):
    """No role of that agency sees files of this kind, so that a share would reach nobody."""


class EndWrong(ValueError):
    """A share ends on a day after today, and within a year."""


class NothingToOpen(ValueError):
    """No record of this reference that this role could open. Says no more, whatever the reason is."""


class OneAtATime(ValueError):
    """One record is open by break-glass already, or waits for consent."""


class NobodyReviews(RuntimeError):
    """There is no oversight body in this installation: nobody could review it, so nothing is opened."""


class NotWaiting(ValueError):
    """This was answered, ended or reviewed before."""


class NotYoursToAnswer(PermissionError):
    """A supervisor of the agency that holds the record answers, and not the one who asked."""


def _said(words: str, least: int = 3) -> str:
    words = words.strip()
    if len(words) < least:
        raise WordsMissing(_("Say why, in a sentence that another person can judge: it stands on the ledger under your name."))
    return words


# Sharing


@transaction.atomic
def share(*, record: Record, agency: Agency, purpose: str, lawful_basis: str, until: date, by: Membership, withheld: str = "") -> Party:
    """Let another agency see a record for a purpose, to the end of a day. Their supervisors are written to.

    Raises NotYoursToShare, SeesItAlready, SeesNoSuchFile, EndWrong, WordsMissing, records.Silenced, NotPartyToRecord.
    """
    by.must_be_party_to(record)
    record = Record.objects.select_for_update(of=("self",)).select_related("agency").get(pk=record.pk)
    _must_hold(record, by)
    if not any(record.kind in MAY_SEE[role] for role in ROLES_OF[agency.kind]):
        raise SeesNoSuchFile(_("Nobody at %(agency)s works on files of this kind: it would reach nobody.") % {"agency": agency.name})
    today = moment.today()
    if not today < until <= today + timedelta(days=366):
        raise EndWrong(_("Enter a day after today, and within a year. It can be shared again then."))
    purpose, lawful_basis = _said(purpose), _said(lawful_basis)
    if agency.kind in AUDIENCE_OF:
        must_not_be_silent(record, AUDIENCE_OF[agency.kind])
    now = moment.now()
    if record.parties.filter(agency=agency, until=None).exists() or record.parties.filter(agency=agency, until__gt=now).exists():
        raise SeesItAlready(_("%(agency)s sees this record already.") % {"agency": agency.name})
    party = Party.objects.create(
        record=record,
        agency=agency,
        purpose=purpose[:120],
        since=now,
        until=clocks.end_of_day(until),
        lawful_basis=lawful_basis[:120],
        withheld=withheld.strip(),
        shared_by=by,
    )
    wrap_for_parties(record)
    ledger.record(by, "shared the record", record, to=agency.slug, words=purpose, changed={"until": until, "basis": lawful_basis})
    for supervisor in Membership.objects.supervising(agency).select_related("person", "agency"):
        post.message_waits(receiver=supervisor, by=by)
    return party


@transaction.atomic
def end_share(*, party: Party, reason: str, by: Membership) -> None:
    """End a share before its day. Ending twice changes nothing. Raises NotYoursToShare, WordsMissing, NotOfThisAgency, NotPartyToRecord."""
    party = Party.objects.select_for_update(of=("self",)).select_related("record__agency", "agency").get(pk=party.pk)
    by.must_be_party_to(party.record)
    _must_hold(party.record, by)
    if party.agency_id == party.record.agency_id or party.shared_by_id is None:
        raise NotOfThisAgency(_("%(agency)s sees this by the work itself, and not by a share.") % {"agency": party.agency.name})
    reason = _said(reason)
    if party.until is not None and party.until <= moment.now():
        return
    party.until = moment.now()
    party.save(update_fields=["until"])
    wrap_for_parties(party.record)
    ledger.record(by, "ended an agency’s sight of the record", party.record, to=party.agency.slug, words=reason)


def _must_hold(record: Record, by: Membership) -> None:
    holds = by.pk in (record.owner_id, record.cover_id) or by.supervises
    if by.agency_id != record.agency_id or not holds:
        raise NotYoursToShare(
            _("%(agency)s holds this: whoever holds or covers it there, or a supervisor, says who sees it.")
            % {"agency": record.agency.name}
        )


# Restricting: the subject is a colleague


@transaction.atomic
def restrict(*, record: Record, reason: str, by: Membership) -> Record:
    """Leave a record to whoever holds and covers it, and to supervisors. Twice changes nothing. Raises as `end_share`."""
    by.must_be_party_to(record)
    record = Record.objects.select_for_update(of=("self",)).select_related("agency").get(pk=record.pk)
    _must_hold(record, by)
    if record.restricted_at is None:
        record.restricted_at = moment.now()
        record.save(update_fields=["restricted_at"])
        ledger.record(by, "restricted the record", record, words=_said(reason))
    return record


@transaction.atomic
def lift_restriction(*, record: Record, reason: str, by: Membership) -> Record:
    """Give a restricted record back to its team; by a supervisor. Raises NotYoursToShare, WordsMissing, NotPartyToRecord."""
    by.must_be_party_to(record)
    record = Record.objects.select_for_update(of=("self",)).select_related("agency").get(pk=record.pk)
    if by.agency_id != record.agency_id or not by.supervises:
        raise NotYoursToShare(_("A restriction is lifted by a supervisor of %(agency)s.") % {"agency": record.agency.name})
    if record.restricted_at is not None:
        record.restricted_at = None
        record.save(update_fields=["restricted_at"])
        ledger.record(by, "lifted the restriction", record, words=_said(reason))
    return record


# Break-glass


def break_glass(*, reference: str, reason: str, by: Membership) -> BrokenGlass:
    """Open one record that this supervisor is not party to, for an hour and to read only; a restricted one asks for consent first.

    The agency that holds it is written to at once, and oversight has a clock to review it. A reference that leads to nothing is on
    the ledger, too: somebody tried.
    Raises NotYourRole, WordsMissing, OneAtATime, SeesItAlready, NobodyReviews, NothingToOpen.
    """
    by.must_be(*BREAKERS)
    reason = _said(reason, LEAST_WORDS)
    with transaction.atomic(), beyond_need_to_know():  # it is about a record that they are not party to
        Membership.objects.select_for_update().get(pk=by.pk)  # two requests of one person come one after the other
        opened = _opened(reference, reason, by)
    if opened is None:
        raise NothingToOpen(_("There is no record of this reference that you could open. Check it with whoever gave it to you."))
    return opened


def _opened(reference: str, reason: str, by: Membership) -> BrokenGlass | None:
    now = moment.now()
    mine = BrokenGlass.objects.filter(by=by, refused_at=None)
    if mine.filter(Q(opened_at=None) | Q(ends_at__gt=now)).exists():
        raise OneAtATime(_("You have one record open, or asked for one. End that first."))
    found = Record.objects.filter(reference=normal_reference(reference), kind__in=by.sees, erased_at=None)
    record = found.select_related("agency", "owner__person", "owner__agency").first()
    if record is None:
        ledger.record(by, "tried to open what is not there", "break-glass")
        return None
    if Record.objects.visible_to(by).filter(pk=record.pk).exists():
        raise SeesItAlready(_("You see this record without it."))
    oversight = Agency.objects.filter(kind=AgencyKind.OVERSIGHT).order_by("pk").first()
    if oversight is None:
        raise NobodyReviews(_("There is no oversight body here that could review this. Ask your administrator."))
    with acting_for(THE_INSTALLATION):  # who asks holds no key to it
        sealed = record.ledger_seal().seal("break-glass", reason)
    glass = BrokenGlass.objects.create(record=record, by=by, reason_sealed=sealed, asked_at=now)
    if record.restricted_at is None:
        _open(glass, reason, oversight, by)
    else:
        ledger.record(by, "asked to open a restricted record", record, words=reason)
        clocks.start(record=record, rule=ANSWER, agency=record.agency, about=_about(glass), by=by)
    _tell(record, by)
    return glass


def _open(glass: BrokenGlass, reason: str, oversight: Agency, by: Membership) -> None:
    glass.opened_at = moment.now()
    glass.ends_at = glass.opened_at + OPEN_FOR
    glass.save(update_fields=["opened_at", "ends_at"])
    wrap_for_parties(glass.record)
    ledger.record(glass.by, "broke the glass", glass.record, reason="break_glass", words=reason, to=glass.by.agency.slug)
    clocks.start(record=glass.record, rule=REVIEW, agency=oversight, about=_about(glass), by=by)


def _about(glass: BrokenGlass) -> str:
    return f"break-glass {glass.pk}"


def _tell(record: Record, by: Membership) -> None:
    """Whoever holds the record, and their supervisors: at once."""
    told = {one.pk: one for one in Membership.objects.supervising(record.agency).select_related("person", "agency")}
    for one in (record.owner, record.cover):
        if one is not None:
            told[one.pk] = one
    for one in told.values():
        post.message_waits(receiver=one, by=by)


@transaction.atomic
def answer_glass(*, glass: BrokenGlass, consent: bool, by: Membership) -> BrokenGlass:
    """Agree that a restricted record is opened, or refuse it. Raises NotYoursToAnswer, NotWaiting, NobodyReviews."""
    glass = _locked(glass)
    if by.agency_id != glass.record.agency_id or not by.supervises or by.person_id == glass.by.person_id:
        raise NotYoursToAnswer(_("Another supervisor of %(agency)s answers this.") % {"agency": glass.record.agency.name})
    if not glass.waits_for_consent:
        raise NotWaiting(_("This was answered before."))
    glass.answered_by = by
    if consent:
        oversight = Agency.objects.filter(kind=AgencyKind.OVERSIGHT).order_by("pk").first()
        if oversight is None:
            raise NobodyReviews(_("There is no oversight body here that could review this. Ask your administrator."))
        glass.save(update_fields=["answered_by"])
        ledger.record(by, "agreed to open a restricted record", glass.record, to=glass.by.agency.slug)
        _open(glass, glass.reason, oversight, by)
    else:
        glass.refused_at = moment.now()
        glass.save(update_fields=["answered_by", "refused_at"])
        ledger.record(by, "refused to open a restricted record", glass.record, to=glass.by.agency.slug)
    clocks.stop(record=glass.record, rule=ANSWER.code, about=_about(glass), by=by)
    post.message_waits(receiver=glass.by, by=by)
    return glass


@transaction.atomic
def end_glass(*, glass: BrokenGlass, by: Membership) -> BrokenGlass:
    """End it before its hour: by whoever opened it, or by a supervisor of the agency that holds the record. Twice changes nothing.

    A request that waits for consent is taken back. Raises NotYoursToAnswer.
    """
    glass = _locked(glass)
    holder = by.agency_id == glass.record.agency_id and by.supervises
    if by.pk != glass.by_id and not holder:
        raise NotYoursToAnswer(_("Whoever opened it ends it, or a supervisor of %(agency)s.") % {"agency": glass.record.agency.name})
    if glass.waits_for_consent:
        glass.refused_at, glass.answered_by = moment.now(), by
        glass.save(update_fields=["refused_at", "answered_by"])
        clocks.stop(record=glass.record, rule=ANSWER.code, about=_about(glass), by=by)
        ledger.record(by, "took back a break-glass", glass.record)
    elif glass.is_open:
        glass.ends_at = moment.now()
        glass.save(update_fields=["ends_at"])
        wrap_for_parties(glass.record)
        ledger.record(by, "ended a break-glass", glass.record)
    return glass


@transaction.atomic
def note_glass_seen(*, glass: BrokenGlass, by: Membership) -> None:
    """The agency that holds the record knows of it. Raises NotYoursToAnswer."""
    glass = _locked(glass)
    if by.agency_id != glass.record.agency_id or not by.supervises:
        raise NotYoursToAnswer(_("A supervisor of %(agency)s notes that.") % {"agency": glass.record.agency.name})
    if glass.seen_by_holder_at is None:
        glass.seen_by_holder_at = moment.now()
        glass.save(update_fields=["seen_by_holder_at"])
        ledger.record(by, "noted a break-glass", glass.record)


@transaction.atomic
def review_glass(*, glass: BrokenGlass, in_order: bool, words: str, by: Membership) -> BrokenGlass:
    """Oversight's finding. One that was not in order is written to the supervisors of both agencies.

    Raises NotYourRole, NotWaiting, WordsMissing.
    """
    by.must_be(Role.AUDITOR)
    glass = _locked(glass)
    if glass.opened_at is None or glass.reviewed_at is not None:
        raise NotWaiting(_("This was reviewed before, or never opened."))
    words = _said(words)
    glass.reviewed_at, glass.reviewed_by, glass.was_in_order = moment.now(), by, in_order
    glass.save(update_fields=["reviewed_at", "reviewed_by", "was_in_order"])
    finding = "in order" if in_order else "not in order"
    ledger.record(by, "reviewed a break-glass", glass.record, reason=finding, words=words)
    clocks.stop(record=glass.record, rule=REVIEW.code, about=_about(glass), by=by)
    if not in_order:
        for agency in {glass.by.agency, glass.record.agency}:
            for supervisor in Membership.objects.supervising(agency).select_related("person", "agency"):
                post.message_waits(receiver=supervisor, by=by)
    return glass


def _locked(glass: BrokenGlass) -> BrokenGlass:
    rows = BrokenGlass.objects.select_for_update(of=("self",))
    return rows.select_related("record__agency", "by__person", "by__agency").get(pk=glass.pk)
