"""A report as the form gives it, and a public process."""

from typing import Any

import pytest


@pytest.fixture
def answers() -> dict[str, Any]:
    return {
        "who": "parent",
        "kind": "contact",
        "happened": "A parent reports that an adult stranger asked to meet their child.",
        "place": {"app": "chat.example", "accounts": ["riverwalk_77"]},
        "danger": "no",
        "relation": "lives_with",
        "child": {"age": 11, "town": "Northmere"},
    }


@pytest.fixture
def as_public_process(settings: Any) -> None:
    """No key that reads what reporters wrote."""
    settings.HOLDS_DESK_KEY = False
    settings.LEDGER_APPENDS = False
