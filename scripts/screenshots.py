"""Pictures of the screens for the papers: a fresh demo, a real browser, one PNG each into docs/screenshots/.

`HAVENLINE_E2E_URL` and `HAVENLINE_E2E_HOME` name a demo that runs already. Words on the command line choose pictures by name.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page  # noqa: E402
from tests.browser import started  # noqa: E402
from tests.e2e.conftest import Demo, demo_in  # noqa: E402
from tests.e2e.people import Professional, Reporter  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
PHONE = 360
DESKS = {
    "queue": ("Analyst", "/desk/queue/"),
    "clocks": ("Team manager", "/desk/clocks/"),
    "team": ("Team manager", "/desk/team/"),
    "day": ("Social worker", "/desk/day/"),
    "front-door": ("Social worker", "/desk/front-door/"),
    "conferences": ("Team manager", "/desk/conferences/windows/"),
    "return": ("Team manager", "/desk/return/"),
    "tray": ("Police supervisor", "/desk/referrals/"),
    "takedown": ("Analyst", "/desk/takedown/"),
    "holds": ("Police supervisor", "/desk/takedown/"),
    "schools": ("Investigator", "/desk/schools/"),
    "statistics": ("Analyst", "/desk/statistics/"),
    "styleguide": ("Auditor", "/styleguide/"),
    "ledger": ("Auditor", "/desk/ledger/"),
    "people": ("Administrator", "/desk/people/"),
    "work": ("Administrator", "/desk/work/"),
}


class Camera:
    """Opens windows and keeps what was asked for."""

    def __init__(self, browser: Browser, demo: Demo, wanted: list[str]) -> None:
        self.browser, self.demo, self.wanted = browser, demo, wanted

    def window(self, width: int = 1280, scheme: str = "light") -> Page:
        context = self.browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
        return context.new_page()

    def take(self, page: Page, name: str, *, tall: int = 1600) -> None:
        """The page to its foot, or to `tall` pixels."""
        if self.wanted and name not in self.wanted:
            return
        width = page.viewport_size["width"] if page.viewport_size else 1280
        height = min(tall, max(640, page.evaluate("document.documentElement.scrollHeight")))
        page.set_viewport_size({"width": width, "height": height})  # what sticks to the foot of a window stands at the picture's foot
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=PICTURES / f"{name}.png")
        page.set_viewport_size({"width": width, "height": 800})
        print(f"docs/screenshots/{name}.png", flush=True)

    def signed_in(self, role: str, *, agency: str = "Northmere", scheme: str = "light") -> Professional:
        agency = "This" if role == "Administrator" else agency
        name = self.demo.account(role, agency=agency)["name"]
        return Professional.named(name, lambda: self.window(scheme=scheme), self.demo)


def public(camera: Camera, width: int = 1280) -> None:
    """From the home page over an error to the receipt and the dialogue behind it."""
    suffix = "" if width == 1280 else "-phone"
    reporter = Reporter(camera.window(width), camera.demo)
    page = reporter.page
    reporter.go("/")
    camera.take(page, f"public-home{suffix}")
    reporter.press("I’m a parent or carer")
    camera.take(page, f"report-question{suffix}")
    page.locator("main button[name=go][value=on]").last.click()
    camera.take(page, f"report-error{suffix}")
    digits = reporter.reports(
        who="I’m a parent or carer",
        kind="Someone contacted a child",
        where="In a chat or messages",
        account="harbour_light",
        happened="An adult stranger asked to meet my child.",
        child=None,
        shows_receipt=lambda: camera.take(page, f"receipt{suffix}"),
    )
    reporter.comes_back(digits)
    page.get_by_label("Add to your report").fill("It began last week.")
    reporter.press("Send")
    camera.take(page, f"dialogue{suffix}")
    page.context.close()


def right_to_left(camera: Camera) -> None:
    """A question with an error, in Arabic, on a phone."""
    reporter = Reporter(camera.window(PHONE), camera.demo)
    page = reporter.page
    reporter.go("/ar/")
    page.locator(".door button").nth(1).click()
    for value in ("contact", "no"):
        page.locator(f"input[value={value}]").check()
        page.locator("main button[name=go][value=on]").last.click()
    page.locator("main button[name=go][value=on]").last.click()
    camera.take(page, "report-error-rtl-phone")
    page.context.close()


def desks(camera: Camera) -> None:
    for name, (role, path) in DESKS.items():
        if camera.wanted and name not in camera.wanted:
            continue
        person = camera.signed_in(role)
        person.go(path)
        camera.take(person.page, name)
        person.page.context.close()


def details(camera: Camera) -> None:
    """One report being read, a police case and its subject, a child's case, a whole trace."""
    analyst = camera.signed_in("Analyst")
    analyst.go("/desk/find/?q=riverwalk_77%20at%20chat.example")
    analyst.page.locator("main a[href*='/desk/queue/HL-']").first.click()
    analyst.press("Claim")
    camera.take(analyst.page, "report", tall=1400)
    analyst.page.context.close()

    dark = camera.signed_in("Analyst", scheme="dark")
    dark.go("/desk/queue/")
    dark.page.locator("main a[href*='/desk/queue/HL-']").nth(2).click()
    camera.take(dark.page, "queue-dark", tall=900)
    dark.page.context.close()

    officer = camera.signed_in("Investigator")
    officer.go("/desk/cases/")
    officer.page.locator("main a.row-link").first.click()
    camera.take(officer.page, "police-case")
    officer.page.locator("#subjects a").first.click()
    camera.take(officer.page, "subject", tall=2000)
    officer.page.context.close()

    manager = camera.signed_in("Team manager")
    manager.go("/desk/children/")
    manager.follow("Robin Vale")
    whole_way = manager.page.url.rstrip("/").split("/")[-1]
    camera.take(manager.page, "child-case")
    manager.page.context.close()

    auditor = camera.signed_in("Auditor")
    auditor.go(f"/desk/trace/{whole_way}/")
    camera.take(auditor.page, "trace")
    auditor.page.context.close()


def rooms(camera: Camera) -> None:
    """A held notice, a host's own page behind the link of its letter, a school lead's message, and the guidance."""
    officer = camera.signed_in("Police supervisor")
    officer.go("/desk/takedown/")
    officer.page.locator("main a[href*='/desk/takedown/N-']").first.click()
    camera.take(officer.page, "notice-held", tall=1300)
    officer.page.context.close()

    for width, suffix in ((1280, ""), (PHONE, "-phone")):
        host = Reporter(camera.window(width), camera.demo)
        if _open_a_request(host):
            camera.take(host.page, f"host{suffix}")
        host.go("/guidance/parents/")
        camera.take(host.page, f"guidance{suffix}")
        host.page.context.close()

    lead = camera.signed_in("Designated safeguarding lead", agency="Alder")
    lead.go("/desk/school/messages/")
    lead.page.locator("main a[href*='/desk/school/messages/SN-']").first.click()
    camera.take(lead.page, "school-message")
    lead.page.context.close()


def _open_a_request(host: Reporter) -> bool:
    """The newest letter whose link still asks for something."""
    host.go("/demo/mail/")
    letters = host.page.locator("main .doors a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for letter in letters:
        host.go(letter)
        link = host.page.locator("main a[href^='/host/']")
        if link.count():
            host.page.goto(host.demo.url + (link.first.get_attribute("href") or ""))
            if host.page.get_by_role("button", name="Send your answer").count():
                return True
    return False


@contextmanager
def a_demo() -> Iterator[Demo]:
    if "HAVENLINE_E2E_URL" in os.environ:
        home = Path(os.environ["HAVENLINE_E2E_HOME"])
        yield Demo(os.environ["HAVENLINE_E2E_URL"], home, json.loads((home / "demo-accounts.json").read_text()))
        return
    with tempfile.TemporaryDirectory() as folder, demo_in(Path(folder) / "home") as demo:
        yield demo


def main(wanted: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    rounds: list[Callable[[Camera], None]] = [public, lambda camera: public(camera, PHONE), right_to_left, desks, details, rooms]
    with a_demo() as demo, started("--lang=en-GB") as browser:
        camera = Camera(browser, demo, wanted)
        for each in rounds:
            each(camera)


if __name__ == "__main__":
    main(sys.argv[1:])
