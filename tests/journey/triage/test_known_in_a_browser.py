"""What is already known, as an analyst meets it: at both widths, in both colours, by one key."""

import pytest

from havenline.foundation.lists import actions as lists
from havenline.foundation.people.acting import acting_as
from havenline.journey.triage import actions, exposure
from tests import browser
from tests.journey.triage.test_known import PDQ, apart, put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SAME, ALSO, CLAIMED, NEW = (f"{n:064x}" for n in (0x5A1, 0x5A2, 0x5A3, 0x5A4))


@pytest.fixture
def report(ours, theirs, follow, arrives, analyst):
    """Two files that are on our list, a picture that is near one, a file that another body claims, and one that nobody knows."""
    put(ours, "sha256", SAME, grade="B")
    put(ours, "sha256", ALSO, grade="C")
    put(ours, "pdq", apart(4), quality=90, grade="C")
    put(theirs, "sha256", CLAIMED, claimed_grade="B2")
    follow()
    pictures = [{"pdq": PDQ.hex(), "quality": 90, "sha256": None}]
    made = arrives(kind="other", platform={"hashes": [SAME, ALSO, CLAIMED, NEW], "pictures": pictures})
    actions.claim(report=made, by=analyst)
    return made


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_what_is_known_is_read_at_both_widths_and_in_both_colours(report, opened, signed_in, analyst, width, colours):
    page = opened(f"/desk/queue/{report.reference}/", width, client=signed_in(analyst), color_scheme=colours)
    browser.picture(page, f"known-{width}-{colours}")
    assert page.get_by_text("4 of 256 bits apart").is_visible()
    assert page.get_by_text("Claimed by Their hashes").is_visible()
    assert browser.found_by_axe(page) == []
    assert browser.sideways(page) == []


def test_one_key_accepts_what_is_exact_and_then_what_is_near(report, opened, signed_in, analyst):
    page = opened(f"/desk/queue/{report.reference}/", client=signed_in(analyst))
    with page.expect_navigation():
        page.keyboard.press("y")
    assert page.get_by_text("Nothing: recognised").count() == 2
    with page.expect_navigation():
        page.keyboard.press("y")
    assert page.get_by_text("Accepted unseen, 4 of 256 apart").is_visible()
    with acting_as(analyst):
        assert (exposure.meter_of(analyst).looks, exposure.meter_of(analyst).spared) == (0, 3)
    assert page.locator("[data-key=y]").count() == 0


def test_what_was_withdrawn_since_stands_out(report, ours, opened, signed_in, analyst):
    actions.accept_all_exact(report=report, by=analyst)
    lists.withdraw(entry=ours.entries.get(value=SAME), by=analyst)
    page = opened(f"/desk/queue/{report.reference}/", client=signed_in(analyst))
    browser.picture(page, "known-withdrawn")
    assert page.locator("#items").get_by_text("Withdrawn since").is_visible()
    assert browser.found_by_axe(page) == []
