"""What of our lists a complaint is about, and who may not refuse it."""

from django.db.models import Q

from havenline.foundation.identifiers import canonical as identifiers
from havenline.foundation.lists import signals
from havenline.foundation.lists.actions.changing import KEEPERS
from havenline.foundation.lists.models import Complaint, KnownList, ListEntry, Signal
from havenline.foundation.people.models import Membership

MOST_LISTED = 200  # entries that one complaint is about, or one value stands on


def listed_of(address: str, *, by: Membership) -> list[ListEntry]:
    """What of an address stands on lists that this person's agency keeps: the address itself, and its host."""
    wanted = Q()
    for signal, form in ((Signal.URL, identifiers.url), (Signal.HOST, _host_of)):
        try:
            wanted |= Q(signal=signal, value=signals.canonical(signal, form(address)))
        except (signals.NotASignal, identifiers.NotAnIdentifier, ValueError):
            continue
    if not wanted:
        return []
    standing = ListEntry.objects.live().filter(wanted, known_list__in=KnownList.objects.kept_by(by))
    return list(
        standing.select_related("known_list__agency", "record", "added_by", "confirmed_by").order_by("known_list__name", "pk")[:MOST_LISTED]
    )


def judges_own_word(complaint: Complaint, *, by: Membership) -> bool:
    """Whether a refusal would be this person's of what they listed or confirmed themselves, and somebody else here could answer."""
    theirs = any(
        word is not None and word.person_id == by.person_id
        for entry in listed_of(complaint.said["address"], by=by)
        for word in (entry.added_by, entry.confirmed_by)
    )
    others = Membership.objects.current().filter(agency=by.agency, role__in=KEEPERS).exclude(person=by.person_id)
    return theirs and others.exists()


def _host_of(address: str) -> str:
    return identifiers.url(address).split("/")[2].rpartition("@")[2].partition(":")[0]
