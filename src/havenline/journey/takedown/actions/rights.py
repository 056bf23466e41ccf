"""Who may work on a notice: an analyst of the hotline whose notice it is; the police who are party to it only release or hold."""

from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.takedown.errors import NotThatState, NotYoursToRelease, WordsMissing
from havenline.journey.takedown.models import Notice
from havenline.journey.takedown.policies import DESK, POLICE


def at_desk(notice: Notice, by: Membership, *, roles: tuple[str, ...] = DESK) -> Notice:
    """The notice, open, locked for this transaction. Raises NotYourRole, NotPartyToRecord, NotThatState."""
    notice = at_desk_though_ended(notice, by, roles=roles)
    must_be_open(notice)
    return notice


def at_desk_though_ended(notice: Notice, by: Membership, *, roles: tuple[str, ...] = DESK) -> Notice:
    """The notice, open or not, locked for this transaction. Raises NotYourRole, NotPartyToRecord, NotThatState."""
    by.must_be(*roles)
    notice = locked(notice, by)
    if by.agency_id != notice.record.agency_id:
        raise NotThatState(_("Only %(agency)s works on this notice.") % {"agency": notice.record.agency.name})
    return notice


def who_releases(notice: Notice, by: Membership) -> Notice:
    """The notice, locked, for whoever may release its hold. Raises NotYoursToRelease, NotPartyToRecord."""
    by.must_be_party_to(notice)
    is_senior = by.supervises and by.agency_id == notice.record.agency_id
    if not is_police(by) and not is_senior:
        raise NotYoursToRelease(can_release(notice))
    return locked(notice, by)


def is_police(by: Membership) -> bool:
    return by.role in POLICE and by.agency.kind == AgencyKind.POLICE


def can_release(notice: Notice) -> str:
    """Who can lift the hold, in a sentence for whoever asked and may not."""
    hotline = notice.record.agency.name
    if notice.police is None:
        return _("It is held, and no police are party to it yet. Choose police; a senior analyst of %(hotline)s can release it too.") % {
            "hotline": hotline
        }
    return _("It is held for police. It can be released by: %(police)s; a senior analyst of %(hotline)s, with a reason.") % {
        "police": notice.police.name,
        "hotline": hotline,
    }


def locked(notice: Notice, by: Membership | None = None) -> Notice:
    """Read again under its lock, so that what is checked stays so. Raises NotPartyToRecord."""
    if by is not None:
        by.must_be_party_to(notice)
    rows = Notice.objects.select_for_update(of=("self",)).select_related(
        "record__agency", "report__record", "police", "host", "contact__host"
    )
    again: Notice = rows.get(pk=notice.pk)
    return again


def must_be_open(notice: Notice) -> None:
    """Raises NotThatState."""
    if not notice.is_open:
        raise NotThatState(_("This notice has ended (%(state)s), so nothing was changed.") % {"state": notice.state_word.lower()})


def needs_words(words: str, what: str) -> str:
    """Raises WordsMissing."""
    if not words.strip():
        raise WordsMissing(what)
    return words.strip()
