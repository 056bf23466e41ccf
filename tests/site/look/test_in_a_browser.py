"""The styleguide in Chromium: axe, narrow screens, both themes, mirrored, forced colours, keys. Pictures go to `HAVENLINE_PICTURES`."""

from typing import Any

import pytest
from tests.browser import click_through, found_by_axe, picture

pytestmark = pytest.mark.browser

GROUNDS = ["ground=desk", "ground=public", "ground=desk&lang=ar", "ground=public&lang=ar"]


@pytest.fixture
def opened(opened):
    """Open the styleguide at a width."""
    return lambda width, query, **options: opened(f"/styleguide/?{query}", width, **options)


@pytest.mark.parametrize(
    ("query", "width"), [("ground=desk", 1280), ("ground=desk", 360), ("ground=public", 360), ("ground=public&lang=ar", 1280)]
)
def test_axe_finds_nothing(opened, query, width):
    page = opened(width, query)
    assert found_by_axe(page) == []
    errors = [message.text for message in page.console_messages() if message.type == "error"]
    assert errors + page.page_errors() == []
    picture(page, f"styleguide-{query.replace('&', '-').replace('=', '-')}-{width}")


@pytest.mark.parametrize("query", GROUNDS)
def test_no_width_needs_sideways_scrolling(opened, query):
    page = opened(320, query)
    too_wide = []
    for width in (320, 360, 768, 1024, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(width)
    assert not too_wide


def test_the_fonts_are_ours(opened):
    page = opened(1280, "ground=desk")
    assert page.evaluate("document.fonts.check('14px \"Atkinson Hyperlegible Next\"')")
    loaded = page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').map(face => face.family.replaceAll('\"', ''))")
    assert {"Atkinson Hyperlegible Next", "Atkinson Hyperlegible Mono"} <= set(loaded)


def test_the_focus_ring_can_be_seen(opened):
    page = opened(1280, "ground=desk")
    page.get_by_role("button", name="Make the referral").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    ring = page.evaluate("(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))")
    assert ring == ["solid", "3px"]


def test_the_system_can_be_dark_and_a_section_light(opened):
    page = opened(1280, "ground=desk", color_scheme="dark")
    places = ("body", "[data-theme=light] .panel")
    ground, light = (page.evaluate(f"getComputedStyle(document.querySelector('{place}')).backgroundColor") for place in places)
    assert ground == "rgb(11, 19, 24)"
    assert light == "rgb(255, 255, 255)"


def test_in_forced_colours_what_is_chosen_can_still_be_told(opened):
    page = opened(1280, "ground=desk", forced_colors="active")
    chosen, other = (
        page.evaluate(f"getComputedStyle(document.querySelector('.segmented {which} + label')).backgroundColor")
        for which in ("input:checked", "input:not(:checked)")
    )
    assert chosen != other
    picture(page, "styleguide-forced-colours")


def test_j_and_k_walk_through_the_list(opened):
    page = opened(1280, "ground=desk")
    page.locator("[data-row]").first.focus()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Platform report, 3 items"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Adult asked to meet a child"


def test_a_letter_selects_its_grade(opened):
    page = opened(1280, "ground=desk")
    page.locator("body").press("n")
    assert page.locator("input[name=light-grade][value=N]").is_checked()


def test_a_letter_typed_into_a_field_is_only_a_letter(opened):
    page = opened(1280, "ground=desk")
    page.locator("input[name=light-why]").press("n")
    assert page.locator("input[name=light-why]").input_value() == "n"
    assert not page.locator("input[name=light-grade][value=N]").is_checked()


def test_keys_can_be_switched_off_and_stay_off(opened):
    page = opened(1280, "ground=desk")
    page.locator("body").press("?")
    page.get_by_role("button", name="Switch keys off or on").click()
    page.reload()
    page.locator("body").press("n")
    assert not page.locator("input[name=light-grade][value=N]").is_checked()
    assert not page.locator("kbd.key").first.is_visible()


def test_the_list_of_keys_names_what_the_page_declares(opened):
    page = opened(1280, "ground=desk")
    page.locator("body").press("?")
    assert "Grade A" in page.locator("[data-page-keys]").inner_text()
    assert "Set aside" in page.locator("[data-page-keys]").inner_text()


# Leave this page

ELSEWHERE = "https://weather.example/"


@pytest.fixture
def public_page(browser, live_server):
    """A public page with the real scripts, and a stand-in for the neutral site that it leaves to."""
    from types import SimpleNamespace

    from django.template.loader import render_to_string

    deployment = SimpleNamespace(name="Havenline", exit_url=ELSEWHERE, emergency_number="999")
    html = render_to_string("public.html", {"deployment": deployment})
    contexts = []

    def open_it(**options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        context.route(f"{live_server.url}/sample/", lambda route: route.fulfill(body=html, content_type="text/html"))
        context.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="<p>Sunny</p>", content_type="text/html"))
        page = context.new_page()
        page.goto("about:blank")
        page.goto(f"{live_server.url}/sample/")
        return page

    yield open_it
    for context in contexts:
        context.close()


def test_leaving_puts_the_neutral_site_in_the_place_of_the_page(public_page):
    page = public_page()
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(ELSEWHERE)
    page.go_back()
    assert page.url == "about:blank"


def test_shift_three_times_leaves(public_page):
    page = public_page()
    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(ELSEWHERE)


def test_shift_used_to_write_capitals_does_not_leave(public_page):
    page = public_page()
    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")
    assert page.url.endswith("/sample/")


def test_without_javascript_the_link_leads_away(public_page):
    page = public_page(java_script_enabled=False)
    click_through(page.get_by_role("link", name="Leave this page"))
    assert page.url == ELSEWHERE
