"""The page of a host's link: what is asked, one form, and nothing that acts by being opened."""

import io
import logging
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.journey.takedown.actions import answering, links, record_removed, withdraw
from havenline.journey.takedown.models import HostAnswer, HostLink, Notice
from havenline.site.logs import WithoutLinks
from tests import factories
from tests.journey.takedown.host_side import a_notice, sent

pytestmark = pytest.mark.django_db
What = HostAnswer.What


@pytest.fixture
def notice(analyst: Membership) -> Notice:
    return a_notice(analyst, urls=["https://pictures.example/item/1", "http://pictures.example/item/2?size=full"])


@pytest.fixture
def page(notice: Notice, analyst: Membership) -> str:
    """The address in the letter that arrived."""
    return f"/host/{sent(notice, analyst)}/"


@pytest.fixture
def host() -> Client:
    """Somebody at the host: no account, no cookie, and nobody's word that a request comes from our page."""
    return Client(enforce_csrf_checks=True)


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def answer(host: Client, page: str, what: str = What.ACKNOWLEDGED, words: str = "", submission: str = "a submission", **more: Any) -> Any:
    return host.post(page, {"what": what, "words": words, "submission": submission, **more})


def test_it_shows_each_address_as_words_and_never_as_a_link(host: Client, page: str) -> None:
    shown = words_of(host.get(page))
    for address in ("https://pictures.example/item/1", "http://pictures.example/item/2?size=full"):
        assert escape(address) in shown
        assert f'href="{address}' not in shown


@pytest.mark.parametrize(
    ("asks", "said", "not_said"),
    [
        ("remove", "Please remove this, and keep it for police", "do not tell the user"),
        ("preserve", "do not tell the user", "Please remove"),
    ],
)
def test_it_says_what_is_asked(host: Client, analyst: Membership, asks: str, said: str, not_said: str) -> None:
    shown = words_of(host.get(f"/host/{sent(a_notice(analyst, asks=asks), analyst)}/"))
    assert said in shown
    assert not_said not in shown


def test_one_address_is_spoken_of_as_one_and_no_other_language_is_offered_that_the_page_does_not_speak(
    host: Client, analyst: Membership, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربيّة")]
    shown = words_of(host.get(f"/host/{sent(a_notice(analyst), analyst)}/"))
    assert "You need not open it to act" in shown
    assert "at this address" in shown
    assert "العربيّة" not in shown


def test_it_says_who_asks_and_names_nobody_of_them(host: Client, page: str, notice: Notice, analyst: Membership) -> None:
    shown = words_of(host.get(page))
    assert (analyst.agency.name in shown, analyst.person.name in shown, notice.report.reference in shown) == (True, False, False)


def test_opening_it_changes_nothing_but_the_note_that_it_was_opened(host: Client, page: str, notice: Notice) -> None:
    before = Notice.objects.values().get(pk=notice.pk)
    for _time in range(3):
        assert host.get(page).status_code == 200
    assert Notice.objects.values().get(pk=notice.pk) == before
    assert HostAnswer.objects.count() == 0
    assert HostLink.objects.get().opened_at is not None
    assert Entry.objects.filter(body__contains="opened the host").count() == 1


def test_a_head_changes_nothing_at_all(host: Client, page: str) -> None:
    entries = Entry.objects.count()
    assert host.head(page).status_code == 200
    assert (HostLink.objects.get().opened_at, Entry.objects.count()) == (None, entries)


def test_it_sets_no_cookie_runs_no_script_and_is_kept_by_nobody(host: Client, page: str) -> None:
    response = host.get(page)
    assert not response.cookies
    assert "<script" not in words_of(response)
    assert "script-src 'none'" in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("what", "words", "state"),
    [
        (What.ACKNOWLEDGED, "", "acknowledged"),
        (What.CONTESTED, "It is a test chart.", "contested"),
        (What.REFUSED, "Our law forbids it.", "refused"),
        (What.SAYS_REMOVED, "", "acknowledged"),  # a claim: that it is removed, a person records
    ],
)
def test_what_a_host_says_is_a_claim_that_moves_the_notice_on(
    host: Client, page: str, notice: Notice, what: str, words: str, state: str
) -> None:
    assert answer(host, page, what, words).status_code == 302
    notice.refresh_from_db()
    said = HostAnswer.objects.get()
    assert (notice.state, notice.ended_at, said.what, said.words, said.link) == (state, None, what, words, HostLink.objects.get())


def test_what_was_written_is_sealed_under_the_notices_key(host: Client, page: str) -> None:
    answer(host, page, What.REPLIED, "Which of the two pages?")
    assert b"Which of the two" not in bytes(HostAnswer.objects.get().words_sealed)
    assert not Entry.objects.filter(body__contains="Which of the two").exists()


def test_sending_twice_adds_nothing(host: Client, page: str) -> None:
    answer(host, page)
    answer(host, page)
    answer(host, page, submission="another")
    assert HostAnswer.objects.count() == 2


def test_the_form_brings_a_new_submission_each_time_it_is_shown(host: Client, page: str) -> None:
    assert host.get(page).context["submission"] != host.get(page).context["submission"]


def test_what_was_typed_and_its_submission_stay_after_an_error(host: Client, page: str) -> None:
    response = answer(host, page, What.CONTESTED, "", submission="kept")
    assert (response.status_code, response.context["submission"]) == (422, "kept")
    assert "Say it in your words" in words_of(response)


def test_after_answering_it_says_what_was_noted_and_what_comes_next(host: Client, page: str) -> None:
    response = host.get(answer(host, page, What.CONTESTED, "It is a test chart.")["Location"])
    shown = words_of(response)
    assert "Thank you. We have your answer." in shown
    assert "It is a test chart." in shown
    assert "A senior analyst looks at it again" in shown
    assert response["Referrer-Policy"] == "no-referrer"


def test_coming_back_shows_what_was_said_by_this_link_and_by_no_other(host: Client, page: str, notice: Notice, analyst: Membership) -> None:
    answer(host, page, What.REPLIED, "Which of the two pages?")
    assert "Which of the two pages?" in words_of(host.get(page))
    other = f"/host/{sent(notice, analyst)}/"
    assert "Which of the two pages?" not in words_of(host.get(other))


@pytest.mark.parametrize("what", ["", "removed", What.SAYS_PRESERVED])
def test_what_was_not_asked_cannot_be_answered(host: Client, page: str, what: str) -> None:
    assert answer(host, page, what).status_code == 422
    assert HostAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x" * 8_001, "at most 8,000 characters"),
        ("x" * 2_500_000, "at most 8,000 characters"),
        ("a bell \x07 rings", "not text"),
        ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA", "picture"),
        ("iVBORw0KGgo" + "Ab1+" * 40, "picture"),
    ],
)
def test_too_much_and_pictures_in_disguise_are_refused_before_they_are_stored(host: Client, page: str, words: str, said: str) -> None:
    response = answer(host, page, What.REPLIED, words)
    assert response.status_code in (413, 422)
    assert said in words_of(response)
    assert HostAnswer.objects.count() == 0


def test_a_file_is_refused(host: Client, page: str) -> None:
    response = answer(host, page, What.REPLIED, "See the file.", file=SimpleUploadedFile("chart.png", b"a test chart"))
    assert (response.status_code, HostAnswer.objects.count()) == (422, 0)


def test_one_link_takes_so_many_answers_and_no_more(host: Client, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST", 2)
    for number in range(3):
        response = answer(host, page, submission=f"number {number}")
    assert (response.status_code, HostAnswer.objects.count()) == (422, 2)


@pytest.mark.parametrize(("state", "said", "status"), [("held", "This request rests", 200), ("withdrawn", "taken this request back", 410)])
def test_a_notice_that_rests_or_was_taken_back_says_so_and_no_more(
    host: Client, page: str, notice: Notice, analyst: Membership, state: str, said: str, status: int
) -> None:
    more: dict[str, Any] = {"held_at": moment.now()} if state == "held" else {"ended_at": moment.now(), "ended_by": analyst}
    Notice.objects.filter(pk=notice.pk).update(state=state, **more)
    for response in (host.get(page), answer(host, page), host.get(f"{page}noted/")):
        assert response.status_code == status
        assert said in words_of(response)
        assert "pictures.example" not in words_of(response)
        assert notice.reference not in words_of(response)
    assert HostAnswer.objects.count() == 0


def test_once_a_person_recorded_that_it_is_done_there_is_nothing_left_to_answer(
    host: Client, page: str, notice: Notice, analyst: Membership
) -> None:
    answer(host, page, What.SAYS_REMOVED, "Both are gone.")
    record_removed(notice=notice, how="The viewer shows nothing.", by=analyst)
    shown = words_of(host.get(page))
    assert ("We have recorded that this is done" in shown, "<form" in shown, "/item/1" in shown) == (True, False, False)
    assert "Both are gone." in shown
    answer(host, page, submission="later")
    assert HostAnswer.objects.count() == 1


def test_a_request_taken_back_at_the_desk_says_so_to_the_host(host: Client, page: str, notice: Notice, analyst: Membership) -> None:
    withdraw(notice=notice, reason="It was a test chart.", by=analyst)
    assert "We have taken this request back" in words_of(host.get(page))


def test_under_a_silence_a_link_looks_like_any_that_has_ended(host: Client, page: str, notice: Notice, analyst: Membership) -> None:
    records.keep_silent(record=notice.report.record, audience="host", reason="Police asked.", by=analyst, actor=analyst)
    silent = host.get(page)
    assert answer(host, page).content == silent.content
    records.lift_silence(
        silence=notice.report.record.silences.get(), reason="Police agreed.", by=factories.member("senior_analyst", analyst.agency)
    )
    HostLink.objects.update(ended_at=moment.now())
    ended = host.get(page)
    assert (silent.status_code, silent.content) == (ended.status_code, ended.content) == (410, ended.content)
    assert HostAnswer.objects.count() == 0


def test_an_expired_link_says_whom_to_ask(host: Client, page: str) -> None:
    with moment.standing_at(moment.now() + links.WORKS_FOR):
        response = host.get(page)
    assert response.status_code == 410
    assert "Ask us for a new one" in words_of(response)


def test_a_wrong_link_says_what_to_do_and_guessing_is_throttled(host: Client, page: str) -> None:
    response = host.get("/host/there-is-no-such-token/")
    assert response.status_code == 404
    assert "It may have been cut off" in words_of(response)
    for _time in range(links.WRONG_A_MINUTE):
        response = host.get("/host/there-is-no-such-token/")
    assert response.status_code == 429
    assert host.get(page).status_code == 200


def test_no_log_is_told_a_links_address(host: Client, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_them = [handler for handler in logging.getLogger().handlers if isinstance(handler, logging.StreamHandler)]
    [handler] = [handler for handler in all_of_them if isinstance(handler.formatter, WithoutLinks)]
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    token = page.split("/")[2]
    host.raise_request_exception = False
    host.get(page[:-2] + "/")  # cut off: 404
    host.get(f"{page}favicon.ico")  # nothing of ours: Django's own 404
    host.put(page)  # 405
    host.get(page, headers={"host": "elsewhere.example"})  # 400
    monkeypatch.setattr(links, "note_opened", lambda _link: 1 / 0)
    assert host.get(page).status_code == 500
    HostLink.objects.update(ended_at=moment.now())
    assert host.get(page).status_code == 410
    assert "ZeroDivisionError" in written.getvalue()
    assert "/host/…" in written.getvalue()
    assert token[:20] not in written.getvalue()
