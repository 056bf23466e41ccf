"""What each room holds of a record, and what becomes of it when the record is erased.

Every room says it in its `copies.py`, for each of its tables: columns that are emptied, rows that go, columns that stay
and why; or that a table holds nothing of a record. A test walks all tables and names a column that nobody decided about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, Model, Value, When

from havenline.foundation.ledger.models import (
    Asked,
    Checkpoint,
    Commitment,
    Cosignature,
    Entry,
    Link,
    PublicDay,
    PublicLeaf,
    Refusal,
    Subtree,
    Vouched,
    Waiting,
)
from havenline.foundation.sealing.models import Key

WORDS = (models.CharField, models.TextField, models.BinaryField, models.JSONField)


@dataclass(frozen=True)
class Decided:
    """One table. `path`: the look-up from a row to its record; empty where it holds nothing of one."""

    model: type[Model]
    path: str = ""
    emptied: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)  # column: why it may stay
    instead: Mapping[str, str] = field(default_factory=dict)  # column: what it says then, where a constraint wants words
    rows_go: bool = False
    why: str = ""  # why a table holds nothing of a record, or is erased by an act of its own


@dataclass(frozen=True)
class Act:
    """What cannot be said by columns. `does` takes the record's reference and primary key, and returns how many rows it changed."""

    name: str
    does: Callable[[str, int], int]


_decided: list[Decided] = []
_acts: list[Act] = []


def emptied(
    model: type[Model], path: str, *columns: str, kept: Mapping[str, str] | None = None, instead: Mapping[str, str] | None = None
) -> None:
    """The rows stay, so that nothing that points at them breaks and counts still count; these columns are emptied."""
    _decided.append(Decided(model, path, emptied=columns, kept=kept or {}, instead=instead or {}))


def gone(model: type[Model], path: str) -> None:
    """The rows are deleted."""
    _decided.append(Decided(model, path, rows_go=True))


def by_an_act(model: type[Model], why: str) -> None:
    """An act that is registered beside this empties the table's rows."""
    _decided.append(Decided(model, why=why))


def of_no_record(model: type[Model], why: str) -> None:
    """The table holds nothing of what was reported or done about it."""
    _decided.append(Decided(model, why=why))


def act(name: str, does: Callable[[str, int], int]) -> None:
    """Called before the rows above are changed, in the order of the rooms, inside the transaction of the erasure."""
    _acts.append(Act(name, does))


@transaction.atomic
def destroy(reference: str, pk: int) -> dict[str, int]:
    """Destroy every copy of what a record holds; how many rows of each table were emptied or deleted. The keys are `actions.destroy`'s."""
    done = {one.name: one.does(reference, pk) for one in _acts}
    for one in _decided:
        if not one.path:
            continue
        rows = one.model._base_manager.filter(**{one.path: pk})
        if one.rows_go:
            done[one.model._meta.label_lower] = rows.delete()[0]
        elif one.emptied or one.instead:
            done[one.model._meta.label_lower] = rows.update(**{name: _nothing(one.model, name) for name in one.emptied}, **one.instead)
    return {name: count for name, count in done.items() if count}


def empty_value(column: Any) -> Any:
    """What a column holds when it holds nothing: no words of another kind, and never NULL where the database asks for a value."""
    if isinstance(column, models.BinaryField):
        return b""
    if isinstance(column, models.JSONField):
        return {}
    if isinstance(column, models.CharField | models.TextField):
        return ""
    return None


def _nothing(model: type[Model], name: str) -> Any:
    """NULL stays NULL: constraints say of some columns that they have a value, or none, for good."""
    column = model._meta.get_field(name)
    nothing = empty_value(column)
    if nothing is None or not getattr(column, "null", False):
        return nothing
    return Case(When(**{f"{name}__isnull": True}, then=F(name)), default=Value(nothing, output_field=column))  # type: ignore[arg-type]


def undecided(model: type[Model]) -> list[str]:
    """Columns of words or bytes about which no room has decided. Choices are codes of ours; keys and digests must be named."""
    said = [one for one in _decided if one.model is model]
    if any(one.rows_go or one.why for one in said):
        return []
    named = {name for one in said for name in (*one.emptied, *one.kept, *one.instead)}
    columns = [column for column in model._meta.concrete_fields if isinstance(column, WORDS) and not column.choices]
    return [column.name for column in columns if column.name not in named and not column.is_relation]


by_an_act(Key, "`actions.destroy` takes the wrapped key away; that there was one stays")
# The ledger stands before this room, and outlives what it speaks of: references, codes and digests, and words under the record's own key.
of_no_record(Entry, "proves what was done; its words are sealed by the record's key and go with it")
of_no_record(Waiting, "names an entry")
of_no_record(Link, "names an entry")
for proof in (Subtree, Checkpoint, Cosignature, Asked, Refusal, Vouched, PublicLeaf, PublicDay):
    of_no_record(proof, "hashes, signatures, and which witness said what of them")
by_an_act(Commitment, "goes with the receipt that it was for; its leaf stays in the public log, and is a random number from then on")
act("ledger.commitment", lambda reference, _pk: Commitment.objects.filter(record=reference).delete()[0])
