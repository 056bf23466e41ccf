"""A notice leaves for its schools, and can be taken back until a school opened it."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.post import actions as post
from havenline.foundation.post import links as post_links
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.prevention.actions.errors import AnotherPersonNeeded, NotADraft, NotYourNotice, OpenedAlready, WordsMissing
from havenline.journey.prevention.actions.officer import try_officer_again
from havenline.journey.prevention.actions.writing import (
    locked,
    must_be_as_shown,
    must_stand,
    stop_waiting,
)
from havenline.journey.prevention.models import (
    AskedSchool,
    Campaign,
    NearSubject,
    NoticeLetter,
    School,
    SchoolContact,
    SchoolNotice,
)
from havenline.journey.prevention.policies import ACKNOWLEDGED, SENDERS

WAITS = "a message waits for a school"  # the letter's reason, and who is asked as it leaves


@transaction.atomic
def agree_and_send(*, campaign: Campaign, count: int, by: Membership) -> Campaign:
    """A second person agrees: each school that was answered with no gets a record of its own. Agreeing twice sends nothing twice.

    `count`: how many schools it goes to, as typed. Raises NotADraft, AnotherPersonNeeded, ChangedMeanwhile, NamesSomebody,
    records.Silenced, PoliceMustAgree.
    """
    campaign = locked(campaign, by)
    if campaign.state == "sent":
        return campaign
    if campaign.state != "proposed":
        raise NotADraft(_("This notice is not proposed (any more). Nothing was sent."))
    _must_be_second(campaign, by)
    must_be_as_shown(campaign, count)
    must_stand(campaign, by)
    for asked in campaign.asked.select_related("school"):
        asked.campaign = campaign
        if asked.answer == NearSubject.NO and not asked.school.is_closed:
            _send_to(asked, by)
        else:
            try_officer_again(asked=asked, by=by)
    campaign.agreed_by, campaign.sent_at = by, moment.now()
    campaign.save(update_fields=["agreed_by", "sent_at"])
    ledger.record(by, "agreed to a notice and sent it to schools", campaign, changed={"schools": count})
    stop_waiting(campaign, by)
    return campaign


@transaction.atomic
def tell_officer_again(*, asked: AskedSchool, by: Membership) -> AskedSchool:
    """Try again what could not be told to the designated officer. Raises records.Silenced."""
    campaign = locked(asked.campaign, by)
    asked = AskedSchool.objects.select_for_update(of=("self",)).select_related("school", "hand_over").get(pk=asked.pk)
    asked.campaign = campaign
    try_officer_again(asked=asked, by=by)
    return asked


def _must_be_second(campaign: Campaign, by: Membership) -> None:
    wrote = campaign.written_by
    if wrote.person_id == by.person_id:
        raise AnotherPersonNeeded(_("Another person must agree: you wrote it."))
    stays = Membership.objects.current().filter(pk=wrote.pk).exists()
    if not (by.supervises or (wrote.supervises and stays)):
        raise AnotherPersonNeeded(_("A supervisor must write or agree it: ask one of yours."))


def _send_to(asked: AskedSchool, by: Membership) -> SchoolNotice:
    campaign, school = asked.campaign, asked.school
    record, key = records.open_record(
        kind=FileKind.SCHOOL_NOTICE, agency=campaign.agency, owner=campaign.written_by, arose_from=campaign.source, how="told a school"
    )
    notice = SchoolNotice.objects.create(
        record=record,
        school=school,
        title=campaign.title,
        words_sealed=key.seal("words", campaign.words),
        guidance=campaign.guidance,
        guidance_version=campaign.guidance_version,
        sent_by=by,
        sent_at=moment.now(),
    )
    asked.notice = notice
    asked.save(update_fields=["notice"])
    ledger.record(by, "sent a notice to a school", notice, to=school.agency.slug if school.agency else "", station="School told")
    clocks.start(record=record, rule=ACKNOWLEDGED, agency=campaign.agency, owner=campaign.written_by, by=by)
    _deliver(notice, by=by)
    return notice


def _deliver(notice: SchoolNotice, *, by: Actor) -> None:
    """Let the school's verified persons know. Without one, nothing goes: it stands on the sender's screen, to be telephoned."""
    contacts = SchoolContact.objects.current().filter(school_id=notice.school_id).select_related("membership__person", "membership__agency")
    for contact in contacts.exclude(pk__in=notice.letters.values("contact_id")):
        records.make_party(record=notice.record, agency=contact.membership.agency, purpose="receives: notice to a school")
        letter = post.message_waits(receiver=contact.membership, by=by, why=WAITS, link_maker=WAITS) or _waiting_letter(contact)
        NoticeLetter.objects.create(notice=notice, letter=letter, contact=contact)


def _waiting_letter(contact: SchoolContact) -> Letter:
    """The one that had not left when it was asked for, and says the same of this notice; a worker may have begun to send it since."""
    return Letter.objects.filter(to=contact.membership.person.email, why=WAITS).latest("queued_at")


def must_still_leave(letter: Letter) -> post_links.Link:
    """As a school's letter leaves: not to whoever left, and not where all that it speaks of was taken back or silenced since.

    Raises post_links.NoLink: the letter ends as failed, and what still stands is telephoned once the silence is lifted.
    """
    link = post.must_still_work_here(letter)
    about = SchoolNotice.objects.filter(letters__letter=letter).select_related("record")
    if about and not any(one.withdrawn_at is None and not is_silent(one) for one in about):
        raise post_links.NoLink(_("What this letter speaks of must not reach the school any more. It did not leave."))
    return link


def is_silent(notice: SchoolNotice) -> bool:
    """Whether a silence towards the school stands on its path."""
    try:
        records.must_not_be_silent(notice.record, Silence.Audience.SCHOOL)
    except records.Silenced:
        return True
    return False


def deliver_what_waits(*, school: School, by: Membership) -> None:
    """Somebody was verified: what the school has not acknowledged goes to them now. Called by an action."""
    with beyond_need_to_know():  # whoever wrote to it: a school has one register of its people
        for notice in SchoolNotice.objects.filter(school=school, withdrawn_at=None, acknowledgement__isnull=True).select_related("record"):
            if not is_silent(notice):  # agreed since: whoever lifts it telephones them
                _deliver(notice, by=by)


@transaction.atomic
def withdraw(*, notice: SchoolNotice, words: str, by: Membership) -> SchoolNotice:
    """Take a notice back before the school opened it; its letter may have arrived, and leads to nothing.

    Raises OpenedAlready, WordsMissing, NotYourNotice.
    """
    notice = own(notice, by)
    if notice.withdrawn_at is not None:
        return notice
    if notice.opened_at is not None:
        raise OpenedAlready(_("The school has opened it, so it cannot be taken back. Telephone them."))
    if not words.strip():
        raise WordsMissing(_("Say why it is taken back."))
    notice.withdrawn_at, notice.withdrawn_by = moment.now(), by
    notice.withdrawal_sealed = notice.record.ledger_seal().seal("withdrawal", words.strip())
    notice.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_sealed"])
    if notice.school.agency is not None:
        records.end_party(record=notice.record, agency=notice.school.agency, reason="taken back", by=by)
    ledger.record(by, "took a notice to a school back", notice, words=words)
    clocks.void(record=notice.record, rule=ACKNOWLEDGED.code, reason="taken back", by=by)
    return notice


def own(notice: SchoolNotice, by: Membership) -> SchoolNotice:
    """The sender's notice, locked. Raises NotYourRole, NotPartyToRecord, NotYourNotice."""
    by.must_be(*SENDERS)
    by.must_be_party_to(notice)
    again: SchoolNotice = (
        SchoolNotice.objects.select_for_update(of=("self",)).select_related("record__agency", "school__agency").get(pk=notice.pk)
    )
    if again.record.agency_id != by.agency_id:
        raise NotYourNotice(_("Only %(agency)s does this.") % {"agency": again.record.agency.name})
    return again


def on_letter_ended(sender: object, letter: Letter, **_rest: object) -> None:
    """That the mail server took the letter, or did not, is a fact of each notice that it speaks of."""
    verbs = {
        Letter.State.SENT: "the mail server accepted the letter to the school",
        Letter.State.FAILED: "the letter to the school failed",
        Letter.State.UNCERTAIN: "the letter to the school ended uncertain",
    }
    for link in NoticeLetter.objects.filter(letter=letter).select_related("notice__record"):
        ledger.record(CLOCK, verbs[Letter.State(letter.state)], link.notice, reason=letter.state)
