"""The list of notices: its groups, their counts, and the line that says what each waits for."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.work import queue, rounds
from havenline.journey.takedown import actions, queries
from havenline.journey.takedown.models import Notice
from tests.foundation.post.mail_server import mail_server, no_mail_server
from tests.journey.takedown.test_screens.walking import LIST, at, host_says, page

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
GROUPS = {"you": "Needs you", "held": "Held for police", "sent": "With the host", "late": "Late", "done": "Ended", "all": "All"}


def groups_with(browser: Client, notice: Notice) -> set[str]:
    """The groups whose list holds this notice; each chip counts what its list holds."""
    found = set()
    for code, title in GROUPS.items():
        shown = page(browser, f"{LIST}?show={code}")
        source = browser.get(f"{LIST}?show={code}").content.decode()
        rows = re.findall(r'data-row href="/desk/takedown/(N-\w{4}-\w{4})/"', source)
        assert f"{title} {len(rows)}" in shown, code
        if notice.reference in rows:
            found.add(code)
    return found


def test_what_can_be_sent_needs_somebody_of_the_desk(drafted: Notice, analyst: Membership, signed_in: SignIn) -> None:
    assert groups_with(signed_in(analyst), drafted) == {"you", "all"}
    assert "Send it" in page(signed_in(analyst), LIST)


def test_what_is_held_needs_police_and_not_the_desk(
    graded: Any, decide: Any, contact: object, police: object, analyst: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    [held] = decide(graded(), link="yes", police=police)
    assert groups_with(signed_in(analyst), held) == {"held", "all"}
    browser = signed_in(investigator)
    assert groups_with(browser, held) == {"you", "held", "all"}
    found = page(browser, LIST)
    assert "A link could have been made for one person. Northmere Police can release it." in found
    assert "None leaves by time alone" in found


def test_a_hold_without_police_does_not_go_on_by_itself_and_stands_on_top(
    graded: Any, decide: Any, contact: object, analyst: Membership, signed_in: SignIn
) -> None:
    [held] = decide(graded(), link="unknown")
    browser = signed_in(analyst)
    assert groups_with(browser, held) == {"you", "held", "all"}
    assert "1 notice does not go on by itself" in page(browser, f"{LIST}?show=done")


def test_a_letter_that_waits_for_the_mail_server_is_with_the_host(drafted: Notice, analyst: Membership, signed_in: SignIn) -> None:
    with no_mail_server():
        queue.drain()
    browser = signed_in(analyst)
    assert groups_with(browser, drafted) == {"sent", "all"}
    assert "Its letter waits for the mail server" in page(browser, f"{LIST}?show=sent")


def test_a_letter_that_came_back_needs_somebody_and_says_why(drafted: Notice, analyst: Membership, signed_in: SignIn) -> None:
    with mail_server("550 No such mailbox"):
        queue.drain()
    browser = signed_in(analyst)
    assert groups_with(browser, drafted) == {"you", "all"}
    assert "550 No such mailbox" in page(browser, LIST)


def test_what_a_host_said_needs_somebody_until_it_is_read(sent: Notice, mail: Any, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert groups_with(browser, sent) == {"sent", "all"}
    host_says(mail, "acknowledged")
    assert groups_with(browser, sent) == {"you", "sent", "all"}
    assert "The host answered: read it" in page(browser, LIST)


def test_what_a_host_said_and_nobody_read_still_needs_somebody_once_the_notice_has_ended(
    sent: Notice, mail: Any, analyst: Membership, signed_in: SignIn
) -> None:
    host_says(mail, "contested", "It is another page.")
    actions.withdraw(notice=sent, reason="Graded wrongly.", by=analyst)
    browser = signed_in(analyst)
    assert groups_with(browser, sent) == {"you", "done", "all"}
    browser.post(at(sent), {"act": "read"})
    assert groups_with(browser, sent) == {"done", "all"}


@pytest.mark.parametrize(("what", "waits"), [("refused", "The host refused"), ("contested", "a senior analyst decides")])
def test_what_a_host_will_not_do_needs_somebody(sent: Notice, analyst: Membership, signed_in: SignIn, what: str, waits: str) -> None:
    actions.note_answer(notice=sent, what=what, words="The abuse desk said so.", submission="call", by=analyst)
    browser = signed_in(analyst)
    assert groups_with(browser, sent) == {"you", "all"}
    assert waits in page(browser, LIST)


def test_a_host_that_does_not_answer_is_late(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    with moment.standing_at(sent.record.clocks.get(rule="host_answers").due_at + timedelta(minutes=1)):
        browser = signed_in(analyst)
        assert groups_with(browser, sent) == {"you", "sent", "late", "all"}
        assert "The host acknowledges" in page(browser, LIST)


def test_a_hold_whose_clock_ran_out_is_raised_and_held_all_the_same(
    held: Notice,
    analyst: Membership,
    investigator: Membership,
    police_supervisor: Membership,
    senior_analyst: Membership,
    signed_in: SignIn,
) -> None:
    with moment.standing_at(held.record.clocks.running().get(rule="hold_for_police").due_at + timedelta(minutes=1)):
        rounds.run_due()
        for by in (analyst, senior_analyst):
            assert groups_with(signed_in(by), held) == {"you", "held", "late", "all"}
        assert groups_with(signed_in(investigator), held) == {"you", "held", "late", "all"}
        found = page(signed_in(senior_analyst), at(held))
    assert "This notice is held for police" in found
    assert "late" in found.lower()


def test_what_has_ended_stands_there_with_how(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    actions.record_removed(notice=sent, how="Looked in the isolated viewer.", by=analyst)
    assert groups_with(signed_in(analyst), sent) == {"done", "all"}


def test_an_unknown_group_shows_what_needs_you(drafted: Notice, analyst: Membership, signed_in: SignIn) -> None:
    assert drafted.reference in page(signed_in(analyst), f"{LIST}?show=nonsense")


@pytest.mark.parametrize(("who", "says"), [("analyst", "No notice is here"), ("investigator", "Nothing is held for you")])
def test_an_empty_list_says_so(signed_in: SignIn, hotline: object, who: str, says: str, request: pytest.FixtureRequest) -> None:
    assert says in page(signed_in(request.getfixturevalue(who)), LIST)


def test_a_long_list_says_how_much_of_it_stands_here_and_leads_to_the_rest(
    graded: Any, decide: Any, contact: object, analyst: Membership, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHOWN", 2)
    decide(graded(*[f"https://h{number}.example/1" for number in range(3)]))
    browser = signed_in(analyst)
    first, second = (browser.get(f"{LIST}?show=all&page={number}").content.decode() for number in (1, 2))
    assert "1 to 2 of 3" in first
    assert "3 to 3 of 3" in second
    assert 'href="?show=all&amp;page=2">Further in the list</a>' in first
    assert 'href="?show=all&amp;page=1">Earlier in the list</a>' in second
    rows = [set(re.findall(r"<bdi>(h\d\.example)</bdi></a><br>", shown)) for shown in (first, second)]
    assert rows[0] | rows[1] == {"h0.example", "h1.example", "h2.example"}
    assert not rows[0] & rows[1]


def test_a_list_that_stands_here_whole_says_nothing_of_more(
    drafted: Notice, analyst: Membership, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHOWN", 1)
    assert "1 to 1 of" not in page(signed_in(analyst), f"{LIST}?show=all")


@pytest.mark.parametrize("asked", ["2", "²", "0", "9" * 30])
def test_a_page_of_the_list_that_there_is_not_is_one_that_there_is(
    drafted: Notice, analyst: Membership, signed_in: SignIn, asked: str
) -> None:
    assert drafted.reference in page(signed_in(analyst), f"{LIST}?page={asked}")


def test_the_notices_to_one_host_are_read_page_by_page_too(
    graded: Any, decide: Any, contact: Any, analyst: Membership, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHOWN", 1)
    decide(graded("https://a.pictures.example/1", "https://b.pictures.example/1"))
    at_host = f"/desk/takedown/hosts/{contact.host_id}/"
    assert "1 to 1 of 2" in page(signed_in(analyst), at_host)
    assert "2 to 2 of 2" in page(signed_in(analyst), f"{at_host}?page=2")


def test_each_line_says_how_many_items_its_notice_names(
    graded: Any, decide: Any, contact: object, analyst: Membership, signed_in: SignIn
) -> None:
    decide(graded("https://pictures.example/1", "https://pictures.example/2", "https://other.example/1"))
    shown = page(signed_in(analyst), f"{LIST}?show=all")
    assert re.findall(r"(\S+) N-\w{4}-\w{4} , (\d items?)", shown) == [("other.example", "1 item"), ("pictures.example", "2 items")]


def test_many_notices_cost_as_many_questions_as_few(
    graded: Any, decide: Any, contact: object, analyst: Membership, signed_in: SignIn, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    decide(graded(*[f"https://h{number}.example/1" for number in range(12)]))
    browser = signed_in(analyst)
    browser.get(LIST)
    with django_assert_max_num_queries(40):
        assert "h11.example" in page(browser, f"{LIST}?show=all")
