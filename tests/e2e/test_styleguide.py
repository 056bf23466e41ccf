"""Every component in each state, photographed light and dark, left to right and right to left, wide and narrow."""

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.e2e.conftest import Demo
from tests.e2e.test_every_page import flaws, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_style_guide_shows_every_component_without_a_flaw(
    demo: Demo, chromium: Browser, tmp_path: Path, scheme: Literal["light", "dark"], language: str, width: int
) -> None:
    context = chromium.new_context(viewport=ViewportSize(width=width, height=900), color_scheme=scheme)
    page = context.new_page()
    sign_in(page, demo, demo.account("Auditor"))
    answer = page.goto(f"{demo.url}/styleguide/?lang={language}")
    assert answer is not None
    assert answer.status == 200
    where = Path(os.environ.get("HAVENLINE_PICTURES", tmp_path))
    where.mkdir(parents=True, exist_ok=True)
    picture = where / f"styleguide-{scheme}-{language}-{width}.png"
    page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 50_000
    found = flaws(page)
    context.close()
    assert not found, "\n".join(found)
