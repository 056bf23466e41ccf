"""Reading all that a census holds of a child, not its clocks alone: what an installation begins with.

The same reader with the same bounds (`reading`); beside the clocks each child has its `content` (`shape`), in which dates are written
YYYY-MM-DD and flags true or false. What is not understood is listed and left out.
"""

from . import elements
from .reading import FALSE, TRUE, Census, Source, day_in
from .records import Child
from .shape import CHILD, FIRST, GROUPS, LEAVES, RECORDS, Content, Leaf

NO_NUMBER = "is no number"
NOT_OF_TRUTH = "is neither true nor false"
OUTSIDE = "stands where the census does not have it"
TWICE = "stands twice; the first is taken"
EPISODE = elements.EPISODE


class WholeCensus(Census):
    """As `Census`; every child that it gives has a `content`."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._canonical: dict[str, str] = {}
        self._content: Content = {}
        self._records: dict[str, tuple[Content, int]] = {}  # by group: what is being read, and at which depth it began
        self._kept: str | None = None
        self._kept_at = self._kept_line = 0
        self._words: list[str] = []

    def _name_of(self, tag: str) -> str:
        """What an element is called, however it is written; "" where it is unknown."""
        name = self._canonical.get(tag)
        if name is None:
            known = elements.KNOWN.get(tag.rpartition(":")[2].lower(), "")
            name = self._canonical[tag] = elements.ALSO.get(known, known)
        return name

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        super()._begin(tag, attributes)
        name = self._name_of(tag)
        if self._kept is not None or not self._child_line:
            return
        if name in RECORDS:
            self._kept, self._kept_at, self._kept_line = name, self._depth, self.line
            self._words.clear()
            self._parser.CharacterDataHandler = self._gather
        elif name == EPISODE:
            self._open_record(EPISODE, self._content)
        elif name in GROUPS:
            self._open_record(name, self._episode_content())

    def _end(self, tag: str) -> None:
        depth = self._depth
        if self._kept is not None and depth == self._kept_at:
            self._parser.CharacterDataHandler = None
            name, self._kept = self._kept, None
            self._keep(name, " ".join("".join(self._words).split()))
        elif self._kept is None and (name := self._name_of(tag)) in self._records and self._records[name][1] == depth:
            self._close_record(name)
        super()._end(tag)

    def _gather(self, piece: str) -> None:
        self._collect(piece)
        if len(self._words) < 4:
            self._words.append(piece[:200])

    def _begin_child(self) -> None:
        if not self._child_line:
            self._content = {}
            self._records = {CHILD.name: (self._content, self._depth)}
        super()._begin_child()

    def _end_child(self, depth: int) -> None:
        before = self.count
        super()._end_child(depth)
        if self.count > before:
            for episode in self._content.get(EPISODE, ()):
                _drop_empty(episode)
            child: Child = self._ready[-1]
            child.content, self._content = self._content, {}
            self._records = {}

    # Records: the child, its episodes, and the groups of an episode

    def _open_record(self, name: str, parent: Content) -> Content:
        if name in self._records and not self._records[name][0]:
            self._records[name] = (self._records[name][0], self._depth)
            return self._records[name][0]
        record: Content = {}
        parent.setdefault(name, []).append(record)
        self._records[name] = (record, self._depth)
        return record

    def _close_record(self, name: str) -> None:
        if name == EPISODE:
            for group in GROUPS & self._records.keys():
                del self._records[group]
        if name != CHILD.name:
            del self._records[name]

    def _episode_content(self) -> Content:
        """The episode that is open; one without a referral where a group stands straight in its child."""
        return self._records[EPISODE][0] if EPISODE in self._records else self._open_record(EPISODE, self._content)

    def _keep(self, name: str, words: str) -> None:
        if not words:
            return
        home = next((record for record in RECORDS[name] if record in self._records), None)
        if home is None:
            if name not in elements.GROUP_OF:  # the clocks' own are listed already
                self._mark(self._kept_line, name, words, OUTSIDE)
            return
        leaf, (record, depth) = LEAVES[home, name], self._records[home]
        said = self._read_as(leaf, words)
        if said is None:
            return
        if leaf.many:
            record.setdefault(name, []).append(said)
        elif name == FIRST[home] and home in GROUPS and name in record:
            record = {name: said}
            self._episode_content().setdefault(home, []).append(record)
            self._records[home] = (record, depth)
        elif record.setdefault(name, said) != said and name not in elements.DATES and name not in elements.IDENTIFIERS:
            self._mark(self._kept_line, name, words, TWICE)

    def _read_as(self, leaf: Leaf, words: str) -> str | None:
        if leaf.kind == "date":
            day = self._dates.get(words) or day_in(words)
            return day.isoformat() if day else None  # listed already
        if leaf.kind == "flag":
            if words.lower() in TRUE | FALSE:
                return "true" if words.lower() in TRUE else "false"
            if leaf.name not in elements.FLAGS:
                self._mark(self._kept_line, leaf.name, words, NOT_OF_TRUTH)
            return None
        if leaf.kind == "number" and not (words.isascii() and words.isdigit() and len(words) <= 9):
            self._mark(self._kept_line, leaf.name, words, NO_NUMBER)
            return None
        return words


def _drop_empty(episode: Content) -> None:
    for group in GROUPS & episode.keys():
        episode[group] = [record for record in episode[group] if record]
        if not episode[group]:
            del episode[group]
