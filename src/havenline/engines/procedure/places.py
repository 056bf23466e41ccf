"""Where in a file something stands, so that a refusal can name the line. TOML's own reader keeps no lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEAD = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]")


@dataclass(frozen=True)
class Place:
    """A part of a file: its first line, counted from 1, and its text. `label` names it to a reader, as "step 'referral'"."""

    file: str
    label: str
    first: int
    lines: tuple[str, ...]

    def line_of(self, key: str, value: str | None = None) -> int:
        """The first line that holds `value` in quotes, else the one that sets `key`, else the part's own first line."""
        if value is not None:
            for number, line in enumerate(self.lines, self.first):
                if f'"{value}"' in line or f"'{value}'" in line:
                    return number
        wanted = re.compile(rf"(?<![\w-])\"?{re.escape(key.rpartition('.')[2])}\"?\s*=")
        for number, line in enumerate(self.lines, self.first):
            if wanted.search(line):
                return number
        return self.first

    def problem(self, key: str, what: str, value: str | None = None) -> str:
        where = f"{self.file}, line {self.line_of(key, value)}" + (f", {self.label}" if self.label else "")
        return f"{where}, key {key!r}: {what}"


class Places:
    """The parts of a TOML file: what stands before its first table, and each `[[table]]` by its name and number."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        lines = text.split("\n")  # TOML's lines; Python's end at more signs
        heads = [(number, match[1]) for number, line in enumerate(lines) if (match := HEAD.match(line))]
        ends = [*(number for number, _ in heads[1:]), len(lines)] if heads else []
        self._top = tuple(lines[: heads[0][0] if heads else len(lines)])
        self._tables: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for (begin, name), end in zip(heads, ends, strict=True):
            self._tables.setdefault(name, []).append((begin + 1, tuple(lines[begin:end])))

    @property
    def top(self) -> Place:
        return Place(self.file, "", 1, self._top)

    def table(self, name: str, number: int, row: Mapping[str, Any]) -> Place:
        """The `number`-th table of that name, from 0. `row` is what was read of it, for its label."""
        code = row.get("code", row.get("step"))
        label = f"{name} {code!r}" if isinstance(code, str) else f"{name} {number + 1}"
        tables = self._tables.get(name, [])
        if number < len(tables):
            return Place(self.file, label, *tables[number])
        return Place(self.file, label, 1, ())  # written in line, as one value of the file's own
