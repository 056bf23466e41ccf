"""What stands on a list: added, confirmed, graded, withdrawn with a reason, and a withdrawal taken back by a new addition."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.lists import signals
from havenline.foundation.lists.actions.changing import KEEPERS, Changes, changing, membership_of, must_keep
from havenline.foundation.lists.actions.errors import AlreadyListed, NotAClaim, NotAGrade, NotListed, WordsMissing
from havenline.foundation.lists.events import entry_withdrawn
from havenline.foundation.lists.models import KnownList, ListChange, ListEntry, ListImport
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record

MOST_AT_ONCE = 10_000  # values in one transaction; an import goes on in parts
LONGEST_ABOUT = 2_000  # of what a source says of one entry, as JSON
LONGEST_REASON = 300
BY_VALUE = 2_000  # values asked for in one statement


@dataclass(frozen=True)
class NewEntry:
    """One value for a list, as it was given. `grade` is ours, `claimed_grade` its source's; `about`: a few short words of its source."""

    signal: str
    value: str
    quality: int | None = None
    grade: str = ""
    claimed_grade: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    def checked(self, kind: str) -> "NewEntry":
        """The same in canonical form. Raises signals.UnknownSignal, signals.NotASignal, NotAGrade."""
        signal = signals.signal_named(self.signal, kind=kind)
        value = signals.canonical(signal, self.value)
        if self.quality is not None and (signal not in signals.PERCEPTUAL or not 0 <= self.quality <= 100):
            raise signals.NotASignal(_("A quality is a whole number from 0 to 100, and only a PDQ hash has one."))
        if self.grade and self.grade not in signals.GRADES:
            raise NotAGrade(_("A grade is one of: %(letters)s.") % {"letters": ", ".join(signals.GRADES)})
        claimed = " ".join(self.claimed_grade.split())
        if len(claimed) > 8:
            raise NotAGrade(_("What a source calls an entry has at most 8 signs."))
        if self.about and len(json.dumps(self.about, ensure_ascii=False)) > LONGEST_ABOUT:
            raise signals.NotASignal(_("What is said about an entry has at most %(most)s signs.") % {"most": LONGEST_ABOUT})
        return NewEntry(str(signal), value, self.quality, self.grade, claimed, dict(self.about))


@dataclass
class Added:
    """What became of values that were to be added: `entries` are new; the rest are counts."""

    entries: list[ListEntry] = field(default_factory=list)
    changed: int = 0
    already: int = 0
    duplicates: int = 0


def add_entries(
    *, known_list: KnownList, new: Sequence[NewEntry], by: Actor, record: Record | None = None, may_be_known: bool = True
) -> Added:
    """Add values to a list; what stands on it already says so, and takes what is said anew of it. At most `MOST_AT_ONCE`.

    `record`: the report that they come from. `may_be_known`: whether they may be known outside at once.
    Raises NotYourRole, NotYourList, ListClosed, signals.UnknownSignal, signals.NotASignal, NotAGrade, ValueError.
    """
    must_keep(known_list, by, *KEEPERS)
    if len(new) > MOST_AT_ONCE:
        raise ValueError(f"Add at most {MOST_AT_ONCE} values at once; an import takes more.")
    checked = [one.checked(known_list.kind) for one in new]
    with changing(known_list) as changes:
        added = put_on(changes, checked, by=by, record=record, may_be_known=may_be_known)
        if len(added.entries) == 1:
            ledger.record(by, "added to a list", added.entries[0], reason=known_list.slug)
        elif added.entries or added.changed:
            counts = {"added": len(added.entries), "changed": added.changed}
            ledger.record(by, "added to a list", known_list, reason=f"{len(added.entries)} entries", changed=counts)
    return added


def put_on(
    changes: Changes,
    new: Sequence[NewEntry],
    *,
    by: Actor,
    record: Record | None = None,
    may_be_known: bool = True,
    arrived_in: ListImport | None = None,
) -> Added:
    """Add checked values within `changing`; for this room's own actions. Writes no entry on the ledger: whoever calls it does."""
    known_list, added = changes.known_list, Added()
    once = {(one.signal, one.value): one for one in new}  # the last word on a value counts
    added.duplicates = len(new) - len(once)
    standing = live_by_value(known_list, once)
    fresh = [one for key, one in once.items() if key not in standing]
    added.entries = ListEntry.objects.bulk_create(
        ListEntry(
            known_list=known_list,
            signal=one.signal,
            value=one.value,
            quality=one.quality,
            never_matched=signals.never_matched_because(one.signal, one.value, one.quality),
            grade=one.grade,
            claimed_grade=one.claimed_grade,
            claimed_by=known_list.name if known_list.is_foreign else "",
            record=record,
            shareable_from=changes.at if may_be_known else None,
            added_at=changes.at,
            added_by=membership_of(by),
            arrived_in=arrived_in,
            about=dict(one.about),
        )
        for one in fresh
    )
    told_anew = [entry for key, entry in standing.items() if _take_in(entry, once[key])]
    ListEntry.objects.bulk_update(told_anew, ["quality", "never_matched", "grade", "claimed_grade", "about"], batch_size=500)
    changes.note(ListChange.What.ADDED, added.entries)
    changes.note(ListChange.What.CHANGED, told_anew)
    added.changed, added.already = len(told_anew), len(standing) - len(told_anew)
    return added


def _take_in(entry: ListEntry, said: NewEntry) -> bool:
    """Let an entry that stands say what is newly said of it; whether anything was."""
    before = (entry.quality, entry.grade, entry.claimed_grade, entry.about)
    entry.quality = entry.quality if said.quality is None else said.quality
    entry.grade, entry.claimed_grade = said.grade or entry.grade, said.claimed_grade or entry.claimed_grade
    entry.about = dict(said.about) or entry.about
    entry.never_matched = signals.never_matched_because(entry.signal, entry.value, entry.quality)
    return before != (entry.quality, entry.grade, entry.claimed_grade, entry.about)


def live_by_value(known_list: KnownList, values: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ListEntry]:
    """The entries that stand on a list, by signal and canonical value."""
    wanted: dict[str, list[str]] = {}
    for signal, value in values:
        wanted.setdefault(signal, []).append(value)
    found: dict[tuple[str, str], ListEntry] = {}
    for signal, of_signal in wanted.items():
        for at in range(0, len(of_signal), BY_VALUE):
            rows = ListEntry.objects.filter(
                known_list=known_list, signal=signal, value__in=of_signal[at : at + BY_VALUE], withdrawn_at=None
            )
            found |= {(row.signal, row.value): row for row in rows}
    return found


def confirm(*, entry: ListEntry, by: Membership, grade: str = "") -> ListEntry:
    """Say that a foreign entry is right, by somebody here who knows it: it is our word from now on.

    Raises NotAClaim, NotAGrade, NotListed, NotYourRole, NotYourList.
    """
    must_keep(entry.known_list, by, *KEEPERS)
    with changing(entry.known_list) as changes:
        entry = _standing(entry, changes)
        if not entry.is_claim:
            raise NotAClaim(_("This is our own word already: there is nothing to confirm."))
        if grade:
            entry.grade = _a_grade(grade)
        entry.confirmed_at, entry.confirmed_by = changes.at, by
        entry.save(update_fields=["confirmed_at", "confirmed_by", "grade"])
        changes.note(ListChange.What.CHANGED, [entry])
        ledger.record(by, "confirmed a listed entry", entry, reason=entry.grade or "no grade", changed={"claimed": entry.claimed_grade})
    return entry


def grade(*, entry: ListEntry, grade: str, by: Membership) -> ListEntry:
    """Give an entry our grade; the same again changes nothing. Raises NotAGrade, NotListed, NotYourRole, NotYourList."""
    must_keep(entry.known_list, by, *KEEPERS)
    with changing(entry.known_list) as changes:
        entry = _standing(entry, changes)
        if entry.grade != _a_grade(grade):
            before, entry.grade = entry.grade, grade
            entry.save(update_fields=["grade"])
            changes.note(ListChange.What.CHANGED, [entry])
            ledger.record(by, "graded a listed entry", entry, reason=grade, changed={"before": before})
    return entry


def withdraw(*, entry: ListEntry, by: Actor, because: str = ListEntry.Because.FALSE_POSITIVE, reason: str = "") -> ListEntry:
    """Take an entry off its list: whoever follows the list is told, and what it had matched is answered anew. Twice changes nothing.

    A false positive, a complaint that was upheld or a source's own withdrawal needs no more words. Raises WordsMissing, NotYourRole,
    NotYourList, ListClosed.
    """
    must_keep(entry.known_list, by, *KEEPERS)
    if because == ListEntry.Because.OTHER and not reason.strip():
        raise WordsMissing(_("Say why it is withdrawn: whoever was sent it reads that."))
    with changing(entry.known_list) as changes:
        # Of the report that it came from the reference alone: where a key withdraws it, nobody reads more there.
        of_report = Prefetch("record", Record.objects.only("reference"))
        entry = ListEntry.objects.select_related("known_list").prefetch_related(of_report).get(pk=entry.pk)
        if entry.is_live:
            take_off(changes, [entry], by=by, because=because, reason=reason)
            ledger.record(by, "withdrew a listed entry", entry, reason=str(because))
    return entry


def take_off(changes: Changes, entries: Sequence[ListEntry], *, by: Actor, because: str, reason: str = "") -> None:
    """Withdraw entries that stand, within `changing`; for this room's own actions. Whoever calls it writes the entry on the ledger."""
    for entry in entries:
        entry.withdrawn_at, entry.withdrawn_by = changes.at, membership_of(by)
        entry.withdrawn_because, entry.withdrawn_reason = because, " ".join(reason.split())[:LONGEST_REASON]
    ListEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        withdrawn_at=changes.at,
        withdrawn_by=membership_of(by),
        withdrawn_because=because,
        withdrawn_reason=" ".join(reason.split())[:LONGEST_REASON],
    )
    changes.note(ListChange.What.WITHDRAWN, entries)
    for entry in entries:
        entry_withdrawn.send(sender=ListEntry, entry=entry)


def take_back_withdrawal(*, entry: ListEntry, reason: str, by: Membership) -> ListEntry:
    """List the value again: a new entry beside the withdrawn one, which stays as it was; both stand in the history.

    Raises WordsMissing, NotListed (where it was never withdrawn), AlreadyListed, NotYourRole, NotYourList, ListClosed.
    """
    must_keep(entry.known_list, by, *KEEPERS)
    if not reason.strip():
        raise WordsMissing(_("Say why the withdrawal is taken back."))
    if entry.is_live:
        raise NotListed(_("It was not withdrawn: there is nothing to take back."))
    with changing(entry.known_list) as changes:
        if live_by_value(entry.known_list, [(entry.signal, entry.value)]):
            raise AlreadyListed(_("The value stands on the list again already."))
        again = ListEntry.objects.create(
            known_list=changes.known_list,
            **{
                name: getattr(entry, name)
                for name in ("signal", "value", "quality", "never_matched", "grade", "claimed_grade", "claimed_by")
            },
            confirmed_at=entry.confirmed_at,
            confirmed_by=entry.confirmed_by,
            record=entry.record,
            shareable_from=entry.shareable_from,
            added_at=changes.at,
            added_by=by,
            about=dict(entry.about) | {"listed_again": " ".join(reason.split())[:LONGEST_REASON]},
        )
        changes.note(ListChange.What.ADDED, [again])
        ledger.record(by, "took back a withdrawal", again, reason=f"list entry {entry.pk}", changed={"reason": reason})
    return again


def withdraw_values(
    changes: Changes, values: Iterable[tuple[str, str]], *, by: Actor, because: str = ListEntry.Because.SOURCE, reason: str = ""
) -> tuple[int, int]:
    """Withdraw what stands of these canonical values, within `changing`: how many did, and how many did not stand on the list."""
    wanted = set(values)
    standing = live_by_value(changes.known_list, wanted)
    take_off(changes, list(standing.values()), by=by, because=because, reason=reason)
    return len(standing), len(wanted) - len(standing)


def _standing(entry: ListEntry, changes: Changes) -> ListEntry:
    """The entry as it is now, under the list's lock. Raises NotListed."""
    found = ListEntry.objects.select_related("known_list__agency", "record").filter(pk=entry.pk, withdrawn_at=None).first()
    if found is None or found.known_list_id != changes.known_list.pk:
        raise NotListed(_("This was withdrawn meanwhile: take the withdrawal back first."))
    return found


def _a_grade(typed: str) -> str:
    if typed not in signals.GRADES:
        raise NotAGrade(_("A grade is one of: %(letters)s.") % {"letters": ", ".join(signals.GRADES)})
    return typed
