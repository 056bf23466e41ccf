"""Editions are TOML files (format: editions/README.md), checked as a whole before any of it is used."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from .errors import EditionRefused
from .guidance import Anchor, AnchorRule, Clock, Edition, Guidance, Outcome, Status, Step, Transition
from .periods import COUNTINGS, UNITS

CHECKED = ("primary", "secondary", "remembered")
STATUSES = get_args(Status)
ANCHOR_RULES = get_args(AnchorRule)

EDITION_KEYS = {"name", "title", "in_force_from", "in_force_until", "source", "verified", "step", "transition"}
STEP_KEYS = {
    "code", "title", "role", "status", "source", "verified", "clock", "no_limit", "outcome",
    "leads_to", "not_needed", "ends", "stage", "at_any_time", "milestone",
}  # fmt: skip
CLOCK_KEYS = {"amount", "unit", "words", "starts", "anchor", "counting"}
OUTCOME_KEYS = {"code", "title", "leads_to", "not_needed", "ends", "stage"}
TRANSITION_KEYS = {"step", "becomes", "source", "verified"}


def read_guidance(*folders: Path) -> Guidance:
    """All editions of these folders (`*.toml`). Raises EditionRefused with every problem of every file."""
    editions: list[Edition] = []
    problems: list[str] = []
    names: dict[str, Path] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.toml")):
        try:
            edition = read_edition(path)
        except EditionRefused as refused:
            problems.extend(refused.problems)
            continue
        if edition.name in names:
            problems.append(f"{path.name}, key 'name': {names[edition.name]} already holds edition {edition.name!r}")
        names[edition.name] = path
        editions.append(edition)
    if not editions and not problems:
        problems.append(f"no edition (*.toml) in {', '.join(str(folder) for folder in folders)}")
    if problems:
        raise EditionRefused(problems)
    return Guidance(editions)


def read_edition(path: Path) -> Edition:
    """One edition from its file. Raises EditionRefused, which names file, line, step and key of every problem."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise EditionRefused([f"{path.name}: not TOML: {error}"]) from error
    reader = _Reader(path.name, text)
    edition = reader.edition(data)
    reader.check(edition)
    if reader.problems:
        raise EditionRefused(reader.problems)
    return edition


class _Reader:
    """Reads one file; collects problems instead of stopping at the first."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        # Read backwards, so that a code's first line wins.
        self.lines = {
            match[1]: number
            for number, line in reversed(list(enumerate(text.splitlines(), 1)))
            if (match := re.match(r'code\s*=\s*"(\w+)"', line))
        }
        self.problems: list[str] = []

    def problem(self, step: str | None, key: str, what: str) -> None:
        where = self.file
        if step is not None:
            line = self.lines.get(step)
            where += f", line {line}, step {step!r}" if line else f", step {step!r}"
        self.problems.append(f"{where}, key {key!r}: {what}")

    # reading

    def edition(self, data: Mapping[str, Any]) -> Edition:
        self._only(None, data, EDITION_KEYS)
        return Edition(
            name=self._text(None, data, "name"),
            title=self._text(None, data, "title"),
            in_force_from=self._date(data, "in_force_from"),
            in_force_until=self._date(data, "in_force_until") if "in_force_until" in data else None,
            source=self._text(None, data, "source"),
            verified=self._one_of(None, data, "verified", CHECKED),
            steps=tuple(self._step(row) for row in self._rows(None, data, "step")),
            transitions=tuple(self._transition(row) for row in self._rows(None, data, "transition")),
        )

    def _step(self, row: Mapping[str, Any]) -> Step:
        code = self._text(None, row, "code")
        self._only(code, row, STEP_KEYS)
        title = self._text(code, row, "title")
        outcomes = tuple(self._outcome(code, outcome) for outcome in self._rows(code, row, "outcome"))
        if outcomes and {"leads_to", "ends", "not_needed", "stage"} & row.keys():
            self.problem(code, "leads_to", "a step with outcomes says in each outcome what follows, not on the step")
        return Step(
            code=code,
            title=title,
            role=self._text(code, row, "role"),
            status=self._one_of(code, row, "status", STATUSES),
            source=self._text(code, row, "source"),
            verified=self._one_of(code, row, "verified", CHECKED),
            clock=self._clock(code, row["clock"]) if isinstance(row.get("clock"), dict) else None,
            no_limit=self._text(code, row, "no_limit") if "clock" not in row else None,
            outcomes=outcomes,
            done=None if outcomes else self._what_follows(code, row, "", title),
            at_any_time=self._flag(code, row, "at_any_time"),
            milestone=self._flag(code, row, "milestone"),
        )

    def _clock(self, step: str, row: Mapping[str, Any]) -> Clock:
        self._only(step, row, CLOCK_KEYS, "clock.")
        amount = row.get("amount")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < 1:
            self.problem(step, "clock.amount", "must be a whole number of at least 1")
            amount = 1
        starts = []
        for anchor in self._rows(step, row, "starts"):
            self._only(step, anchor, {"step", "outcomes"}, "clock.starts.")
            starts.append(Anchor(self._text(step, anchor, "step"), self._codes(step, anchor, "outcomes")))
        if not starts:
            self.problem(step, "clock.starts", "a clock without a start: name the step whose event starts it")
        return Clock(
            amount=amount,
            unit=self._one_of(step, row, "unit", UNITS),
            words=self._text(step, row, "words"),
            starts=tuple(starts),
            anchor=self._one_of(step, row, "anchor", ANCHOR_RULES) if "anchor" in row else "first",
            counting=self._one_of(step, row, "counting", COUNTINGS) if "counting" in row else "day 0",
        )

    def _outcome(self, step: str, row: Mapping[str, Any]) -> Outcome:
        self._only(step, row, OUTCOME_KEYS, "outcome.")
        return self._what_follows(step, row, self._text(step, row, "code"), self._text(step, row, "title"))

    def _what_follows(self, step: str, row: Mapping[str, Any], code: str, title: str) -> Outcome:
        leads_to, ends = self._codes(step, row, "leads_to"), self._flag(step, row, "ends")
        named = f"outcome {code!r}" if code else "the step"
        if not leads_to and not ends:
            self.problem(step, "leads_to", f"{named} leads nowhere: name the steps that follow, or say ends = true")
        if leads_to and ends:
            self.problem(step, "ends", f"{named} both ends and leads on: keep one")
        stage = self._text(step, row, "stage") if "stage" in row else None
        return Outcome(code, title, leads_to, self._codes(step, row, "not_needed"), ends, stage)

    def _transition(self, row: Mapping[str, Any]) -> Transition:
        self._only(None, row, TRANSITION_KEYS, "transition.")
        return Transition(
            step=self._text(None, row, "step"),
            becomes=self._text(None, row, "becomes"),
            source=self._text(None, row, "source"),
            verified=self._one_of(None, row, "verified", CHECKED),
        )

    # what must be true of the whole

    def check(self, edition: Edition) -> None:
        steps: dict[str, Step] = {}
        for step in edition.steps:
            if step.code in steps:
                self.problem(step.code, "code", "stands twice")
            steps[step.code] = step
        if not edition.steps:
            self.problem(None, "step", "an edition needs at least one step")
        if edition.in_force_until is not None and edition.in_force_until < edition.in_force_from:
            self.problem(None, "in_force_until", "lies before in_force_from")
        for step in edition.steps:
            self._check_names(step, steps)
        for transition in edition.transitions:
            if transition.becomes not in steps:
                self.problem(None, "transition.becomes", f"unknown step {transition.becomes!r}")
        if not self.problems:
            self._check_ends(steps)
            self._check_reached(steps)

    def _check_names(self, step: Step, steps: Mapping[str, Step]) -> None:
        codes = [outcome.code for outcome in step.outcomes]
        for code in {code for code in codes if codes.count(code) > 1}:
            self.problem(step.code, "outcome.code", f"{code!r} stands twice")
        for outcome in step.ways_out:
            for key, names in (("leads_to", outcome.leads_to), ("not_needed", outcome.not_needed)):
                for name in names:
                    if name not in steps:
                        self.problem(step.code, key, f"unknown step {name!r}")
        if step.clock is None:
            return
        for anchor in step.clock.starts:
            start = steps.get(anchor.step)
            if start is None:
                self.problem(step.code, "clock.starts", f"unknown step {anchor.step!r}")
                continue
            for name in anchor.outcomes:
                if name not in {outcome.code for outcome in start.outcomes}:
                    self.problem(step.code, "clock.starts", f"step {anchor.step!r} has no outcome {name!r}")
            if step.clock.anchor == "initiating" and not anchor.outcomes:
                self.problem(step.code, "clock.starts", "anchor 'initiating' needs the outcomes that initiate")

    def _check_ends(self, steps: Mapping[str, Step]) -> None:
        """From every step there is a way out: a circle is fine only if some outcome leaves it."""
        ending: set[str] = set()
        while True:
            more = {code for code, step in steps.items() if any(set(way.leads_to) <= ending for way in step.ways_out)}
            if more == ending:
                break
            ending = more
        for code in steps.keys() - ending:
            self.problem(code, "leads_to", "a circle without an end: no outcome from here ever reaches ends = true")

    def _check_reached(self, steps: Mapping[str, Step]) -> None:
        reached = {code for code, step in steps.items() if step.at_any_time}
        if not reached:
            self.problem(None, "at_any_time", "no step can begin a case: mark one at_any_time = true")
        while True:
            more = {name for code in reached for way in steps[code].ways_out for name in way.leads_to} | reached
            if more == reached:
                break
            reached = more
        for code in steps.keys() - reached:
            self.problem(code, "code", "no outcome leads to this step: name it in one, or mark it at_any_time = true")

    # values

    def _only(self, step: str | None, row: Mapping[str, Any], known: set[str], prefix: str = "") -> None:
        for key in sorted(row.keys() - known):
            self.problem(step, prefix + key, f"unknown key; known are {', '.join(sorted(known))}")

    def _text(self, step: str | None, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.problem(step, key, "missing, or not a text")
        return ""

    def _flag(self, step: str, row: Mapping[str, Any], key: str) -> bool:
        value = row.get(key, False)
        if not isinstance(value, bool):
            self.problem(step, key, "must be true or false")
        return value is True

    def _date(self, row: Mapping[str, Any], key: str) -> date:
        value = row.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(None, key, "must be a date such as 2026-03-18")
        return date.min

    def _codes(self, step: str, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.problem(step, key, "must be a list of codes")
        return ()

    def _rows(self, step: str | None, row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        value = row.get(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return value
        self.problem(step, key, "must be a list of tables")
        return []

    def _one_of(self, step: str | None, row: Mapping[str, Any], key: str, allowed: tuple[Any, ...]) -> Any:
        value = row.get(key)
        if value not in allowed:
            self.problem(step, key, f"must be one of: {', '.join(allowed)}")
            return allowed[0]
        return value
