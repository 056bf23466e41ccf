"""How long each kind of record is kept: rules.toml beside this, with what the installation says otherwise. No Django here.

Months and years are dateutil's: a date that does not exist is the last day of its month.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from dateutil.relativedelta import relativedelta

from havenline.engines.proof import canonical, entry_hash

DEFAULTS = Path(__file__).with_name("rules.toml")
THEN = ("erase", "review")
APPROVAL = ("person", "rule")
VERIFIED = ("primary", "secondary", "remembered", "policy")
LONGEST_YEARS = 150
REGISTERS = {"access_request": "answered", "breach": "decided"}  # beside the records: each with the trigger that it has


class RuleWrong(Exception):
    """A rule that cannot be used; names it and says what is missing or not understood."""


@dataclass(frozen=True)
class Rule:
    """One rule, as rules.toml explains."""

    code: str
    kind: str
    trigger: str
    then: str
    approval: str
    basis: str
    verified: str
    years: int = 0
    months: int = 0
    days: int = 0

    @property
    def period(self) -> relativedelta:
        return relativedelta(years=self.years, months=self.months, days=self.days)

    def due(self, started: date) -> date:
        """The first day on which a record whose period started on that day is due."""
        return started + self.period

    def latest_start(self, today: date) -> date:
        """No record that started after this day is due today. Some that started before it may not be, where months differ in length."""
        return today - self.period + timedelta(days=3)

    @property
    def name(self) -> str:
        """The code as people read it."""
        return self.code.replace("_", " ")

    @property
    def digest(self) -> str:
        """Which wording of the rule this was: the first 16 digits of SHA-256 over all of it."""
        return entry_hash(canonical({column.name: getattr(self, column.name) for column in fields(self)}))[:16]


def read(otherwise: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Rule]:
    """Every rule by its code, each checked. `otherwise`: [retention.CODE] of the installation. Raises RuleWrong."""
    said: dict[str, dict[str, Any]] = tomllib.loads(DEFAULTS.read_text())
    rules = {code: _checked(code, told) for code, told in said.items()}
    for code, told in (otherwise or {}).items():
        rules[code] = _otherwise(rules[code], told) if code in rules else _checked(code, told)
    of_triggers: dict[tuple[str, str], str] = {}
    for rule in rules.values():
        if other := of_triggers.get((rule.kind, rule.trigger)):
            raise RuleWrong(f"[retention.{rule.code}] and [retention.{other}] count {rule.kind} from the same trigger: leave one.")
        of_triggers[rule.kind, rule.trigger] = rule.code
    return rules


def _otherwise(rule: Rule, told: Mapping[str, Any]) -> Rule:
    """A period that is given replaces the whole period. Whoever changes it says on what basis: ours would not be true of it."""
    if not isinstance(told, Mapping):
        raise RuleWrong(f"[retention.{rule.code}] must be a table.")
    period = {name: told[name] for name in ("years", "months", "days") if name in told}
    if period and not {"basis", "verified"} <= told.keys():
        raise RuleWrong(f"[retention.{rule.code}] changes the period: say its basis, and in verified how far that was checked.")
    changed = _checked(rule.code, {**_as_told(rule), **dict.fromkeys(("years", "months", "days"), 0)} | dict(told)) if period else None
    return changed or _checked(rule.code, {**_as_told(rule), **told})


def _as_told(rule: Rule) -> dict[str, Any]:
    return {column.name: getattr(rule, column.name) for column in fields(Rule) if column.name != "code"}


def _checked(code: str, told: Mapping[str, Any]) -> Rule:
    where = f"[retention.{code}]"
    types = {name: kind for name, kind in get_type_hints(Rule).items() if name != "code"}
    if unknown := sorted(set(told) - set(types)):
        raise RuleWrong(f"{where}: unknown setting {unknown[0]!r}. Known: {', '.join(sorted(types))}.")
    for name, kind in types.items():
        if name not in told and kind is str:
            raise RuleWrong(f"{where} does not say {name}.")
        if name in told and type(told[name]) is not kind:
            raise RuleWrong(f"{where}: {name} must be {'a whole number' if kind is int else 'words'}.")
    rule = replace(Rule(code, "", "", "", "", "", ""), **told)
    for name, known in (("then", THEN), ("approval", APPROVAL), ("verified", VERIFIED)):
        if getattr(rule, name) not in known:
            raise RuleWrong(f"{where}: {name} is {getattr(rule, name)!r}. Known: {', '.join(known)}.")
    if min(rule.years, rule.months, rule.days) < 0 or rule.years + rule.months / 12 + rule.days / 365 > LONGEST_YEARS:
        raise RuleWrong(f"{where}: a period is between nothing and {LONGEST_YEARS} years.")
    if rule.kind in REGISTERS and (rule.trigger != REGISTERS[rule.kind] or rule.then != "erase"):
        raise RuleWrong(f"{where}: {rule.kind} is erased, and counts from: {REGISTERS[rule.kind]}.")
    if rule.then == "review" and rule.approval == "rule":
        raise RuleWrong(f"{where}: what a person reviews, a person approves.")
    if not rule.basis.strip():
        raise RuleWrong(f"{where}: say on what basis.")
    return rule


def for_records(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Those that end records; the others end what stands in a register."""
    return {code: rule for code, rule in rules.items() if rule.kind not in REGISTERS}


@cache
def in_force() -> dict[str, Rule]:
    """The rules of this installation for records."""
    return for_records(_all())


def of_register(kind: str) -> Rule:
    """The rule of this installation for access requests, or for breaches."""
    return next(rule for rule in _all().values() if rule.kind == kind)


def of_registers() -> list[Rule]:
    return [of_register(kind) for kind in REGISTERS]


def _all() -> dict[str, Rule]:
    from django.conf import settings

    return read(settings.INSTALLATION.retention)
