"""One TOML file, row by row: each value as it must be, and every problem with its place."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from .errors import EditionRefused
from .places import Place, Places


class RowReader:
    """Reads one file; collects problems instead of stopping at the first."""

    def __init__(self, path: Path, text: str, data: Mapping[str, Any]) -> None:
        self.path = path
        self.data = data
        self.places = Places(path.name, text)
        self.problems: list[str] = []

    @classmethod
    def of(cls, path: Path) -> Self:
        """Raises EditionRefused for what is not TOML."""
        try:
            text = path.read_text(encoding="utf-8")
            return cls(path, text, tomllib.loads(text))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise EditionRefused([f"{path.name}: not TOML: {error}"]) from error

    def problem(self, at: Place, key: str, what: str, value: str | None = None) -> None:
        self.problems.append(at.problem(key, what, value))

    def _only(self, at: Place, row: Mapping[str, Any], known: set[str], prefix: str = "") -> None:
        for key in sorted(row.keys() - known):
            self.problem(at, prefix + key, f"unknown key; known are {', '.join(sorted(known))}")

    def _text(self, at: Place, row: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.problem(at, prefix + key, "missing, or not a text")
        return ""

    def _flag(self, at: Place, row: Mapping[str, Any], key: str) -> bool:
        value = row.get(key, False)
        if not isinstance(value, bool):
            self.problem(at, key, "must be true or false")
        return value is True

    def _date(self, at: Place, row: Mapping[str, Any], key: str) -> date:
        value = row.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(at, key, "must be a date such as 2026-03-18")
        return date.min + timedelta(days=1)

    def _codes(self, at: Place, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.problem(at, key, "must be a list of codes")
        return ()

    def _rows(self, at: Place, row: Mapping[str, Any], key: str, prefix: str = "") -> list[dict[str, Any]]:
        value = row.get(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return value
        self.problem(at, prefix + key, "must be a list of tables")
        return []

    def _one_of(self, at: Place, row: Mapping[str, Any], key: str, allowed: Sequence[Any], prefix: str = "") -> Any:
        value = row.get(key)
        if value not in allowed:
            self.problem(at, prefix + key, f"must be one of: {', '.join(allowed)}")
            return allowed[0]
        return value
