"""What changed between two editions: their steps, limits, roles and outcomes; sources and marks are told, never compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .guidance import AnchorRule, Edition, Outcome, Step

Part = Literal["title", "role", "status", "limit", "what counts", "outcome", "what follows"]
ANCHORS: dict[AnchorRule, str] = {
    "first": "the first such event counts",
    "initiating": "the first that initiates counts",
    "last": "the last such event counts",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a step, before and after. An empty side: it wasn't there, or isn't there any more."""

    part: Part
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one step. `before` and `after` are its rows; `instead` is the step that a gone one becomes, if any does."""

    code: str
    title: str
    kind: Literal["new", "gone", "changed"]
    before: Step | None
    after: Step | None
    differences: tuple[Difference, ...] = ()
    instead: Step | None = None


def compare(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Every step that differs, in the guidance's order. Each edition as its last revision left it; an area's own rules left out."""
    was, now = _revised(old), _revised(new)
    changes = []
    for code in _in_order(old, new):
        before, after = was.get(code), now.get(code)
        if after is None and before is not None:
            becomes = new.instead_of(code)
            changes.append(Change(code, before.title, "gone", before, None, instead=new.step(becomes) if becomes else None))
        elif before is None and after is not None:
            changes.append(Change(code, after.title, "new", None, after))
        elif before is not None and after is not None and (differences := tuple(_differences(before, after, old, new))):
            changes.append(Change(code, after.title, "changed", before, after, differences))
    return tuple(changes)


def _revised(edition: Edition) -> dict[str, Step]:
    revisions = {each.step.code: each.step for each in edition.overrides if not each.area and each.until is None}
    return {step.code: step for step in edition.steps} | revisions


def _in_order(old: Edition, new: Edition) -> list[str]:
    """The steps of both: those of the new edition, each gone one after the step that it stood behind."""
    codes = [step.code for step in new.steps]
    before = [step.code for step in old.steps]
    for place, code in enumerate(before):
        if code not in codes:
            codes.insert(codes.index(before[place - 1]) + 1 if place else 0, code)
    return codes


def _differences(before: Step, after: Step, old: Edition, new: Edition) -> Iterator[Difference]:
    pairs: list[tuple[Part, str, str]] = [
        ("title", before.title, after.title),
        ("role", before.role, after.role),
        ("status", before.status, after.status),
        ("limit", before.rule, after.rule),
        ("what counts", _counts(before), _counts(after)),
    ]
    yield from (Difference(part, was, now) for part, was, now in pairs if was != now)
    was, now = ({way.code: way for way in step.ways_out} for step in (before, after))
    for code in dict.fromkeys([*now, *was]):
        old_way, new_way = was.get(code), now.get(code)
        if (told := old_way.title if old_way else "") != (tells := new_way.title if new_way else ""):
            yield Difference("outcome", told, tells)
        if old_way and new_way and (led := _follows(old_way, old)) != (leads := _follows(new_way, new)):
            yield Difference("what follows", f"{old_way.title}: {led}", f"{new_way.title}: {leads}")


def _counts(step: Step) -> str:
    return ANCHORS[step.clock.anchor] if step.clock else ""


def _follows(way: Outcome, edition: Edition) -> str:
    return ", ".join(edition.step(code).title for code in way.leads_to) or "nothing more"
