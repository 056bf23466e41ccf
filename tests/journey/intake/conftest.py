"""A report as the form gives it, and a public process."""

from pathlib import Path
from typing import Any

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The API's document takes seconds to read, as the file is collected: not where its slow tests are left out."""
    marks = config.option.markexpr
    left_out = marks and "slow" not in marks.replace("not slow", "")
    return True if left_out and collection_path.name == "test_api_by_its_document.py" else None


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
