"""Reading what a room hands over: a plain dict or an object, whichever it has."""

from typing import Any


def given(thing: Any, name: str, default: Any = "") -> Any:
    """The named part of a dict or an object; `default` where it is absent or None."""
    value = thing.get(name, default) if isinstance(thing, dict) else getattr(thing, name, default)
    return default if value is None else value
