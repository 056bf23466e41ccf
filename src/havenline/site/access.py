"""The access table: who may ask for what. `access.toml` says it; this reads it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ALL, OWN_AGENCY, PARTY, ASSIGNED, NO = "all", "own agency", "party", "party and assigned", "no"
LEVELS = (ALL, OWN_AGENCY, PARTY, ASSIGNED)


class NotATable(ValueError):
    """A row names a level or a role that there is none of; says which."""


@dataclass(frozen=True)
class Access:
    """The rows of one section: `{route: {role: level}}`; a role that stands in no level has "no"."""

    rows: dict[str, dict[str, str]]

    def level(self, route: str, role: str) -> str:
        """Raises KeyError for a route that has no row."""
        return self.rows[route].get(role, NO)


@cache
def table() -> dict[str, Access]:
    """Every section: desk, public, api, commands. Raises NotATable."""
    said = tomllib.loads((Path(__file__).parent / "access.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = said.pop("groups")
    return {section: Access({route: _row(route, row, groups) for route, row in rows.items()}) for section, rows in said.items()}


def _row(route: str, row: dict[str, list[str]], groups: dict[str, list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for level, names in row.items():
        if level not in LEVELS:
            raise NotATable(f"{route}: there is no level “{level}”; there are: {', '.join(LEVELS)}.")
        for role in (role for name in names for role in groups.get(name, [name])):
            if found.setdefault(role, level) != level:
                raise NotATable(f"{route}: {role} stands in two levels.")
    return found
