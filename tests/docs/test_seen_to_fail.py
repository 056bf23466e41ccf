"""The rows that say how each promise is broken to see its tests fail (scripts/see_them_fail.py does it)."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location("see_them_fail", ROOT / "scripts" / "see_them_fail.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


ROWS = list(script().rows())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.line)
def test_what_a_row_breaks_stands_once_where_it_says_and_its_tests_exist(row) -> None:
    assert (ROOT / row.file).read_text().count(row.text) == 1, row.place
    assert row.text != row.instead
    assert row.tests
    for test in row.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).exists(), test
        assert not name or f"def {re.split(r'[:[]', name)[-1 if '::' in name else 0]}(" in (ROOT / path).read_text(), test
