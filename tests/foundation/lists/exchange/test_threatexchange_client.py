"""Meta's own clients, as they are published and unmodified, read what we serve: NCMEC's hash sharing and ThreatExchange."""

import sys
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import requests
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.clients.fb_threatexchange.api import ThreatExchangeAPI
from threatexchange.exchanges.clients.fb_threatexchange.threat_updates import ThreatUpdateJSON, ThreatUpdatesDelta
from threatexchange.exchanges.clients.ncmec.hash_api import FeedbackType, FingerprintType, NCMECEntryType, NCMECHashAPI

from havenline.foundation import moment
from havenline.foundation.lists.exchange import ncmec_views
from havenline.foundation.lists.exchange.models import Feedback, Reading
from havenline.foundation.lists.models import KnownList, ListChange
from tests import factories
from tests.foundation.lists.exchange.given import add, hash_list, key_for, md5, pdq, sha256, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client writes its machine's own hour as if it were UTC: our guide says to run it so."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def ncmec(live_server: LiveServer, known_list: KnownList, key: str) -> NCMECHashAPI:
    """The client takes an environment, of which it asks its address alone."""
    where: Any = SimpleNamespace(value=f"{live_server.url}/lists/{known_list.slug}/ncmec")
    return NCMECHashAPI("chat.example", key, where)


def earlier(known_list: KnownList, **by: int) -> None:
    """Let what has happened on a list have happened before now: the client asks up to now, and whole seconds."""
    for change in ListChange.objects.filter(known_list=known_list):
        change.at -= timedelta(**by)
        change.save()


def everything(client: NCMECHashAPI, since: int = 0) -> list[Any]:
    return [update for page in client.get_entries_iter(start_timestamp=since) for update in page.updates]


def test_the_client_of_ncmec_reads_who_it_is_and_who_keeps_the_list(live_server: LiveServer) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list)
    client = ncmec(live_server, known_list, raw)
    assert client.status().esp_name == "chat.example"
    assert {one.esp_name for one in client.members()} == {"chat.example", "Northmere Hotline"}


def test_the_client_of_ncmec_reads_each_value_with_its_grade(live_server: LiveServer) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("pdq", pdq(1)), ("sha1", "a" * 39 + "b"), grade="A")
    earlier(known_list, minutes=1)
    _key, raw = key_for(known_list)
    found = everything(ncmec(live_server, known_list, raw))
    assert [one.fingerprints for one in found] == [{"md5": md5("a")}, {"pdq": pdq(1)}, {"sha1": "a" * 39 + "b"}]
    assert {one.classification for one in found} == {"A"}
    assert {one.entry_type for one in found} == {NCMECEntryType.image}
    assert {one.member_id for one in found} == {known_list.agency_id}
    assert not any(one.deleted for one in found)


def test_the_client_of_ncmec_is_told_what_was_withdrawn(live_server: LiveServer) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("md5", md5("b")))
    earlier(known_list, hours=1)
    _key, raw = key_for(known_list)
    client = ncmec(live_server, known_list, raw)
    ids = {one.fingerprints["md5"]: one.id for one in everything(client)}
    until = int((moment.now() - timedelta(minutes=30)).timestamp())
    withdraw(known_list, md5("a"))
    earlier(known_list, minutes=1)
    since = everything(client, since=until)
    assert [(one.id, one.deleted, one.fingerprints) for one in since] == [(ids[md5("a")], True, {})]


def test_the_client_of_ncmec_follows_pages_to_the_end(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ncmec_views, "A_PAGE", 7)
    known_list = hash_list()
    values = [sha256(str(number)) for number in range(40)]
    add(known_list, *(("sha256", value) for value in values))
    earlier(known_list, minutes=1)
    _key, raw = key_for(known_list)
    client = ncmec(live_server, known_list, raw)
    pages = list(client.get_entries_iter())
    assert [len(page.updates) for page in pages] == [7, 7, 7, 7, 7, 5]
    assert [one.fingerprints["sha256"] for page in pages for one in page.updates] == values
    assert pages[0].estimated_entries_in_range == 40


def test_what_changes_while_a_client_of_ncmec_reads_is_told_to_it_next_time(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ncmec_views, "A_PAGE", 2)
    known_list = hash_list()
    add(known_list, *(("md5", md5(str(number))) for number in range(6)))
    earlier(known_list, minutes=10)
    _key, raw = key_for(known_list)
    client = ncmec(live_server, known_list, raw)
    end = int((moment.now() - timedelta(minutes=5)).timestamp())
    pages = client.get_entries_iter(end_timestamp=end)
    first = next(pages)
    withdraw(known_list, md5("0"))
    withdraw(known_list, md5("5"))
    rest = [update for page in pages for update in page.updates]
    ListChange.objects.filter(what=ListChange.What.WITHDRAWN).update(at=moment.now() - timedelta(minutes=1))
    holds = {one.id: one.fingerprints for one in [*first.updates, *rest] if not one.deleted}
    for one in client.get_entries(start_timestamp=end).updates:
        holds.pop(one.id, None)
    assert sorted(one["md5"] for one in holds.values()) == sorted(md5(str(number)) for number in range(1, 5))


def test_the_flow_control_of_the_exchange_reads_it_all(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own exchange, which guesses at spans of time; of its hasher, which has no wheel, it only asks the name."""
    monkeypatch.setitem(sys.modules, "pdqhash", ModuleType("pdqhash"))
    from threatexchange.exchanges.impl.ncmec_api import NCMECCollabConfig, NCMECSignalExchangeAPI

    monkeypatch.setattr(ncmec_views, "A_PAGE", 5)
    known_list = hash_list()
    values = [pdq(number) for number in range(23)]
    for number, value in enumerate(values):
        add(known_list, ("pdq", value))
        ListChange.objects.filter(sequence=number + 1).update(at=moment.now() - timedelta(hours=240 - number * 10))
    _key, raw = key_for(known_list)
    where: Any = SimpleNamespace(value=f"{live_server.url}/lists/{known_list.slug}/ncmec")
    exchange = NCMECSignalExchangeAPI(NCMECCollabConfig(name="ours", environment=where), "chat.example", raw)
    found: dict[str, Any] = {}
    checkpoint = None
    for delta in exchange.fetch_iter([], checkpoint):
        for key, update in delta.updates.items():
            merged = exchange.fetch_value_merge(found.get(key), update)
            assert merged is not None
            found[key] = merged
        checkpoint = delta.checkpoint
    assert {one.fingerprints["pdq"] for one in found.values()} == set(values)
    assert checkpoint is not None
    assert checkpoint.paging_info is None


def test_the_client_of_ncmec_says_what_it_thinks_of_an_entry(live_server: LiveServer) -> None:
    known_list = hash_list()
    entry = add(known_list, ("md5", md5("a")))[0]
    earlier(known_list, minutes=1)
    key, raw = key_for(known_list)
    client = ncmec(live_server, known_list, raw)
    told = everything(client)[0]
    reasons = client.feedback_reasons(FingerprintType.md5)
    assert len(reasons) == len(Feedback.Reason.values)
    wrong = next(guid for guid, name in reasons.items() if name == "It fits other pictures")
    client.submit_feedback(told.member_id, told.id, FingerprintType.md5, FeedbackType.downvote, wrong)
    feedback = Feedback.objects.get(entry=entry)
    assert (feedback.is_affirmative, feedback.reason, feedback.agency) == (False, "collides", key.agency)
    assert everything(client)[0].feedback["MD5"][0].reason == "It fits other pictures"
    client.submit_upvote(told.member_id, told.id, FingerprintType.md5)
    assert Feedback.objects.get(entry=entry).is_affirmative
    assert everything(client)[0].feedback["MD5"][0].feedback_type == FeedbackType.upvote


def test_the_client_of_ncmec_with_a_wrong_key_is_refused(live_server: LiveServer) -> None:
    known_list = hash_list()
    with pytest.raises(requests.HTTPError, match="401"):
        ncmec(live_server, known_list, "nobody.knows").status()


def test_a_list_that_is_not_theirs_looks_like_none(live_server: LiveServer) -> None:
    theirs, other = hash_list(), hash_list("Other hashes")
    _key, raw = key_for(theirs)
    with pytest.raises(requests.HTTPError, match="404"):
        ncmec(live_server, other, raw).status()


def test_a_clock_that_is_ahead_of_ours_is_told_so(live_server: LiveServer) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list)
    ahead = int(moment.now().timestamp()) + 90
    answer = requests.get(
        f"{live_server.url}/lists/{known_list.slug}/ncmec/v2/entries",
        params={"from": "2026-01-01T00:00:00Z", "to": f"{moment.now() + timedelta(seconds=90):%Y-%m-%dT%H:%M:%SZ}"},
        auth=("chat.example", raw),
        timeout=10,
    )
    assert answer.status_code == 400
    assert "after our own clock" in answer.text
    with pytest.raises(requests.HTTPError, match="400"):
        ncmec(live_server, known_list, raw).get_entries(end_timestamp=ahead)


def test_how_far_a_client_of_ncmec_came_is_known_by_the_moment_that_it_comes_back_with(live_server: LiveServer) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("md5", md5("b")))
    earlier(known_list, minutes=10)
    _key, raw = key_for(known_list)
    client = ncmec(live_server, known_list, raw)
    everything(client)
    assert Reading.objects.get().position == 0
    everything(client, since=int((moment.now() - timedelta(minutes=5)).timestamp()))
    assert Reading.objects.get().position == 2


# ThreatExchange


def graph(live_server: LiveServer, key: str) -> ThreatExchangeAPI:
    return ThreatExchangeAPI(f"10000001|{key}", endpoint_override=f"{live_server.url}/lists/threatexchange")


def test_the_client_of_threatexchange_reads_updates_and_tombstones(live_server: LiveServer) -> None:
    known_list = hash_list()
    add(known_list, ("pdq", pdq(1)), ("md5", md5("a")), ("sha256", sha256("b")), grade="B")
    withdraw(known_list, md5("a"))
    _key, raw = key_for(known_list)
    updates = [
        one for page in graph(live_server, raw).get_threat_updates(known_list.pk, page_size=2, decode_fn=ThreatUpdateJSON) for one in page
    ]
    assert [(one.threat_type, one.indicator, one.should_delete) for one in updates] == [
        ("HASH_PDQ", pdq(1), False),
        ("HASH_SHA256", sha256("b"), False),
        ("HASH_MD5", md5("a"), True),
    ]
    descriptor = updates[0].raw_json["descriptors"]["data"][0]
    assert (descriptor["status"], descriptor["owner"]["id"]) == ("MALICIOUS", str(known_list.agency_id))


def test_the_delta_of_threatexchange_goes_on_from_its_own_moment(live_server: LiveServer) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")))
    _key, raw = key_for(known_list)
    delta = ThreatUpdatesDelta(known_list.pk)
    while not delta.done:
        delta.one_fetch(graph(live_server, raw))
    assert [one.indicator for one in delta] == [md5("a")]
    withdraw(known_list, md5("a"))
    last = max(one.time for one in delta)
    after = ThreatUpdatesDelta(known_list.pk, start=last)
    while not after.done:
        after.one_fetch(graph(live_server, raw))
    assert [(one.indicator, one.should_delete) for one in after] == [(md5("a"), True)]


def test_the_client_of_threatexchange_lists_groups_and_descriptors(live_server: LiveServer) -> None:
    known_list = hash_list()
    hash_list("Not theirs")
    add(known_list, ("md5", md5("a")), ("md5", md5("b")), ("md5", md5("c")))
    _key, raw = key_for(known_list)
    client = graph(live_server, raw)
    assert [one.name for one in client.get_threat_privacy_groups_member()] == ["Northmere hashes"]
    assert client.get_privacy_group(known_list.pk).name == "Northmere hashes"
    found = [one for page in client.search_threat_descriptors(privacy_groups=[known_list.pk], page_size=2) for one in page]
    assert [one["raw_indicator"] for one in found] == [md5("a"), md5("b"), md5("c")]


def test_the_next_page_of_threatexchange_lies_here(live_server: LiveServer) -> None:
    known_list = hash_list()
    add(known_list, *(("md5", md5(str(number))) for number in range(5)))
    _key, raw = key_for(known_list)
    page = graph(live_server, raw).get_threat_updates(known_list.pk, page_size=2)
    page.next()
    assert page.next_url.startswith(live_server.url)


def test_a_key_of_another_platform_reads_what_that_one_is_sent(live_server: LiveServer) -> None:
    first, second = hash_list(), hash_list("Second")
    _key, raw = key_for(second, agency=factories.agency("platform", "other.example"))
    assert requests.get(f"{live_server.url}/lists/threatexchange/{first.pk}", params={"access_token": raw}, timeout=10).status_code == 404
    assert requests.get(f"{live_server.url}/lists/threatexchange/{second.pk}", params={"access_token": raw}, timeout=10).status_code == 200
