"""Many changes at once: read whole before any is applied, held where they would take too much away, applied in parts.

A file is read in one transaction, and where a line of it cannot be taken nothing is kept. What was read waits in parts of some thousand
lines; each is applied in a transaction of its own, once: a kill loses nothing, and the next start goes on where it stood.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.lists import signals
from havenline.foundation.lists.actions.changing import MANAGERS, changing, membership_of, must_keep
from havenline.foundation.lists.actions.entries import NewEntry, live_by_value, put_on, withdraw_values
from havenline.foundation.lists.actions.errors import LinesRefused, ListClosed, ListHeld, NotAGrade, NotWaiting, WordsMissing
from havenline.foundation.lists.models import ImportPart, KnownList, ListEntry, ListImport
from havenline.foundation.people.models import Membership
from havenline.foundation.work.rests import with_rests

MOST_LINES = 1_000_000
IN_A_PART = 5_000
ERRORS_KEPT = 100
HELD_ABOVE = 20  # percent of a list: what would take away more is held for a person
HELD_FROM = 10  # withdrawals: a short list may lose a few
HELD_WITHIN = timedelta(days=1)  # what nobody looked at is counted together, so that many small losses are seen as one
State = ListImport.State


@dataclass(frozen=True)
class Line:
    """One line of what arrived. `number`: where it stands in its file, from 1; `problem`: why its reader could not take it."""

    number: int
    entry: NewEntry
    withdraws: bool = False
    reason: str = ""
    problem: str = ""


@dataclass
class _Read:
    """What was read so far, in bounded memory: 16 bytes for each value, and one part."""

    known_list: KnownList
    imported: ListImport
    named: set[bytes] = field(default_factory=set)
    withdrawn: set[bytes] = field(default_factory=set)
    errors: list[tuple[int, str]] = field(default_factory=list)
    bad: int = 0
    parts: int = 0

    def refuse(self, number: int, why: str) -> None:
        self.bad += 1
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append((number, why))


@transaction.atomic
def read_in(
    *,
    known_list: KnownList,
    lines: Iterable[Line],
    source: str,
    by: Actor,
    digest: str = "",
    is_whole: bool = False,
) -> ListImport:
    """Read an import whole and keep it to be applied: it says what it would do. Nothing of the list changes.

    `is_whole`: it is the whole list, so what it does not name is withdrawn. `digest`: SHA-256 of what is read. It is held where it would
    withdraw more than a fifth of the list, by itself or with what the clock let pass in the last day, or where the list itself is held.
    Raises LinesRefused, NotYourRole, NotYourList, ListClosed.
    """
    must_keep(known_list, by, *MANAGERS)
    known_list.refresh_from_db()
    if known_list.closed_at is not None:
        raise ListClosed(_("This list is closed: make another, or add to one that is open."))
    imported = ListImport(known_list=known_list, source=source[:200], digest=digest, stood=known_list.live)
    imported.arrived_at, imported.arrived_by = moment.now(), membership_of(by)
    imported.save()
    read = _Read(known_list, imported)
    waiting: list[Line] = []
    for line in lines:
        imported.lines += 1
        if imported.lines > MOST_LINES:
            raise LinesRefused(
                [(line.number, _("An import has at most %(most)s lines: send it in several.") % {"most": f"{MOST_LINES:,}"})], 1
            )
        checked = _checked(line, read)
        if checked is not None:
            waiting.append(checked)
        if len(waiting) >= IN_A_PART:
            _keep_part(read, waiting)
            waiting = []
    if read.bad:
        raise LinesRefused(read.errors, read.bad)
    if waiting:
        _keep_part(read, waiting)
    if is_whole:
        _withdraw_what_is_not_named(read)
    imported.held_why = _held_because(imported, known_list)
    imported.state = State.HELD if imported.held_why else State.READ
    imported.save()
    ledger.record(
        by,
        "held an import to a list" if imported.held_why else "read an import to a list",
        imported,
        reason=f"sha256 {digest}" if digest else "",
        changed={name: getattr(imported, name) for name in ("lines", "additions", "changes", "withdrawals", "already", "duplicates")},
    )
    return imported


def _checked(line: Line, read: _Read) -> Line | None:
    """The line in canonical form; None where another line said the same of the same value, or it cannot be taken."""
    try:
        if line.problem:
            raise signals.NotASignal(line.problem)
        entry = line.entry.checked(read.known_list.kind)
    except (signals.NotASignal, signals.UnknownSignal, NotAGrade) as refused:
        read.refuse(line.number, str(refused))
        return None
    key = _key(entry.signal, entry.value)
    same, opposite = (read.withdrawn, read.named) if line.withdraws else (read.named, read.withdrawn)
    if key in opposite:
        read.refuse(line.number, _("Another line says the opposite of the same value."))
        return None
    if key in same:
        read.imported.duplicates += 1
        return None
    same.add(key)
    return Line(line.number, entry, line.withdraws, line.reason)


def _key(signal: str, value: str) -> bytes:
    return hashlib.blake2b(f"{signal}:{value}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _keep_part(read: _Read, lines: list[Line]) -> None:
    standing = live_by_value(read.known_list, ((line.entry.signal, line.entry.value) for line in lines))
    imported = read.imported
    for line in lines:
        stands = standing.get((line.entry.signal, line.entry.value))
        if line.withdraws:
            imported.withdrawals += stands is not None
            imported.unknown += stands is None
        elif stands is None:
            imported.additions += 1
            imported.never_matched += bool(signals.never_matched_because(line.entry.signal, line.entry.value, line.entry.quality))
        elif _says_something_new(stands, line.entry):
            imported.changes += 1
        else:
            imported.already += 1
    _store(read, [_row(line) for line in lines])


def _says_something_new(stands: ListEntry, said: NewEntry) -> bool:
    pairs = (
        (said.quality, stands.quality),
        (said.grade, stands.grade),
        (said.claimed_grade, stands.claimed_grade),
        (said.about, stands.about),
    )
    return any(new not in (None, "", {}) and new != old for new, old in pairs)


def _row(line: Line) -> list[object]:
    one = line.entry
    if line.withdraws:
        return ["-", one.signal, one.value, line.reason]
    return ["+", one.signal, one.value, one.quality, one.grade, one.claimed_grade, dict(one.about)]


def _store(read: _Read, rows: list[list[object]]) -> None:
    read.parts += 1
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    ImportPart.objects.create(of=read.imported, number=read.parts, lines=text, count=len(rows))


def _withdraw_what_is_not_named(read: _Read) -> None:
    rows: list[list[object]] = []
    standing = ListEntry.objects.filter(known_list=read.known_list, withdrawn_at=None).order_by("pk")
    for signal, value in standing.values_list("signal", "value").iterator(chunk_size=IN_A_PART):
        if _key(signal, value) in read.named:
            continue
        rows.append(["-", signal, value, ""])
        read.imported.withdrawals += 1
        if len(rows) == IN_A_PART:
            _store(read, rows)
            rows = []
    if rows:
        _store(read, rows)


def _held_because(imported: ListImport, known_list: KnownList) -> str:
    """Why a person must decide; in the words of the screen."""
    if known_list.held_at is not None:
        return _("The list is held: %(why)s") % {"why": known_list.held_why[:200]}
    if imported.withdrawals >= HELD_FROM and imported.withdrawals * 100 > imported.stood * HELD_ABOVE:
        said = {"n": f"{imported.withdrawals:,}", "of": f"{imported.stood:,}", "percent": imported.percent_withdrawn}
        return _("It would withdraw %(percent)s%% of the list: %(n)s of %(of)s entries.") % said
    passed = known_list.imports.filter(settled_by=None, settled_at__gt=moment.now() - HELD_WITHIN).exclude(state=State.REFUSED)
    gone = imported.withdrawals + (passed.aggregate(gone=Sum("withdrawals"))["gone"] or 0)
    stood = imported.stood + gone - imported.withdrawals
    if imported.withdrawals and gone >= HELD_FROM and gone * 100 > stood * HELD_ABOVE:
        said = {"n": f"{gone:,}", "of": f"{stood:,}", "percent": gone * 100 // stood}
        return _("With what the last 24 hours took it would withdraw %(percent)s%% of the list: %(n)s of %(of)s entries.") % said
    return ""


@transaction.atomic
def apply_import(*, imported: ListImport, by: Actor, reason: str = "") -> ListImport:
    """Let an import be applied, in the background. What was held needs a reason.

    Raises NotWaiting, WordsMissing, ListHeld, ListClosed, NotYourRole, NotYourList.
    """
    imported = begin(imported=imported, by=by, reason=reason)
    from havenline.foundation.lists import tasks  # imports this room's actions

    tasks.apply_import_parts.enqueue(imported.pk)
    return imported


@transaction.atomic
def begin(*, imported: ListImport, by: Actor, reason: str = "") -> ListImport:
    """As `apply_import`, where whoever calls it applies the parts itself. Raises as it does."""
    imported = _waiting(imported, by)
    if imported.known_list.closed_at is not None:
        raise ListClosed(_("This list is closed: make another, or add to one that is open."))
    if imported.known_list.held_at is not None:
        raise ListHeld(_("The list is held: release it first."))
    if imported.state == State.HELD and not reason.strip():
        raise WordsMissing(_("Say why it is right to apply what was held."))
    was = imported.state
    imported.state, imported.settled_at, imported.settled_by = State.APPLYING, moment.now(), membership_of(by)
    imported.settled_reason = " ".join(reason.split())[:300]
    imported.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    ledger.record(by, "let an import be applied", imported, reason=str(was), changed={"reason": reason})
    return imported


@transaction.atomic
def refuse_import(*, imported: ListImport, reason: str, by: Actor) -> ListImport:
    """Nothing of it is applied, and what was read of it is gone. Raises NotWaiting, WordsMissing, NotYourRole, NotYourList."""
    imported = _waiting(imported, by)
    if not reason.strip():
        raise WordsMissing(_("Say why it is refused."))
    imported.state, imported.settled_at, imported.settled_by = State.REFUSED, moment.now(), membership_of(by)
    imported.settled_reason = " ".join(reason.split())[:300]
    imported.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    imported.parts.all().delete()
    ledger.record(by, "refused an import to a list", imported, changed={"reason": reason})
    return imported


def apply_parts(*, imported: ListImport) -> Iterator[ListImport]:
    """Apply what is left of it, part by part; each time with how far it is. Two at once take turns; what was applied is not applied again.

    Where whoever let it be applied acts here no more, or the list was held or closed, the rest waits for a person instead.
    """
    yield from with_rests(_each_part(imported.pk))


def _each_part(pk: int) -> Iterator[ListImport]:
    while True:
        with transaction.atomic():
            imported = ListImport.objects.select_for_update(of=("self",)).select_related("known_list", "settled_by").get(pk=pk)
            if imported.state != State.APPLYING:
                return
            by: Actor = imported.settled_by or CLOCK
            if why := _stopped_because(imported, by):
                _wait_again(imported, why)
                return
            part = imported.parts.filter(applied_at=None).first()
            if part is None:
                _finish(imported, by)
            else:
                _apply(imported, part, by)
        yield imported
        if imported.state != State.APPLYING:
            return


def _apply(imported: ListImport, part: ImportPart, by: Actor) -> None:
    rows = json.loads(part.lines)
    with changing(imported.known_list) as changes:
        new = [NewEntry(row[1], row[2], row[3], row[4], row[5], row[6]) for row in rows if row[0] == "+"]
        put_on(changes, new, by=by, arrived_in=imported)
        by_reason: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            if row[0] == "-":
                by_reason.setdefault(row[3], []).append((row[1], row[2]))
        for reason, values in by_reason.items():
            withdraw_values(changes, values, by=by, because=ListEntry.Because.SOURCE, reason=reason or imported.source)
    part.applied_at, part.lines = moment.now(), ""
    part.save(update_fields=["applied_at", "lines"])
    imported.done += part.count
    imported.save(update_fields=["done"])


def _finish(imported: ListImport, by: Actor) -> None:
    imported.state, imported.finished_at = State.APPLIED, moment.now()
    imported.save(update_fields=["state", "finished_at"])
    imported.parts.all().delete()
    counts = {name: getattr(imported, name) for name in ("additions", "changes", "withdrawals")}
    said = ngettext("%(n)s line", "%(n)s lines", imported.lines) % {"n": imported.lines}
    ledger.record(
        by, "applied an import to a list", imported, reason=f"sha256 {imported.digest}" if imported.digest else said, changed=counts
    )


def _stopped_because(imported: ListImport, by: Actor) -> str:
    """Why the rest of it waits for a person; empty where it goes on."""
    if isinstance(by, Membership) and not Membership.objects.current().filter(pk=by.pk).exists():
        return _("Whoever let it be applied acts here no more.")
    if imported.known_list.held_at is not None:
        return _("The list is held: %(why)s") % {"why": imported.known_list.held_why[:200]}
    return _("The list was closed.") if imported.known_list.closed_at is not None else ""


def _wait_again(imported: ListImport, why: str) -> None:
    imported.state, imported.held_why = State.HELD, why
    imported.save(update_fields=["state", "held_why"])
    ledger.record(CLOCK, "held an import to a list", imported, reason="part of it waits")


def _waiting(imported: ListImport, by: Actor) -> ListImport:
    found = ListImport.objects.select_for_update(of=("self",)).select_related("known_list__agency").get(pk=imported.pk)
    must_keep(found.known_list, by, *MANAGERS)
    if not found.waits:
        raise NotWaiting(_("It was applied or refused meanwhile. Look at the list again."))
    return found
