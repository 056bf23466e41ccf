"""What each person of a walk does in the browser, by the words that stand on the screen."""

import re
from collections.abc import Callable
from datetime import date
from typing import Self
from urllib.parse import quote
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import click_through
from tests.e2e.conftest import Demo

QUESTIONS = (
    "own_children",
    "other_children",
    "children_elsewhere",
    "friends_children",
    "position_of_trust",
    "conditions",
    "online_contact",
    "previous",
    "notification",
)


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page, self.demo = page, demo

    def go(self, path: str) -> None:
        answer = self.page.goto(self.demo.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"

    def press(self, name: str) -> None:
        """A button by the words that it begins with (a key hint may follow)."""
        click_through(self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}")).first)

    def follow(self, name: str) -> None:
        click_through(self.page.get_by_role("link", name=re.compile(rf"^{re.escape(name)}")).first)

    def fill(self, field: str, words: str) -> None:
        self.page.locator(f"main [name='{field}']").fill(words)

    def choose(self, field: str, value: str) -> None:
        self.page.locator(f"main input[name='{field}'][value='{value}']").check()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main").first).to_contain_text(words)


class Reporter(Visitor):
    def reports(
        self,
        *,
        who: str,
        kind: str,
        where: str,
        account: str,
        happened: str,
        child: dict[str, str] | None,
        shows_receipt: Callable[[], object] = lambda: None,
    ) -> str:
        """Answer the questions as they come, send, and give back the receipt."""
        self.go("/")
        self.press(who)
        self._answer(kind)
        self._answer("No, not right now")
        self._answer(where)
        self.page.get_by_role("textbox", name="App, game or website", exact=True).fill("chat.example")
        self.page.get_by_role("textbox", name="Names of accounts", exact=True).fill(account)
        self._on()
        self.page.get_by_role("textbox", name="Tell us what happened", exact=True).fill(happened)
        self._on()
        self._answer("I live with the child" if child else "No")
        for name, words in (child or {}).items():
            self.page.get_by_role("textbox", name=name, exact=True).fill(words)
        self._on()
        self._on()  # no name
        self._on()  # only here
        self.sees(happened)
        self.press("Send my report")
        digits = re.sub(r"\D", "", self.page.locator(".receipt-digits").first.inner_text())
        assert len(digits) == 16
        shows_receipt()
        self.press("I’ve written it down")
        assert not self.page.context.cookies()
        return digits

    def reports_account(self, *, happened: str) -> str:
        """An adult reports an account that contacted a child; its name, new in each walk, is given back."""
        account = f"walk_{uuid4().hex[:8]}"
        self.reports(
            who="I’m an adult who saw something online",
            kind="Someone contacted a child",
            where="In a chat or messages",
            account=account,
            happened=happened,
            child=None,
        )
        return account

    def reports_page(self, address: str, *, kind: str = "A page or picture online") -> None:
        """An adult reports one address."""
        self.go("/")
        self.press("I’m an adult who saw something online")
        self._answer(kind)
        self._answer("No, not right now")
        if kind == "A page or picture online":
            self.page.locator("main [name=urls]").fill(address)
        else:
            self._answer("On a website or an app’s public page")
            self.page.get_by_role("textbox", name="App, game or website", exact=True).fill("share.example")
            self.page.locator("main [name=urls]").fill(address)
        self._on()
        if kind != "A page or picture online":
            self.page.get_by_role("textbox", name="Tell us what happened", exact=True).fill("I saw an account there write to a child.")
        self._on()
        self._answer("No")
        while not self.page.get_by_role("button", name="Send my report").count():
            self._on()  # nothing of a child, no name, only here
        self.press("Send my report")
        assert self.page.locator(".receipt-digits").count()

    def reports_conversation(self, *, account: str, conversation: str) -> None:
        """From the guidance, where it is known already who reports: paste a conversation and send it."""
        self._answer("A conversation")
        self._answer("No, not right now")
        self._answer("In a chat or messages")
        self.page.get_by_role("textbox", name="App, game or website", exact=True).fill("chat.example")
        self.page.get_by_role("textbox", name="Names of accounts", exact=True).fill(account)
        self._on()
        self.page.locator("main [name=conversation]").fill(conversation)
        self._on()
        self._on()  # nothing else that we should know
        self._answer("I live with the child")
        self._on()  # no child named
        self._on()  # no name
        self._on()  # only here
        self.press("Send my report")
        assert self.page.locator(".receipt-digits").count()

    def comes_back(self, receipt: str) -> None:
        self.go("/")
        self.page.get_by_label("16-digit receipt").first.fill(receipt)
        self.press("Open my report")

    def _answer(self, words: str) -> None:
        self.page.get_by_label(words, exact=True).check()
        self._on()

    def _on(self) -> None:
        click_through(self.page.locator("main button[name=go][value=on]").last)


class Professional(Visitor):
    """Somebody signed in."""

    @classmethod
    def named(cls, name: str, new_page: Callable[[], Page], demo: Demo) -> Self:
        person = cls(new_page(), demo)
        account = demo.by_name(name)
        person.go("/sign-in/")
        person.page.locator("input[type=email]").fill(account["email"])
        person.page.locator("input[type=password]").fill(account["password"])
        click_through(person.page.locator("main button[type=submit]").first)
        person.page.wait_for_url("**/desk/**")
        return person

    def take_first(self, title: str, path: str = "/desk/referrals/") -> str:
        """Open what arrived last under that title and was not taken up; give back its reference."""
        self.go(path)
        panel = self.page.locator("section, .panel").filter(has=self.page.get_by_text("Arrived, not taken up"))
        link = panel.last.get_by_role("link", name=re.compile(title)).last
        reference = re.search(r"HO-\w{4}-\w{4}", link.evaluate("a => a.getAttribute('href')"))
        assert reference is not None
        self.go(f"/desk/referrals/{reference[0]}/")
        return reference[0]


class Analyst(Professional):
    def waits_for(self, account: str) -> None:
        """The desk opens each arrival within a minute: look until the account is found."""
        for _try in range(60):
            self.go(f"/desk/find/?q={account}%20at%20chat.example")
            if self.page.locator("main a[href*='/desk/queue/HL-']").count():
                return
            self.page.wait_for_timeout(1000)
        expect(self.page.locator("main")).to_contain_text(re.compile(r"HL-"))

    def reads(self, account: str) -> str:
        """Find the report by its account, claim it, and give back its reference."""
        self.go(f"/desk/find/?q={account}%20at%20chat.example")
        found = self.page.locator("main a[href*='/desk/queue/HL-']").first.get_attribute("href")
        assert found is not None
        reference = re.search(r"HL-\w{4}-\w{4}", found)
        assert reference is not None
        self.go(f"/desk/queue/{reference[0]}/")
        self.press("Claim")
        return reference[0]

    def finds(self, address: str) -> str:
        """Look until the desk has opened the report of an address; give back its reference."""
        for _try in range(60):
            self.go(f"/desk/find/?q={quote(address, safe='')}")
            link = self.page.locator("main a[href*='/desk/queue/HL-']")
            if link.count():
                found = re.search(r"HL-\w{4}-\w{4}", link.first.get_attribute("href") or "")
                assert found is not None
                return found[0]
            self.page.wait_for_timeout(1000)
        raise AssertionError(f"{address} is found by nobody")

    def act(self, code: str, button: str, *, words: str = "") -> None:
        """One of the acts of a notice, which may stand folded."""
        form = self.page.locator(f"#act-{code}")
        if not form.is_visible():
            form.locator("xpath=ancestor::details[1]/summary").click()
        if words:
            form.locator("textarea").fill(words)
        click_through(form.get_by_role("button", name=button))

    def asks_the_host(self, *, why: str, police: str = "") -> None:
        """Decide on a notice to the host; the link was made for nobody in particular."""
        for against in self.page.locator("main [name^='child-'][name$='-reason_against']").all():
            against.fill("Nothing is known of the child.")
        if police:
            self.page.locator("main select[name=police]").select_option(label=police)
        self.page.locator("main input[name=notice_to_host]").check()
        self.page.locator("#notice input[type=radio][value=no]").first.check()
        self.fill("reason", why)
        self.page.locator("#decide_could_be_read_1").check()
        click_through(self.page.locator("main button[form=decide][name=sure]").last)
        self.press("Send now")

    def refers_to_police(self, *, why: str) -> None:
        for against in self.page.locator("main [name^='child-'][name$='-reason_against']").all():
            against.fill("Police are asked to establish where the child lives; the referral follows from there.")
        self.page.locator("main select[name=police]").select_option(index=1)
        self.fill("reason", why)
        self.page.locator("#decide_could_be_read_1").check()
        click_through(self.page.locator("main button[form=decide][name=sure]").last)
        self.press("Send now")


class Investigator(Professional):
    def takes_up(self, *, title: str, kind: str) -> str:
        """Take up the referral that arrived last; give back the case's reference."""
        hand_over = self.take_first("Referral to police")
        self.go(f"/desk/cases/take-up/{hand_over}/")
        self.fill("title", title)
        self.choose("kind", kind)
        self.press("Accept and open the case")
        self.hand_over = hand_over
        self.case = self.page.url.rstrip("/").split("/")[-1]
        return self.case

    def opens_a_subject(self) -> str:
        self.press("Open a subject’s page")
        self.subject = self.page.url.rstrip("/").split("/")[-1]
        return self.subject

    def attributes(self, evidence: str) -> None:
        self.go(f"/desk/subjects/{self.subject}/attribution/")
        self.page.locator("main select[name=identifier]").select_option(index=0)
        self.fill("evidence", evidence)
        self.press("Propose it")

    def names(self, name: str) -> None:
        self.go(f"/desk/subjects/{self.subject}/name/")
        self.fill("name", name)
        self.press("Save")

    def answers_nine_questions(self, yes: tuple[str, ...]) -> None:
        self.go(f"/desk/subjects/{self.subject}/")
        for question in QUESTIONS:
            self.choose(f"{question}-answer", "yes" if question in yes else "no")
            self.fill(f"{question}-source", "Visit by local officer")
            self.fill(f"{question}-source_date", date.today().isoformat())
        self.press("Save the answers")

    def notes_a_child(self, *, name: str, age: str, town: str) -> None:
        self.go(f"/desk/subjects/{self.subject}/child/")
        self.fill("name", name)
        self.fill("age", age)
        self.fill("town", town)
        self.press("Note it")

    def finds_access(self, reason: str) -> None:
        self.go(f"/desk/subjects/{self.subject}/finding/")
        self.choose("finding", "found")
        self.fill("rationale", reason)
        self.press("Save and")

    def answers_the_hotline(self, words: str) -> None:
        self.go(f"/desk/cases/{self.case}/answer/{self.hand_over}/")
        self.choose("outcome", "case_opened")
        self.fill("words", words)
        self.press("Send the answer")

    def tries_to_close(self, ending: str, why: str) -> None:
        self.go(f"/desk/cases/{self.case}/close/")
        self.choose("ending", ending)
        self.fill("words", why)
        self.fill("reference", self.case)
        self.press("Close the case")


class SocialCare(Professional):
    def takes_up(self) -> str:
        """Take up the referral that arrived last; give back the child's case."""
        hand_over = self.take_first("Referral to children’s social care")
        self.go(f"/desk/referrals/{hand_over}/take-up/")
        new = self.page.get_by_label(re.compile("another child|None of these|not the same", re.IGNORECASE))
        if new.count():
            new.first.check()
        self.press("Take")
        return self.page.url.rstrip("/").split("/")[-1]

    def decides(self, case: str, *, outcome: str, why: str, answer: str) -> None:
        self.go(f"/desk/children/{case}/decide/")
        self.choose("outcome", outcome)
        self.fill("reason", why)
        self.fill("answer", answer)
        click_through(self.page.locator("main form[method=post] button[type=submit]").first)

    def records(self, case: str, step: str, outcome: str = "") -> None:
        self.go(f"/desk/children/{case}/record/{step}/")
        if outcome:
            self.choose("outcome", outcome)
        self.fill("happened_on", date.today().isoformat())
        self.press("Record this step")
        weekend = self.page.locator("main input[name='weekend_confirmed']")
        if weekend.count():  # asked where the walk is held on a Saturday or Sunday
            weekend.check()
            self.press("Record this step")
        expect(self.page).to_have_url(re.compile(rf"/desk/children/{case}/(?!record/)"))
