"""What was measured, as a table: printed as it comes, and kept in RESULTS.md."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Table:
    """Rows under a title. The first column is text, the others are numbers as they are to be read."""

    title: str
    columns: tuple[str, ...]
    note: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: Any) -> None:
        row = tuple(str(cell) for cell in cells)
        self.rows.append(row)
        print(self._line(row, self._widths()), flush=True)

    def _widths(self) -> list[int]:
        first = max([46, *(len(row[0]) for row in self.rows)])
        return [first, *(max(9, len(column)) for column in self.columns[1:])]

    @staticmethod
    def _line(cells: tuple[str, ...], widths: list[int]) -> str:
        return "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )

    def heading(self) -> str:
        """The title and the columns' names, before the first row."""
        return f"\n{self.title}\n{self._line(self.columns, self._widths())}"

    def markdown(self) -> str:
        lines = [f"### {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines += [f"| {' | '.join(self.columns)} |", f"|---|{'---:|' * (len(self.columns) - 1)}"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join(lines)
