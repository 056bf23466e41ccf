"""The table in docs/architecture.md says which room hears which event, and no more than that."""

import re
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.dispatch import Signal

TABLE = Path(__file__).parents[2] / "docs" / "architecture.md"


def heard() -> set[tuple[str, str, str]]:
    """(event, the room that announces it, the room that hears it), as the program has it."""
    found = set()
    for room in apps.get_app_configs():
        if not (Path(room.path) / "events.py").exists() or not room.name.startswith("havenline."):
            continue
        events = import_module(f"{room.name}.events")
        for name, event in vars(events).items():
            if isinstance(event, Signal):
                hearers = [hearer for some in event._live_receivers(None) for hearer in some]
                found |= {(name, room.label, hearer.__module__.split(".")[2]) for hearer in hearers}
    return found


def listed() -> set[tuple[str, str, str]]:
    found, event, announced = set(), "", ""
    for line in TABLE.read_text().partition("| event | announced by")[2].partition("\n\n")[0].splitlines()[2:]:
        name, by, heard_by = (cell.strip() for cell in line.strip("|").split("|", 2))
        event, announced = name.strip("`") or event, by or announced
        found.add((event, announced, re.match(r"\w+", heard_by).group()))  # type: ignore[union-attr]
    return found


def test_the_table_of_events_says_what_each_room_hears() -> None:
    assert listed() == heard()
