"""The lint that lets nothing but `foundation.outgoing` reach somebody else's server."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("one_way_out", Path(__file__).parents[2] / "scripts/one_way_out.py")
assert _spec is not None
assert _spec.loader is not None
one_way_out = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(one_way_out)


def test_there_is_one_way_out() -> None:
    assert one_way_out.main() == 0


@pytest.mark.parametrize(
    "code",
    [
        "import requests", "from requests import get", "import http.client as x", "from http import client", "import urllib.request",
        "from urllib import request", "import socket", "def f():\n    import aiohttp", "asyncio.open_connection('a', 1)", "import httpx",
    ],
)  # fmt: skip
def test_another_way_is_named(code: str, tmp_path: Path) -> None:
    (tmp_path / "room.py").write_text(code)
    assert len(list(one_way_out.found_in(tmp_path / "room.py"))) == 1


@pytest.mark.parametrize("code", ["import http", "from urllib.parse import urlsplit", "from havenline.foundation import outgoing"])
def test_what_reaches_nobody_passes(code: str, tmp_path: Path) -> None:
    (tmp_path / "room.py").write_text(code)
    assert list(one_way_out.found_in(tmp_path / "room.py")) == []
