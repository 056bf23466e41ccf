"""A list is pulled from a source, page by page, and never wrongly: whatever the source says, whenever it is cut off."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.exchange import actions, asking, pull
from havenline.foundation.lists.exchange.actions import pulling
from havenline.foundation.lists.exchange.models import Held, PageSeen, Pull, Source, Staged
from havenline.foundation.lists.models import KnownList, ListImport
from havenline.foundation.people.models import Membership
from havenline.foundation.work import queue
from tests.foundation.lists.exchange.feeds import (
    Answering,
    Asked,
    Feed,
    Said,
    at_page,
    deleted,
    image,
    of_ncmec,
    query_result,
    row,
    standing,
    updates,
)
from tests.foundation.lists.exchange.given import hash_list, md5, pdq, sha256

pytestmark = pytest.mark.django_db
Standing = Callable[..., tuple[Source, Feed]]


@pytest.fixture
def stands(settings: Any) -> Iterator[Standing]:
    """A list with a source that stands on loopback, which this installation may ask."""
    settings.INSTALLATION = replace(django_settings.INSTALLATION, may_ask_inside=("127.0.0.1",))
    with ExitStack() as stack:

        def make(kind: str, answers: Answering, *, path: str = "", **more: Any) -> tuple[Source, Feed]:
            feed = stack.enter_context(standing(answers))
            known_list = hash_list("Foreign hashes", origin="ncmec")
            said = {"user": "northmere", "secret": "a word of theirs"} | more
            return actions.set_source(known_list=known_list, kind=kind, address=feed.address + path, by=INSTALLATION, **said), feed

        yield make


def pull_all(source: Source) -> Source:
    """What the worker does until nothing is to be done now."""
    for turn in range(2):
        if turn and (source.pull is None or source.pull.state != Pull.State.HANDED):
            break
        for _pull in pull.go_on(source):
            pass
        queue.drain()
        source.refresh_from_db()
    return source


def on(known_list: KnownList) -> set[str]:
    return set(known_list.entries.live().values_list("value", flat=True))


def ncmec(*pages: str) -> Answering:
    return of_ncmec(*pages)


# What arrives


def test_what_ncmec_lists_stands_on_the_list_as_a_claim_of_theirs_in_their_words(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a"), pdq=pdq(1)), image(2, sha1="b" * 39 + "a", grade="B2"))))
    pull_all(source)
    assert on(source.known_list) == {md5("a"), pdq(1), "b" * 39 + "a"}
    entry = source.known_list.entries.get(signal="pdq")
    assert (entry.is_claim, entry.claimed_by, entry.claimed_grade, entry.grade) == (True, "Foreign hashes", "A1", "")
    assert entry.about == {"by": "Another hotline"}
    assert feed.asked[1].headers["authorization"].startswith("Basic ")
    assert (source.problem, source.failures, Staged.objects.count(), PageSeen.objects.count()) == ("", 0, 0, 0)


def test_pages_are_followed_to_the_end(stands: Standing) -> None:
    pages = [query_result(image(n, md5=md5(str(n))), next_=at_page(n + 1) if n < 4 else "") for n in range(5)]
    source, feed = stands("ncmec", ncmec(*pages))
    pull_all(source)
    assert on(source.known_list) == {md5(str(n)) for n in range(5)}
    assert source.pulls.get().pages == 5
    assert len(feed.asked) == 6


def test_what_is_deleted_at_ncmec_is_withdrawn_by_its_number_alone(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result(*(image(n, md5=md5(str(n))) for n in range(20)))))
    pull_all(source)
    feed.answers = ncmec(query_result(deleted(3)))
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert on(source.known_list) == {md5(str(n)) for n in range(20) if n != 3}
    gone = source.known_list.entries.get(value=md5("3"))
    assert gone.withdrawn_because == "source"


def test_a_value_that_two_numbers_hold_stands_until_both_are_deleted(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a")), image(2, md5=md5("a")))))
    pull_all(source)
    for number, left in ((1, {md5("a")}), (2, set())):
        feed.answers = ncmec(query_result(deleted(number)))
        actions.ask_now(source=source, by=INSTALLATION)
        pull_all(source)
        assert on(source.known_list) == left


def test_a_fingerprint_that_an_entry_has_no_longer_is_withdrawn(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a"), pdq=pdq(1)))))
    pull_all(source)
    feed.answers = ncmec(query_result(image(1, pdq=pdq(1))))
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert on(source.known_list) == {pdq(1)}


def test_an_entry_that_comes_and_goes_within_one_pull_ends_as_it_was_said_last(stands: Standing) -> None:
    pages = [
        query_result(image(1, md5=md5("a")), image(2, md5=md5("b")), next_=at_page(1)),
        query_result(deleted(1), next_=at_page(2)),
        query_result(deleted(2), image(1, md5=md5("a")), next_=at_page(3)),
        query_result(deleted(1), image(1, md5=md5("a"))),
    ]
    source, _feed = stands("ncmec", ncmec(*pages))
    pull_all(source)
    assert on(source.known_list) == {md5("a")}


def test_an_entry_that_comes_and_goes_from_pull_to_pull_is_listed_and_withdrawn_each_time(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a")))))
    for turn, said in enumerate((image(1, md5=md5("a")), deleted(1), image(1, md5=md5("a")), deleted(1))):
        feed.answers = ncmec(query_result(said))
        actions.ask_now(source=source, by=INSTALLATION)
        pull_all(source)
        assert on(source.known_list) == ({md5("a")} if turn % 2 == 0 else set())
    assert source.known_list.entries.count() == 2
    assert source.known_list.sequence == 4


def test_what_is_asked_next_begins_a_little_before_where_the_last_pull_ended(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result()))
    pull_all(source)
    until = feed.asked[-1].query["to"][0]
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert feed.asked[-1].query["from"][0] < until


def test_what_threatexchange_lists_and_takes_back(stands: Standing) -> None:
    def answers(asked: Asked) -> Said:
        assert asked.query["access_token"] == ["a word of theirs"]
        return Said(updates(row(1, md5("a")), row(2, pdq(1), kind="HASH_PDQ"), row(3, "word", kind="DEBUG_STRING")))

    source, feed = stands("threatexchange", answers, path="/v26.0/12")
    pull_all(source)
    assert on(source.known_list) == {md5("a"), pdq(1)}
    assert source.known_list.entries.get(signal="pdq").claimed_grade == "B"
    assert source.pulls.get().not_understood == 1
    feed.answers = lambda asked: Said(updates(row(1, "", kind="", gone=True, at=1_790_000_500)))
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert on(source.known_list) == {pdq(1)}
    assert source.cursor == {"since": 1_790_000_500}


def test_a_secret_stands_in_no_cursor(stands: Standing) -> None:
    source, feed = stands("threatexchange", lambda asked: Said(), path="/v26.0/12")
    feed.answers = lambda asked: Said(
        updates(row(1, md5("a")), next_=f"{feed.address}/v26.0/12/threat_updates/?access_token=a+word+of+theirs&after=x")
    )
    next(pull.go_on(source))
    kept = source.pulls.get().cursor
    assert "after=x" in kept["next"]
    assert "word" not in str(kept)
    assert "word" not in source.secret_sealed


def test_a_file_withdraws_what_it_names_no_longer(stands: Standing) -> None:
    lines = [f"md5,{md5(str(n))}\r\n" for n in range(20)]
    source, feed = stands("csv", lambda asked: Said("signal,value\r\n" + "".join(lines)), path="/list.csv")
    pull_all(source)
    assert len(on(source.known_list)) == 20
    feed.answers = lambda asked: Said("signal,value\r\n" + "".join(lines[1:]))
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert on(source.known_list) == {md5(str(n)) for n in range(1, 20)}


def test_a_file_that_has_not_changed_changes_nothing_and_leaves_no_trace_on_the_list(stands: Standing) -> None:
    source, feed = stands("csv", lambda asked: Said(f"signal,value\r\nmd5,{md5('a')}\r\n", headers={"ETag": '"one"'}))
    pull_all(source)
    feed.answers = lambda asked: Said(status=304) if asked.headers.get("if-none-match") == '"one"' else Said("", 500)
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert (source.problem, source.pulls.first().state, ListImport.objects.count()) == ("", "nothing", 1)


def test_a_long_file_is_kept_in_pieces(stands: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "AT_ONCE", 10)
    lines = [f"md5,{md5(str(n))}\r\n" for n in range(45)]
    source, _feed = stands("csv", lambda asked: Said("signal,value\r\n" + "".join(lines)))
    assert len(list(pull.go_on(source))) > 5
    queue.drain()
    assert len(on(source.known_list)) == 45


def test_what_does_not_fit_in_one_import_comes_with_the_next(stands: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "MOST_IN_AN_IMPORT", 10)
    source, _feed = stands("ncmec", ncmec(query_result(*(image(n, md5=md5(str(n))) for n in range(25)))))
    for _turn in range(3):
        pull_all(source)
    assert len(on(source.known_list)) == 25
    assert source.known_list.imports.count() == 3
    assert source.pulls.get().state == Pull.State.DONE


def test_what_is_no_hash_is_counted_and_not_listed(stands: Standing) -> None:
    source, _feed = stands("ncmec", ncmec(query_result(image(1, md5="not a hash"), image(2, md5=md5("a"), pdna="x"))))
    pull_all(source)
    assert on(source.known_list) == {md5("a")}
    assert source.pulls.get().not_understood == 2


# A shrinking list


@pytest.mark.parametrize("left", [2, 9])
def test_a_list_that_shrinks_by_more_than_half_waits_for_a_person(stands: Standing, senior_analyst: Membership, left: int) -> None:
    lines = [f"md5,{md5(str(n))}\r\n" for n in range(20)]
    source, feed = stands("csv", lambda asked: Said("signal,value\r\n" + "".join(lines)))
    pull_all(source)
    feed.answers = lambda asked: Said("signal,value\r\n" + "".join(lines[:left]))
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    assert len(on(source.known_list)) == 20
    held = ListImport.objects.get(state="held")
    assert held.withdrawals == 20 - left
    lists.apply_import(imported=held, reason="They tidied up, and said so by telephone.", by=senior_analyst)
    queue.drain()
    pull_all(source)
    assert len(on(source.known_list)) == left
    assert source.pulls.first().state == Pull.State.DONE


def test_what_a_person_refuses_is_not_asked_again_before_they_let_it_go_on(stands: Standing, senior_analyst: Membership) -> None:
    source, feed = stands("ncmec", ncmec(query_result(*(image(n, md5=md5(str(n))) for n in range(20)))))
    pull_all(source)
    before = source.cursor
    feed.answers = ncmec(query_result(*(deleted(n) for n in range(18)), image(30, md5=md5("30"))))
    actions.ask_now(source=source, by=INSTALLATION)
    pull_all(source)
    lists.refuse_import(imported=ListImport.objects.get(state="held"), reason="They made a mistake.", by=senior_analyst)
    pull_all(source)
    assert (source.cursor, source.paused_at is not None, len(on(source.known_list))) == (before, True, 20)
    assert Held.objects.filter(went=None).count() == 20
    actions.go_on(source=source, by=senior_analyst)
    feed.answers = ncmec(query_result(deleted(0), image(30, md5=md5("30"))))
    pull_all(source)
    assert on(source.known_list) == {md5(str(n)) for n in (*range(1, 20), 30)}


def test_a_pull_that_waits_for_a_person_is_not_begun_again(stands: Standing) -> None:
    lines = [f"md5,{md5(str(n))}\r\n" for n in range(20)]
    source, feed = stands("csv", lambda asked: Said("signal,value\r\n" + "".join(lines)))
    pull_all(source)
    feed.answers = lambda asked: Said(f"signal,value\r\nmd5,{md5('1')}\r\n")
    for _turn in range(3):
        actions.ask_now(source=source, by=INSTALLATION)
        pull_all(source)
    assert ListImport.objects.filter(state="held").count() == 1


# A source that lies


def failing(source: Source, words: str) -> None:
    """It failed and said so, and the list is as it was."""
    before = on(source.known_list)
    pull_all(source)
    assert words in source.problem
    assert source.failures == 1
    assert source.next_at > moment.now()
    assert on(source.known_list) == before


@pytest.mark.parametrize("sent_to", [0, 1], ids=["to itself", "back"])
def test_a_cursor_that_goes_round_in_a_ring(stands: Standing, sent_to: int) -> None:
    pages = [query_result(image(1, md5=md5("a")), next_=at_page(1)), query_result(image(2, md5=md5("b")), next_=at_page(sent_to))]
    source, feed = stands("ncmec", ncmec(*pages))
    failing(source, "round in a ring")
    assert len(feed.asked) < 6
    assert source.pull is None


def test_a_source_that_says_more_each_time_and_tells_nothing(stands: Standing) -> None:
    def answers(asked: Asked) -> Said:
        return Said(query_result(next_=at_page(int(asked.query.get("page", ["0"])[0]) + 1)))

    source, feed = stands("ncmec", answers)
    failing(source, "tells nothing")
    assert len(feed.asked) < 10


def test_a_source_without_an_end(stands: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "MOST_PAGES", 8)

    def answers(asked: Asked) -> Said:
        number = int(asked.query.get("page", ["0"])[0])
        return Said(query_result(image(number, md5=md5(str(number))), next_=at_page(number + 1)))

    source, _feed = stands("ncmec", answers)
    failing(source, "no end")


@pytest.mark.parametrize(
    "next_",
    ["https://elsewhere.example/v2/entries?page=1", "//elsewhere.example/x", "/v3/other?page=1", "/v2/entries?a b", "@elsewhere.example/"],
)
def test_a_source_that_goes_on_elsewhere(stands: Standing, next_: str) -> None:
    source, _feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a")), next_=next_)))
    failing(source, "none of its own")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/v26.0/12/threat_updates/?after=x",
        "{here}/v26.0/13/threat_updates/?after=x",
        "{here}/v26.0/12/../13/threat_updates/?after=x",
        "http://127.0.0.1:1/v26.0/12/threat_updates/?after=x",
        "{here_with_user}/v26.0/12/threat_updates/?after=x",
    ],
)
def test_our_secret_follows_no_page_to_another_server(stands: Standing, elsewhere: str) -> None:
    source, feed = stands("threatexchange", lambda asked: Said(), path="/v26.0/12")
    where = elsewhere.format(here=feed.address, here_with_user=feed.address.replace("//", "//somebody@"))
    feed.answers = lambda asked: Said(updates(row(1, md5("a")), next_=where))
    failing(source, "not sent there")
    assert len(feed.asked) == 1


def test_a_cursor_of_the_future_in_ncmec(stands: Standing) -> None:
    source, _feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a")), latest="2099-01-01T00:00:00Z")))
    failing(source, "cannot be believed")


def test_a_cursor_of_the_future_in_threatexchange(stands: Standing) -> None:
    source, _feed = stands("threatexchange", lambda asked: Said(updates(row(1, md5("a"), at=4_000_000_000))), path="/12")
    failing(source, "its own clock")
    assert source.cursor == {}


# Clocks


@pytest.mark.parametrize("ahead", [-7_200, 7_200])
def test_a_source_is_asked_up_to_its_own_present_moment(stands: Standing, ahead: int) -> None:
    source, feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a")))))
    feed.clock = ahead
    pull_all(source)
    until = asking.moment_in(feed.asked[-1].query["to"][0], "to")
    assert abs((until - moment.now()).total_seconds() - ahead) < 60
    assert abs(source.clock_off - ahead) < 60
    assert on(source.known_list) == {md5("a")}


def test_a_source_whose_clock_went_back_is_not_believed_to_have_nothing(stands: Standing) -> None:
    source, feed = stands("ncmec", ncmec(query_result(image(1, md5=md5("a")))))
    pull_all(source)
    feed.clock = -7_200
    actions.ask_now(source=source, by=INSTALLATION)
    failing(source, "one of both was wrong")


# Half of it, and other forms


@pytest.mark.parametrize("kind", ["ncmec", "threatexchange", "csv"])
def test_half_an_answer_is_none(stands: Standing, kind: str) -> None:
    whole = {
        "ncmec": query_result(image(1, md5=md5("a"))),
        "threatexchange": updates(row(1, md5("a"))),
        "csv": f"signal,value\r\nmd5,{md5('a')}\r\nmd5,{md5('b')}\r\n",
    }[kind]
    source, _feed = stands(
        kind, lambda asked: Said(whole[: len(whole) // 2], length=len(whole)) if "status" not in asked.path else Said("<status/>")
    )
    failing(source, "It was not read")


@pytest.mark.parametrize(("kind", "words"), [("ncmec", "Line 1"), ("threatexchange", "no JSON"), ("csv", "was cut off")])
def test_half_an_answer_whose_length_is_right_is_none(stands: Standing, kind: str, words: str) -> None:
    whole = {
        "ncmec": query_result(image(1, md5=md5("a"))),
        "threatexchange": updates(row(1, md5("a"))),
        "csv": f"signal,value\r\nmd5,{md5('a')}\r\nmd5,{md5('b')}\r\n",
    }[kind]
    source, _feed = stands(kind, lambda asked: Said(whole[: len(whole) - 20]))
    failing(source, words)


def test_a_file_of_no_told_length_is_not_read(stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said(f"signal,value\r\nmd5,{md5('a')}\r\n", raw_end=True))
    failing(source, "how long the file is")


def test_a_file_in_another_encoding_is_not_read(stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said(f"signal,value\r\nmd5,{md5('a')}\r\n".encode("utf-16")))
    failing(source, "not UTF-8")


def test_xml_in_an_encoding_that_it_names_is_read(stands: Standing) -> None:
    page = query_result(image(1, md5=md5("a"))).replace("UTF-8", "ISO-8859-1").replace("Another", "Ändere")
    source, _feed = stands("ncmec", lambda asked: Said(page.encode("latin-1")))
    pull_all(source)
    assert source.known_list.entries.get().about == {"by": "Ändere hotline"}


def test_xml_with_a_document_type_is_not_read(stands: Standing) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><queryResult>&c;</queryResult>'
    source, _feed = stands("ncmec", lambda asked: Said(bomb))
    failing(source, "document type")


def test_an_answer_that_is_too_long_is_not_read(stands: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LARGEST_FILE", 1_000)
    source, _feed = stands("csv", lambda asked: Said("signal,value\r\n" + f"md5,{md5('a')}\r\n" * 100))
    failing(source, "more than 0 MB")


def test_a_secret_does_not_leave_in_clear_to_anybody_outside(stands: Standing, settings: Any) -> None:
    source, feed = stands("csv", lambda asked: Said())
    settings.INSTALLATION = replace(settings.INSTALLATION, may_ask_inside=())
    failing(source, "https://")
    assert feed.asked == []


# Refusals and pauses


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(status=401), "refuses our name and secret"),
        (Said(status=302, headers={"Location": "http://127.0.0.1:1/"}), "lies elsewhere"),
        (Said("<h1>Broken</h1>", 500, {"Content-Type": "text/html"}), "It answers 500"),
        (Said("no list\x1b[31m here", 404, {"Content-Type": "text/plain"}), "It answers 404: no list[31m here"),
    ],
)
def test_what_a_source_answers_stands_where_people_see_it(stands: Standing, said: Said, words: str) -> None:
    source, _feed = stands("csv", lambda asked: said)
    failing(source, words)


def test_a_pause_grows_with_each_failure_and_ends_with_a_success(stands: Standing) -> None:
    source, feed = stands("csv", lambda asked: Said(status=500))
    pauses = []
    for _turn in range(12):
        source.next_at = moment.now()
        source.save()
        for _pull in pull.go_on(source):
            pass
        source.refresh_from_db()
        pauses.append((source.next_at - moment.now()).total_seconds())
    assert [round(pause / 60) for pause in pauses[:5]] == [1, 2, 4, 8, 16]
    assert round(pauses[-1]) == 6 * 3600
    feed.answers = lambda asked: Said(f"signal,value\r\nmd5,{md5('a')}\r\n")
    pull_all(source)
    assert (source.failures, source.problem) == (0, "")


def test_a_source_that_asks_to_be_left_alone_is(stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said(status=429, headers={"Retry-After": "7200"}))
    pull_all(source)
    assert source.next_at > moment.now() + timedelta(seconds=7_000)


def test_a_paused_source_is_not_due(stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said())
    assert pull.due() == [source]
    actions.pause(source=source, by=INSTALLATION)
    assert pull.due() == []


# Cut off


def test_a_pull_that_stops_after_any_page_goes_on_there_and_loses_and_doubles_nothing(stands: Standing) -> None:
    pages = [query_result(image(n, md5=md5(str(n)), pdq=pdq(n)), next_=at_page(n + 1) if n < 5 else "") for n in range(6)]
    source, feed = stands("ncmec", ncmec(*pages))
    while source.pulls.first() is None or source.pulls.first().state == Pull.State.READING:
        for _pull in pull.go_on(source, until=time.monotonic()):
            pass
    pull_all(source)
    assert on(source.known_list) == {md5(str(n)) for n in range(6)} | {pdq(n) for n in range(6)}
    assert source.known_list.entries.count() == 12
    assert sorted(one.query.get("page", ["0"])[0] for one in feed.asked if "status" not in one.path) == list("012345")


def test_two_workers_do_not_read_a_source_at_once(stands: Standing) -> None:
    pages = [query_result(image(n, md5=md5(str(n))), next_=at_page(n + 1) if n < 3 else "") for n in range(4)]
    source, feed = stands("ncmec", ncmec(*pages))
    first = pull.go_on(source)
    next(first)
    assert list(pull.go_on(Source.objects.get(pk=source.pk))) == []
    for _pull in first:
        pass
    assert len(feed.asked) == 5


def test_a_worker_that_was_taken_for_dead_keeps_nothing_more(stands: Standing) -> None:
    pages = [query_result(image(n, md5=md5(str(n))), next_=at_page(n + 1) if n < 3 else "") for n in range(4)]
    source, _feed = stands("ncmec", ncmec(*pages))
    slow = pull.go_on(source)
    next(slow)
    Source.objects.update(taken_at=moment.now() - timedelta(minutes=10))
    other = pull.go_on(Source.objects.get(pk=source.pk))
    next(other)
    assert list(slow) == []
    for _pull in other:
        pass
    queue.drain()
    assert on(source.known_list) == {md5(str(n)) for n in range(4)}


def test_a_file_that_was_cut_off_between_two_pieces_and_changed_since_leaves_nothing_of_the_first(
    stands: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "AT_ONCE", 2)
    source, feed = stands("csv", lambda asked: Said("signal,value\r\n" + "".join(f"md5,{md5(str(n))}\r\n" for n in range(6))))
    stopped = pull.go_on(source)
    next(stopped)
    stopped.close()
    feed.answers = lambda asked: Said("signal,value\r\n" + "".join(f"md5,{md5(str(n))}\r\n" for n in range(3, 6)))
    pull_all(source)
    assert on(source.known_list) == {md5(str(n)) for n in range(3, 6)}


# Where it is named


def test_only_a_list_of_another_bodys_has_a_source() -> None:
    with pytest.raises(actions.BadSource, match="another body"):
        actions.set_source(known_list=hash_list(), kind="csv", address="https://lists.example/a.csv", by=INSTALLATION)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://lists.example/a",
        "lists.example",
        "https://",
        "https://a:b@lists.example/",
        "https://lists.example/?key=1",
        "https://lists.example/ä",
        "https://lists.example:99999/",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(actions.BadSource):
        actions.set_source(known_list=hash_list(origin="hotline"), kind="csv", address=address, by=INSTALLATION)


def test_another_place_begins_anew_and_does_not_get_the_secret_of_the_first(stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said(f"signal,value\r\nmd5,{md5('a')}\r\n"))
    pull_all(source)
    assert source.cursor
    moved = actions.set_source(known_list=source.known_list, kind="csv", address="https://elsewhere.example/a.csv", by=INSTALLATION)
    assert (moved.cursor, moved.secret_sealed) == ({}, "")


def test_a_secret_is_kept_where_only_the_text_of_its_address_changes_not(stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said())
    again = actions.set_source(known_list=source.known_list, kind="csv", address=source.address, every_minutes=60, by=INSTALLATION)
    assert actions.secret_of(again) == "a word of theirs"


def test_only_a_senior_analyst_of_the_keeper_names_a_source(analyst: Membership, stands: Standing) -> None:
    source, _feed = stands("csv", lambda asked: Said())
    with pytest.raises(PermissionError):
        actions.pause(source=source, by=analyst)
    assert sha256("a")
