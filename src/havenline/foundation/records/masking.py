"""What of a record somebody reads who sees the record: fields.toml beside this says it, and only here is it asked.

A query masks what it hands on; a page then shows it as it comes, and never decides.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.models import Record

TABLE = Path(__file__).with_name("fields.toml")


class Field(TextChoices):
    """What can be withheld from whoever sees the rest of a record."""

    REPORTER = "reporter", gettext_lazy("who reported")
    WHEREABOUTS = "whereabouts", gettext_lazy("where the child lives and goes to school")
    OTHERS = "others", gettext_lazy("who lives with the child, and other people around them")


class NotATable(ValueError):
    """fields.toml names a role, a field or a key that there is none of; says which."""


@dataclass(frozen=True)
class Rule:
    """One field: the paths that it holds, the roles that read it, and whether a broken glass shows it."""

    holds: tuple[str, ...]
    seen_by: tuple[str, ...]
    by_break_glass: bool


@dataclass(frozen=True)
class Redaction:
    """Who makes a disclosure copy, and whether another of them looks at it before it leaves."""

    made_by: tuple[str, ...]
    second_person: bool


@cache
def table() -> tuple[dict[str, Rule], Redaction]:
    """Raises NotATable."""
    return read(TABLE.read_text(encoding="utf-8"))


def read(text: str) -> tuple[dict[str, Rule], Redaction]:
    """The table of a fields.toml. Raises NotATable: a field without a row would be shown to everybody."""
    try:
        said = tomllib.loads(text)
        rows = {code: Rule(tuple(row["holds"]), tuple(row["seen_by"]), bool(row["by_break_glass"])) for code, row in said["fields"].items()}
        redaction = Redaction(tuple(said["redaction"]["made_by"]), bool(said["redaction"]["second_person"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as wrong:
        raise NotATable(f"fields.toml: {wrong}") from wrong
    if set(rows) != set(Field.values):
        raise NotATable(f"fields.toml has rows for {sorted(rows)}; the fields are {sorted(Field.values)}.")
    for role in {role for row in rows.values() for role in row.seen_by} | set(redaction.made_by):
        if role not in Role.values:
            raise NotATable(f"fields.toml: there is no role “{role}”.")
    paths = [path for row in rows.values() for path in row.holds]
    if doubled := {path for path in paths if paths.count(path) > 1}:
        raise NotATable(f"fields.toml: in two fields stand {sorted(doubled)}.")
    return rows, redaction


class Masked(str):
    """Stands where something is withheld from this reader: says so, and holds nothing of it."""


@dataclass(frozen=True)
class Withheld:
    """A field that a page does not show, for whom it is shown, and whom one can ask."""

    title: str
    shown_to: str
    ask: str


@dataclass
class Sight:
    """What one person reads of one record. `shown` and `withheld` fill as content passes through `of`."""

    record: Record
    by: Membership
    through_glass: bool
    shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)

    def sees(self, code: str) -> bool:
        row = table()[0][code]
        return self.by.role in row.seen_by and (row.by_break_glass or not self.through_glass)

    def of(self, content: Mapping[str, Any], *, at: str = "") -> dict[str, Any]:
        """The same content, every part that is withheld said to be so. `at`: the path at which it stands in fields.toml."""
        return {key: self._part(value, f"{at}.{key}" if at else key) for key, value in content.items()}

    def _part(self, value: Any, path: str, inside: str = "") -> Any:
        code = inside or _field_at(path)
        if isinstance(value, Mapping):
            return {key: self._part(one, f"{path}.{key}", code) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._part(one, path, code) for one in value]
        if not code or value in (None, ""):
            return value
        if self.sees(code):
            self.shown.add(code)
            return value
        self.hidden.add(code)
        return Masked(_("Withheld from you: %(field)s") % {"field": Field(code).label})

    @property
    def withheld(self) -> list[Withheld]:
        """What this page did not show, for its reader."""
        roles = dict(Role.choices)
        return [
            Withheld(
                title=str(Field(code).label),
                shown_to=", ".join(str(roles[role]) for role in table()[0][code].seen_by),
                ask=self.record.agency.name,
            )
            for code in sorted(self.hidden)
        ]


def sight_of(record: Record, *, by: Membership) -> Sight:
    """What this person reads of a record that they were found to see."""
    through_glass = by.may_break_glass and not by.can_act_on(record)
    return Sight(record, by, through_glass)


def _field_at(path: str) -> str:
    return _fields_by_path().get(path, "")


@cache
def _fields_by_path() -> dict[str, str]:
    return {path: code for code, row in table()[0].items() for path in row.holds}
