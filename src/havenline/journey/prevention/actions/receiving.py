"""The school's side: a message is opened, and acknowledged. Opening stops no clock; only the lead's word, or a call, does."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.prevention.actions.errors import NotVerified, NotYourNotice
from havenline.journey.prevention.models import Acknowledgement, Did, SchoolContact, SchoolNotice
from havenline.journey.prevention.policies import ACKNOWLEDGED


@transaction.atomic
def open_message(*, notice: SchoolNotice, by: Membership) -> SchoolNotice:
    """The verified person reads it; the first time is kept. Raises NotYourRole, NotPartyToRecord, NotVerified, records.Silenced."""
    notice = _the_schools(notice, by)
    ledger.looked(by, notice, reason="sent to this school")
    if notice.opened_at is None:
        notice.opened_at, notice.opened_by = moment.now(), by
        notice.save(update_fields=["opened_at", "opened_by"])
        ledger.record(by, "opened a notice", notice, station="School opened it")
    return notice


@transaction.atomic
def acknowledge(*, notice: SchoolNotice, did: str, reply: str = "", by: Membership) -> Acknowledgement:
    """The lead says that they have it and what they did; twice changes nothing.

    Raises NotYourRole, NotPartyToRecord, NotVerified, records.Silenced.
    """
    notice = _the_schools(notice, by)
    before = Acknowledgement.objects.filter(notice=notice).first()
    if before is not None:
        return before
    if notice.opened_at is None:
        open_message(notice=notice, by=by)
    words = reply.strip()
    said = Acknowledgement.objects.create(
        notice=notice,
        by=by,
        at=moment.now(),
        did=Did(did),
        reply_sealed=notice.record.ledger_seal().seal("reply", words) if words else None,
    )
    ledger.record(
        by, "acknowledged a notice", said, reason=did, words=words, to=notice.record.agency.slug, station="School acknowledged it"
    )
    clocks.stop(record=notice.record, rule=ACKNOWLEDGED.code, by=by)
    return said


def _the_schools(notice: SchoolNotice, by: Membership) -> SchoolNotice:
    by.must_be(Role.SAFEGUARDING_LEAD)
    by.must_be_party_to(notice)
    again: SchoolNotice = SchoolNotice.objects.select_for_update(of=("self",)).select_related("record__agency", "school").get(pk=notice.pk)
    if again.school.agency_id != by.agency_id or again.withdrawn_at is not None:
        raise NotYourNotice(_("This message is not, or no more, for your school."))
    must_be_verified(by)
    if again.opened_at is None:
        records.must_not_be_silent(again.record, Silence.Audience.SCHOOL)  # agreed since it was sent
    return again


def must_be_verified(by: Membership) -> SchoolContact:
    """Raises NotVerified."""
    contact = SchoolContact.objects.current().filter(membership=by).select_related("school").first()
    if contact is None:
        raise NotVerified(_("Nobody has telephoned your school yet to make sure that you are its safeguarding lead."))
    return contact
