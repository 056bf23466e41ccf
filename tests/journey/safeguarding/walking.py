"""People of a walk, each at a browser with JavaScript off, on a day that the whole server stands on."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import papers
from tests.browser import click_through, picture, sideways
from tests.site.test_access import browser_of


class Days:
    """The day of the whole process: the server answers in threads of its own, which a test's `standing_at` does not reach."""

    def __init__(self) -> None:
        self._stack: list[Callable[[], datetime] | None] = []
        self._ticks = count()
        self.at: datetime | None = None

    def go_to(self, day: date, hour: int = 10, minute: int = 0) -> None:
        self.at = datetime.combine(day, time(hour, minute), tzinfo=moment.LONDON)

    def get(self) -> Callable[[], datetime] | None:
        if self._stack:
            return self._stack[-1]
        if self.at is None:
            return None
        at = self.at
        return lambda: at + timedelta(microseconds=next(self._ticks))

    def set(self, clock: Callable[[], datetime]) -> int:
        self._stack.append(clock)
        return len(self._stack)

    def reset(self, _token: int) -> None:
        self._stack.pop()


@contextmanager
def days() -> Iterator[Days]:
    """Within, everything stands on the day that this is sent to."""
    with pytest.MonkeyPatch.context() as patch:
        calendar = Days()
        patch.setattr(moment, "_set_to", calendar)
        yield calendar


class Somebody:
    """One person at a browser without JavaScript, who signs in anew on each day."""

    def __init__(self, browser: Browser, url: str, member: Membership, name: str, calendar: Days) -> None:
        self.browser, self.url, self.member, self.name, self.calendar = browser, url, member, name, calendar
        self.page, self.signed_in_at = self._sits_down(), calendar.at

    def _sits_down(self) -> Page:
        cookie = settings.SESSION_COOKIE_NAME
        window = self.browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900}, locale="en-GB")
        window.add_cookies([{"name": cookie, "value": browser_of(self.member).cookies[cookie].value, "url": self.url}])
        window.set_default_timeout(30_000)
        return window.new_page()

    def leaves(self) -> None:
        self.page.context.close()

    def go(self, path: str) -> None:
        if self.signed_in_at != self.calendar.at:
            self.leaves()
            self.page, self.signed_in_at = self._sits_down(), self.calendar.at
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"

    def follow(self, name: str) -> None:
        click_through(self.page.locator("main").get_by_role("link", name=re.compile(rf"^{re.escape(name)}")).first)

    def press(self, name: str) -> None:
        click_through(self.page.locator("main").get_by_role("button", name=re.compile(rf"^{re.escape(name)}")).first)
        refused = self.page.locator(".error-summary")
        assert not refused.count(), refused.inner_text()

    def is_refused(self, name: str, words: str) -> None:
        click_through(self.page.locator("main").get_by_role("button", name=re.compile(rf"^{re.escape(name)}")).first)
        self.sees(words)

    def fill(self, field: str, words: str) -> None:
        self.page.locator(f"main [name='{field}']").first.fill(words)

    def choose(self, field: str, value: str) -> None:
        self.page.locator(f"main input[name='{field}'][value='{value}']").check()

    def picks(self, field: str, label: str) -> None:
        self.page.locator(f"main select[name='{field}']").select_option(label=label)

    def sees(self, words: str) -> None:
        expect(self.page.locator("main").first).to_contain_text(words)

    def shows(self, name: str) -> None:
        """A picture of where they are. (axe needs scripts: each of these screens is looked at with it elsewhere.)"""
        picture(self.page, f"walk-{self.name}-{name}")
        assert sideways(self.page) == []

    # a child's case

    def opens(self, case: str) -> None:
        self.go(f"/desk/children/{case}/")

    def records(self, case: str, step: str, outcome: str = "", *, on: date, at: str = "") -> None:
        self.go(f"/desk/children/{case}/record/{step}/")
        if outcome:
            self.choose("outcome", outcome)
        self.fill("happened_on", on.isoformat())
        if at:
            self.fill("happened_at", at)
        self.press("Record this step")

    def writes(self, case: str, code: str, *, on: date, there: list[tuple[str, str]] = (), **said: Any) -> None:  # type: ignore[assignment]
        """A whole paper: what was not said here and is needed gets the least that it takes."""
        form = papers.form(code)
        self.opens(case)
        self.press(f"Begin: {form.title}")
        for field in form.fields:
            if field.name in said:
                self._answers(field, said[field.name])
            elif field.kind == "people":
                for row, (name, agency) in enumerate(there):
                    self.fill(f"{field.name}-{row}-name", name)
                    self.page.locator(f"main select[name='{field.name}-{row}-agency']").select_option(agency)
                    self.page.locator(f"main select[name='{field.name}-{row}-there']").select_option("yes")
                    if row % 2:
                        self.press("Save")  # two empty rows are offered at a time
            elif field.needed:
                least = {"day": on.isoformat(), "yes_no": "yes", "choice": field.options[0][0] if field.options else ""}
                self._answers(field, least.get(field.kind, "As it was told to us."))
        self.press("Save, finish, and ask for sign-off" if form.signed_by else "Save and finish")
        self.sees("Finished")

    def _answers(self, field: papers.Field, said: Any) -> None:
        if field.kind in ("yes_no", "choice"):
            self.choose(field.name, said)
        elif field.kind == "many":
            self.choose(field.name, field.options[0][0])
        elif field.kind == "rows":
            for code, _title in field.columns:
                self.fill(f"{field.name}-0-{code}", said)
        else:
            self.fill(field.name, said)
