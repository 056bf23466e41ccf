"""How a list changes: its row is locked, each change takes the next number, and who follows it misses none."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.lists.actions.errors import ListClosed, NotYourList
from havenline.foundation.lists.models import KnownList, ListChange, ListEntry
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role

MANAGERS = (Role.SENIOR_ANALYST,)
KEEPERS = (Role.ANALYST, Role.SENIOR_ANALYST)


def must_keep(known_list: KnownList, by: Actor, *roles: Role) -> None:
    """A person changes lists of their own agency, in one of these roles; the clock and the installation any.

    Raises NotYourRole, NotYourList.
    """
    if isinstance(by, Membership):
        by.must_be(*roles)
        if by.agency_id != known_list.agency_id:
            raise NotYourList(_("%(agency)s keeps this list: ask them to change it.") % {"agency": known_list.agency.name})


class Changes:
    """The changes of one list in one transaction. `known_list`: its locked row."""

    def __init__(self, known_list: KnownList, at: datetime) -> None:
        self.known_list, self.at = known_list, at
        self._noted: list[ListChange] = []

    def note(self, what: ListChange.What, entries: Iterable[ListEntry]) -> None:
        """Give each the next number."""
        for entry in entries:
            self.known_list.sequence += 1
            self._noted.append(
                ListChange(known_list=self.known_list, sequence=self.known_list.sequence, entry=entry, what=what, at=self.at)
            )
            if what == ListChange.What.ADDED:
                self.known_list.live += 1
            elif what == ListChange.What.WITHDRAWN:
                self.known_list.live -= 1

    def keep(self) -> None:
        if self._noted:
            ListChange.objects.bulk_create(self._noted)
            self.known_list.changed_at = self.at
            self.known_list.save(update_fields=["sequence", "live", "changed_at"])


@contextmanager
def changing(known_list: KnownList) -> Iterator[Changes]:
    """Lock a list for the changes within, in one transaction; afterwards `known_list` says its new number. Raises ListClosed."""
    with transaction.atomic():
        locked = KnownList.objects.select_for_update().get(pk=known_list.pk)
        if locked.closed_at is not None:
            raise ListClosed(_("This list is closed: make another, or add to one that is open."))
        changes = Changes(locked, moment.now())
        yield changes
        changes.keep()
    known_list.sequence, known_list.live, known_list.changed_at = locked.sequence, locked.live, locked.changed_at


def membership_of(by: Actor) -> Membership | None:
    """Who stands on a row as the person that did it; None: the clock, or the installation."""
    return by if isinstance(by, Membership) else None
