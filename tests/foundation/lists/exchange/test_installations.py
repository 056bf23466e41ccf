"""Real installations: one reads the other's list over HTTP, by snapshot and changes; and one is killed while it reads a source."""

import random
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.place import Place, kill
from tests.foundation.lists.exchange.feeds import Asked, Said, at_page, image, of_ncmec, query_result, standing
from tests.foundation.lists.exchange.given import md5

pytestmark = pytest.mark.slow
ACTING = (
    "from havenline.foundation.ledger.actors import INSTALLATION; from havenline.foundation.lists import actions as lists;"
    "from havenline.foundation.lists.exchange import actions; from havenline.foundation.lists.models import KnownList, ListEntry;"
    "from havenline.foundation.people.models import Agency; from havenline.foundation.people import actions as people;"
    "hotline = Agency.objects.get(kind='hotline');"
)
VALUES = "print(*sorted(ListEntry.objects.live().values_list('value', flat=True)))"


@pytest.fixture
def taking(tmp_path: Path) -> Place:
    """An installation that may ask this machine."""
    (tmp_path / "taking").mkdir()
    place = Place(tmp_path / "taking")
    toml = place.home / "havenline.toml"
    toml.write_text('may_ask_inside = ["127.0.0.1"]\n' + toml.read_text())
    place.python(f"{ACTING} lists.make_list(name='Theirs', kind='hash', origin='hotline', agency=hotline, by=INSTALLATION)")
    return place


@pytest.fixture
def giving(tmp_path: Path) -> Iterator[tuple[Place, str, str]]:
    """Another, whose API serves; a platform's key there, and the key that signs its lists."""
    (tmp_path / "giving").mkdir()
    place = Place(tmp_path / "giving")
    raw = place.python(
        f"{ACTING} known = lists.make_list(name='Ours', kind='hash', origin='own', agency=hotline, by=INSTALLATION);"
        f"lists.add_entries(known_list=known, new=[lists.NewEntry('md5', one, grade='A') for one in {[md5(str(n)) for n in range(30)]}],"
        "by=INSTALLATION);"
        "taker = people.add_agency(name='Another Hotline', kind='platform', by=INSTALLATION);"
        "lists.let_read(known_list=known, agency=taker, may_be_sent=True, by=INSTALLATION);"
        "print(people.make_api_key(agency=taker, by=INSTALLATION)[1])"
    )
    process = place.start("serve", "--role", "api", "--port", str(place.port), until_served=False)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                asked = urllib.request.Request(
                    f"http://127.0.0.1:{place.port}/api/v1/openapi.json", headers={"Host": f"localhost:{place.port}"}
                )
                urllib.request.urlopen(asked, timeout=5)  # noqa: S310  (our own process)
                break
            except OSError:
                assert process.poll() is None, place.log.read_text()
                time.sleep(0.2)
        yield place, raw, place.command("lists", "key").strip()
    finally:
        kill(process)


def test_two_installations_exchange_a_list_by_snapshot_and_changes(giving: tuple[Place, str, str], taking: Place, tmp_path: Path) -> None:
    there, raw, signer = giving
    taking.python(
        f"{ACTING} actions.set_source(known_list=KnownList.objects.get(), kind='snapshot', secret={raw!r}, signers={signer!r},"
        f"address='http://localhost:{there.port}/api/v1/lists/ours', by=INSTALLATION)"
    )
    assert "https://" in taking.command("lists", "pull", "theirs", code=1)  # no may_ask_inside lists it
    toml = taking.home / "havenline.toml"
    toml.write_text(toml.read_text().replace('["127.0.0.1"]', '["127.0.0.1", "localhost"]'))
    assert "30 entries" in taking.command("lists", "pull", "theirs")
    assert taking.python(f"{ACTING} {VALUES}").split() == sorted(md5(str(n)) for n in range(30))
    assert (
        taking.python(f"{ACTING} entry = ListEntry.objects.first(); print(entry.is_claim, entry.claimed_grade, entry.claimed_by)")
        == "True A Theirs"
    )

    there.python(
        f"{ACTING} known = KnownList.objects.get();"
        f"lists.withdraw(entry=ListEntry.objects.get(value={md5('7')!r}), by=INSTALLATION);"
        f"lists.add_entries(known_list=known, new=[lists.NewEntry('md5', {md5('new')!r})], by=INSTALLATION)"
    )
    assert "30 entries" in taking.command("lists", "pull", "theirs")
    held = set(taking.python(f"{ACTING} {VALUES}").split())
    assert held == {md5(str(n)) for n in range(30) if n != 7} | {md5("new")}
    assert "another-hotline" in there.command("lists", "serve-info")
    assert "ok      lists from others" in re.sub(r"\x1b\[[0-9;]*m", "", taking.command("doctor", code=1))

    whole = tmp_path / "list.ndjson"
    headers = {"Authorization": f"Bearer {raw}", "Host": f"localhost:{there.port}"}
    asked = urllib.request.Request(f"http://127.0.0.1:{there.port}/api/v1/lists/ours/snapshot", headers=headers)
    whole.write_bytes(urllib.request.urlopen(asked, timeout=10).read())  # noqa: S310
    assert "It holds." in taking.command("lists", "verify", str(whole), "--key", signer)
    whole.write_bytes(whole.read_bytes()[:-200])
    assert "does not hold" in taking.command("lists", "verify", str(whole), "--key", signer, code=1)


def test_a_pull_that_is_killed_again_and_again_loses_and_doubles_nothing(
    taking: Place, record_property: Callable[[str, object], None]
) -> None:
    count = 60
    pages = [
        query_result(*(image(10 * n + k, md5=md5(f"{n} {k}")) for k in range(5)), next_=at_page(n + 1) if n < count - 1 else "")
        for n in range(count)
    ]
    answers = of_ncmec(*pages)

    def slowly(asked: Asked) -> Said:
        time.sleep(0.05)
        return answers(asked)

    chance, kills = random.Random(7), 0
    with standing(slowly) as feed:
        taking.python(
            f"{ACTING} actions.set_source(known_list=KnownList.objects.get(), kind='ncmec', user='n', secret='s',"
            f"address={feed.address!r}, by=INSTALLATION)"
        )
        for _turn in range(6):
            process = taking.start("lists", "pull", "theirs", until_served=False)
            began = len(feed.asked)
            deadline = time.monotonic() + 60
            while len(feed.asked) < began + chance.randint(2, 9) and process.poll() is None and time.monotonic() < deadline:
                time.sleep(chance.random() / 50)
            kill(process)
            kills += 1
            taking.python("from havenline.foundation.lists.exchange.models import Source; Source.objects.update(taken_at=None)")
        assert "300 entries" in taking.command("lists", "pull", "theirs")
    assert set(taking.python(f"{ACTING} {VALUES}").split()) == {md5(f"{n} {k}") for n in range(count) for k in range(5)}
    assert taking.count("lists.ListEntry") == 300
    again = sum("status" not in one.path for one in feed.asked) - count
    assert again <= 2 * kills, "pages that had been kept were read again"
    record_property("kills of a pull", kills)
