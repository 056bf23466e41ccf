"""Editions are TOML files (format: editions/README.md), checked as a whole before any of it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from .errors import EditionRefused
from .guidance import Anchor, AnchorRule, Clock, Dated, Edition, Guidance, Outcome, Override, Status, Step, Transition
from .periods import COUNTINGS, UNITS
from .places import Place
from .rows import RowReader

CHECKED = ("primary", "secondary", "remembered")
STATUSES = get_args(Status)
ANCHOR_RULES = get_args(AnchorRule)
DATED = get_args(Dated)

EDITION_KEYS = {
    "name", "title", "in_force_from", "in_force_until", "dated", "source", "verified", "step", "transition", "override",
}  # fmt: skip
STEP_KEYS = {
    "code", "title", "role", "status", "source", "verified", "clock", "no_limit", "outcome",
    "leads_to", "not_needed", "ends", "stage", "at_any_time", "milestone",
}  # fmt: skip
CLOCK_KEYS = {"amount", "unit", "words", "starts", "anchor", "counting"}
OUTCOME_KEYS = {"code", "title", "leads_to", "not_needed", "ends", "stage"}
TRANSITION_KEYS = {"step", "becomes", "source", "verified"}
OVERRIDE_KEYS = {"step", "from", "until", "title", "role", "status", "source", "verified", "clock", "no_limit"}
AREA_KEYS = {"area", "override"}  # each override with its `edition`


def read_guidance(*folders: Path) -> Guidance:
    """All editions of these folders (`*.toml`), with the local overrides that stand beside them (files with an `area`).

    Raises EditionRefused with every problem of every file.
    """
    editions: dict[str, tuple[Edition, _Reader]] = {}
    areas: list[_Reader] = []
    problems: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            reader = _Reader.of(path)
            if "bank_holiday" in reader.data:
                continue
            if "area" in reader.data:
                areas.append(reader)
                continue
            edition = reader.edition()
        except EditionRefused as refused:
            problems.extend(refused.problems)
            continue
        if edition.name in editions:
            reader.problem(reader.places.top, "name", f"{editions[edition.name][1].path} already holds edition {edition.name!r}")
            problems.extend(reader.problems)
            continue
        editions[edition.name] = edition, reader
    if not editions and not problems:
        problems.append(f"no edition (*.toml) in {', '.join(str(folder) for folder in folders)}")
    problems.extend(_between(list(editions.values())))
    held = {name: edition for name, (edition, _) in editions.items()}
    for reader in areas:
        held = reader.area(held)
        problems.extend(reader.problems)
    if problems:
        raise EditionRefused(problems)
    return Guidance(held.values())


def read_edition(path: Path) -> Edition:
    """One edition from its file. Raises EditionRefused, which names file, line, step and key of every problem."""
    return _Reader.of(path).edition()


def read_area(path: Path, guidance: Guidance) -> Guidance:
    """The same editions with the local rules of one area's file. Raises EditionRefused."""
    reader = _Reader.of(path)
    editions = reader.area({edition.name: edition for edition in guidance.editions})
    if reader.problems:
        raise EditionRefused(reader.problems)
    return Guidance(editions.values())


def _between(held: "list[tuple[Edition, _Reader]]") -> list[str]:
    """What must be true of editions together: one begins after another, and a transition comes from a step of an earlier one."""
    problems = []
    held = sorted(held, key=lambda pair: pair[0].in_force_from)
    for place, (edition, reader) in enumerate(held):
        earlier = [other for other, _ in held[:place]]
        top = reader.places.top
        if earlier and earlier[-1].in_force_from == edition.in_force_from:
            problems.append(top.problem("in_force_from", f"edition {earlier[-1].name!r} begins on the same day"))
        later = held[place + 1][0] if place + 1 < len(held) else None
        if later and edition.in_force_until and later.in_force_from <= edition.in_force_until:
            problems.append(top.problem("in_force_until", f"edition {later.name!r} begins before this one ends"))
        for number, transition in enumerate(edition.transitions):
            if earlier and not any(other.has(transition.step) for other in earlier):
                where = reader.places.table("transition", number, {"step": transition.step})
                problems.append(where.problem("step", f"no earlier edition has a step {transition.step!r}", transition.step))
    return problems


class _Reader(RowReader):
    """Reads one file; collects problems instead of stopping at the first."""

    def __init__(self, path: Path, text: str, data: Mapping[str, Any]) -> None:
        super().__init__(path, text, data)
        self.where: dict[str, Place] = {}  # by the code of a step

    # reading

    def edition(self) -> Edition:
        """Raises EditionRefused."""
        top, data = self.places.top, self.data
        self._only(top, data, EDITION_KEYS)
        edition = Edition(
            name=self._text(top, data, "name"),
            title=self._text(top, data, "title"),
            in_force_from=self._date(top, data, "in_force_from"),
            in_force_until=self._date(top, data, "in_force_until") if "in_force_until" in data else None,
            dated=self._one_of(top, data, "dated", DATED) if "dated" in data else "day",
            source=self._text(top, data, "source"),
            verified=self._one_of(top, data, "verified", CHECKED),
            steps=tuple(self._step(self.places.table("step", n, row), row) for n, row in enumerate(self._rows(top, data, "step"))),
            transitions=tuple(
                self._transition(self.places.table("transition", n, row), row) for n, row in enumerate(self._rows(top, data, "transition"))
            ),
        )
        self._check(edition)
        edition = self._overridden(edition, self._overrides(), area="")
        if self.problems:
            raise EditionRefused(self.problems)
        return edition

    def area(self, editions: dict[str, Edition]) -> dict[str, Edition]:
        """The editions with this area's overrides: each names its edition."""
        top = self.places.top
        self._only(top, self.data, AREA_KEYS)
        area = self._text(top, self.data, "area")
        wanted: dict[str, list[tuple[Place, dict[str, Any]]]] = {}
        for at, row in self._overrides():
            name = row.get("edition")
            if not isinstance(name, str) or name not in editions:
                self.problem(at, "edition", f"must be one of the editions held: {', '.join(editions)}")
                continue
            wanted.setdefault(name, []).append((at, {key: value for key, value in row.items() if key != "edition"}))
        return {name: self._overridden(edition, wanted.get(name, []), area=area) for name, edition in editions.items()}

    def _overrides(self) -> list[tuple[Place, dict[str, Any]]]:
        rows = self._rows(self.places.top, self.data, "override")
        return [(self.places.table("override", number, row), row) for number, row in enumerate(rows)]

    def _step(self, at: Place, row: Mapping[str, Any]) -> Step:
        code = self._text(at, row, "code")
        if code in self.where:
            self.problem(at, "code", f"step {code!r} stands twice")
        self.where.setdefault(code, at)
        self._only(at, row, STEP_KEYS)
        title = self._text(at, row, "title")
        outcomes = tuple(self._outcome(at, outcome) for outcome in self._rows(at, row, "outcome"))
        if outcomes and {"leads_to", "ends", "not_needed", "stage"} & row.keys():
            self.problem(at, "leads_to", "a step with outcomes says in each outcome what follows, not on the step")
        if "clock" in row and "no_limit" in row:
            self.problem(at, "no_limit", "a step has a clock, or says why it has no limit: keep one")
        return Step(
            code=code,
            title=title,
            role=self._text(at, row, "role"),
            status=self._one_of(at, row, "status", STATUSES),
            source=self._text(at, row, "source"),
            verified=self._one_of(at, row, "verified", CHECKED),
            clock=self._clock(at, row["clock"]) if "clock" in row else None,
            no_limit=self._text(at, row, "no_limit") if "clock" not in row else None,
            outcomes=outcomes,
            done=None if outcomes else self._what_follows(at, row, "", title),
            at_any_time=self._flag(at, row, "at_any_time"),
            milestone=self._flag(at, row, "milestone"),
        )

    def _clock(self, at: Place, row: Any, old: Clock | None = None) -> Clock | None:
        """A clock; of an override, what it doesn't say stays as in `old`."""
        if not isinstance(row, dict):
            self.problem(at, "clock", 'must be a table such as { amount = 1, unit = "working days", … }')
            return None
        self._only(at, row, CLOCK_KEYS, "clock.")
        amount = row.get("amount", old.amount if old else None)
        if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= 10_000:
            self.problem(at, "clock.amount", "must be a whole number of at least 1, and of at most 10,000")
            amount = 1
        starts = []
        for anchor in self._rows(at, row, "starts", "clock."):
            self._only(at, anchor, {"step", "outcomes"}, "clock.starts.")
            starts.append(Anchor(self._text(at, anchor, "step", "clock.starts."), self._codes(at, anchor, "outcomes")))
        if not starts and (old is None or "starts" in row):
            self.problem(at, "clock.starts", "a clock without a start: name the step whose event starts it")
        return Clock(
            amount=amount,
            unit=self._one_of(at, row, "unit", UNITS, "clock.") if old is None or "unit" in row else old.unit,
            words=self._text(at, row, "words", "clock.") if old is None or "words" in row else old.words,
            starts=tuple(starts) if old is None or starts else old.starts,
            anchor=self._one_of(at, row, "anchor", ANCHOR_RULES, "clock.") if "anchor" in row else (old.anchor if old else "first"),
            counting=self._one_of(at, row, "counting", COUNTINGS, "clock.") if "counting" in row else (old.counting if old else "day 0"),
        )

    def _outcome(self, at: Place, row: Mapping[str, Any]) -> Outcome:
        self._only(at, row, OUTCOME_KEYS, "outcome.")
        return self._what_follows(at, row, self._text(at, row, "code", "outcome."), self._text(at, row, "title", "outcome."))

    def _what_follows(self, at: Place, row: Mapping[str, Any], code: str, title: str) -> Outcome:
        leads_to, ends = self._codes(at, row, "leads_to"), self._flag(at, row, "ends")
        named = f"outcome {code!r}" if code else "the step"
        if not leads_to and not ends:
            self.problem(at, "leads_to", f"{named} leads nowhere: name the steps that follow, or say ends = true", code or None)
        if leads_to and ends:
            self.problem(at, "ends", f"{named} both ends and leads on: keep one", code or None)
        stage = self._text(at, row, "stage") if "stage" in row else None
        return Outcome(code, title, leads_to, self._codes(at, row, "not_needed"), ends, stage)

    def _transition(self, at: Place, row: Mapping[str, Any]) -> Transition:
        self._only(at, row, TRANSITION_KEYS)
        return Transition(
            step=self._text(at, row, "step"),
            becomes=self._text(at, row, "becomes"),
            source=self._text(at, row, "source"),
            verified=self._one_of(at, row, "verified", CHECKED),
        )

    # overrides

    def _overridden(self, edition: Edition, rows: Sequence[tuple[Place, dict[str, Any]]], *, area: str) -> Edition:
        for at, row in rows:
            self._only(at, row, OVERRIDE_KEYS)
            code = self._text(at, row, "step")
            if not edition.has(code):
                self.problem(at, "step", f"edition {edition.name!r} has no step {code!r}", code)
                continue
            override = self._override(at, row, edition, code, area)
            edition = replace(edition, overrides=(*edition.overrides, override))
            self._check_clock(at, override.step, {step.code: step for step in edition.steps})
        return edition

    def _override(self, at: Place, row: Mapping[str, Any], edition: Edition, code: str, area: str) -> Override:
        since = self._date(at, row, "from")
        until = self._date(at, row, "until") if "until" in row else None
        if until is not None and until < since:
            self.problem(at, "until", "lies before from")
        old = edition.step(code, on=since)
        if not {"title", "role", "clock", "no_limit"} & row.keys():
            self.problem(at, "step", "changes nothing: give a clock, no_limit, title or role")
        if "clock" in row and "no_limit" in row:
            self.problem(at, "no_limit", "a step has a clock, or says why it has no limit: keep one")
        if area and old.status == "statute" and row.get("status") != "statute":
            self.problem(at, "step", 'an area cannot change a statute\'s limit; to correct the row, say status = "statute" and its source')
        clock = None if "no_limit" in row else self._clock(at, row["clock"], old.clock) if "clock" in row else old.clock
        step = replace(
            old,
            title=self._text(at, row, "title") if "title" in row else old.title,
            role=self._text(at, row, "role") if "role" in row else old.role,
            status=self._one_of(at, row, "status", STATUSES) if "status" in row else ("local" if area else old.status),
            source=self._text(at, row, "source"),
            verified=self._one_of(at, row, "verified", CHECKED),
            clock=clock,
            no_limit=self._text(at, row, "no_limit") if "no_limit" in row else (None if clock else old.no_limit),
        )
        return Override(step=step, since=since, until=until, area=area)

    # what must be true of the whole

    def _check(self, edition: Edition) -> None:
        top = self.places.top
        steps = {step.code: step for step in edition.steps}
        if not edition.steps:
            self.problem(top, "step", "an edition needs at least one step")
        if edition.in_force_until is not None and edition.in_force_until < edition.in_force_from:
            self.problem(top, "in_force_until", "lies before in_force_from")
        if edition.dated == "month" and edition.in_force_from.day != 1:
            self.problem(top, "dated", "where only the month is known, in_force_from is its first day")
        for step in edition.steps:
            self._check_names(step, steps)
        seen: set[str] = set()
        for number, transition in enumerate(edition.transitions):
            at = self.places.table("transition", number, {"step": transition.step})
            if transition.becomes not in steps:
                self.problem(at, "becomes", f"unknown step {transition.becomes!r}", transition.becomes)
            if transition.step in steps:
                self.problem(at, "step", f"step {transition.step!r} is still one of this edition's", transition.step)
            if transition.step in seen:
                self.problem(at, "step", f"step {transition.step!r} stands twice")
            seen.add(transition.step)
        if not self.problems:
            self._check_ends(steps)
            self._check_reached(steps)

    def _check_names(self, step: Step, steps: Mapping[str, Step]) -> None:
        at = self.where[step.code]
        codes = [outcome.code for outcome in step.outcomes]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.problem(at, "outcome.code", f"{code!r} stands twice", code)
        for outcome in step.ways_out:
            for key, names in (("leads_to", outcome.leads_to), ("not_needed", outcome.not_needed)):
                for name in names:
                    if name not in steps:
                        self.problem(at, key, f"unknown step {name!r}", name)
        self._check_clock(at, step, steps)

    def _check_clock(self, at: Place, step: Step, steps: Mapping[str, Step]) -> None:
        if step.clock is None:
            return
        for anchor in step.clock.starts:
            start = steps.get(anchor.step)
            if start is None:
                self.problem(at, "clock.starts", f"unknown step {anchor.step!r}", anchor.step)
                continue
            for name in anchor.outcomes:
                if name not in {outcome.code for outcome in start.outcomes}:
                    self.problem(at, "clock.starts", f"step {anchor.step!r} has no outcome {name!r}", name)
            if step.clock.anchor == "initiating" and not anchor.outcomes:
                self.problem(at, "clock.anchor", "anchor 'initiating' needs the outcomes that initiate")

    def _check_ends(self, steps: Mapping[str, Step]) -> None:
        """From every step there is a way out: a circle is fine only if some outcome leaves it."""
        ending: set[str] = set()
        while True:
            more = {code for code, step in steps.items() if any(set(way.leads_to) <= ending for way in step.ways_out)}
            if more == ending:
                break
            ending = more
        for code in steps:
            if code not in ending:
                circle = " → ".join(self._circle(code, steps, ending))
                self.problem(self.where[code], "leads_to", f"a circle without an end ({circle}): no outcome ever reaches ends = true")

    @staticmethod
    def _circle(code: str, steps: Mapping[str, Step], ending: set[str]) -> list[str]:
        """From a step that never ends, along others that don't, until one comes again."""
        walked = [code]
        while True:
            following = (name for way in steps[walked[-1]].ways_out for name in way.leads_to if name not in ending)
            walked.append(next(following))
            if walked[-1] in walked[:-1]:
                return walked

    def _check_reached(self, steps: Mapping[str, Step]) -> None:
        reached = {code for code, step in steps.items() if step.at_any_time}
        if not reached:
            self.problem(self.places.top, "at_any_time", "no step can begin a case: mark one at_any_time = true")
        while True:
            more = {name for code in reached for way in steps[code].ways_out for name in way.leads_to} | reached
            if more == reached:
                break
            reached = more
        for code in steps:
            if code not in reached:
                self.problem(self.where[code], "code", "no outcome leads to this step: name it in one, or mark it at_any_time = true")
