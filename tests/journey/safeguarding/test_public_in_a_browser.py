"""The guidance's public pages in Chromium: without JavaScript, axe, narrow, dark, on paper. Pictures go to `HAVENLINE_PICTURES`."""

from typing import Any

import pytest

from tests.browser import click_through, found_by_axe, picture, sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "due-date-empty": "/due-dates/",
    "due-date-wrong": "/due-dates/?step=initial_assessment&started=2026-11-19",
    "due-date": "/due-dates/?step=initial_child_protection_conference&started=2026-12-14&closed=2026-12-24",
    "due-date-months": "/due-dates/?step=first_review&started=2026-11-28",
    "editions": "/editions/?old=1999&new=2026",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened: Any, width: int, scheme: str) -> None:
    told: list[str] = []
    for name, path in PAGES.items():
        page = opened(path, width, color_scheme=scheme)
        picture(page, f"{name}-{width}-{scheme}")
        told += [f"{name} {flaw}" for flaw in found_by_axe(page) + sideways(page)]
    assert told == []


def test_a_date_is_asked_without_javascript_and_its_link_gives_it_again(opened: Any) -> None:
    page = opened("/due-dates/", 320, java_script_enabled=False)
    page.get_by_label("Step").select_option(label="Single assessment")
    page.get_by_label("Day on which its clock starts").fill("2026-11-18")
    click_through(page.get_by_role("button", name="Show the date"))
    assert page.get_by_text("Due Monday 25 January 2027").is_visible()
    click_through(page.get_by_role("link", name="Permanent link to this date"))
    assert page.get_by_text("Due Monday 25 January 2027").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to a calendar").click()
    assert download.value.suggested_filename == "single-assessment-2027-01-25.ics"


def test_on_paper_stand_the_date_and_its_count_and_no_form(opened: Any) -> None:
    page = opened(PAGES["due-date"])
    page.emulate_media(media="print")
    picture(page, "due-date-printed")
    assert page.get_by_text("Due Thursday 7 January 2027").is_visible()
    assert page.get_by_role("table").is_visible()
    assert not page.get_by_label("Step").is_visible()
    assert not page.get_by_role("link", name="Add to a calendar").is_visible()


def test_in_arabic_the_page_reads_right_to_left_and_the_guidances_own_words_left_to_right(opened: Any, settings: Any) -> None:
    settings.LANGUAGES = [("en-gb", "English"), ("ar", "العربية")]
    page = opened(f"/ar{PAGES['due-date']}", 320)
    picture(page, "due-date-320-arabic")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.locator("h2 [lang=en]").first.get_attribute("dir") == "ltr"
    assert found_by_axe(page) + sideways(page) == []
