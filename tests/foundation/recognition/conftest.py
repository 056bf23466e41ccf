"""Lists of random bits, keys that may ask, and an index of this home."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, ApiKey
from havenline.foundation.recognition.follower import Follower
from havenline.foundation.recognition.kept import Home
from havenline.foundation.recognition.recogniser import Recogniser, opened
from tests import factories

_noise = random.Random(7)


def bits() -> bytes:
    """A benign hash: 32 random bytes."""
    return _noise.randbytes(32)


def turned(hash_: bytes, *places: int) -> bytes:
    """The same hash with these bits turned."""
    number = int.from_bytes(hash_, "big")
    for place in places:
        number ^= 1 << place
    return number.to_bytes(32, "big")


@pytest.fixture
def hotline() -> Agency:
    return factories.agency("hotline")


@pytest.fixture
def platform() -> Agency:
    return factories.agency("platform")


@pytest.fixture
def known_list(hotline: Agency, platform: Agency) -> KnownList:
    """Our own list of hashes; the platform may match it."""
    made = lists.make_list(name="Our hashes", kind="hash", origin="own", agency=hotline, by=INSTALLATION)
    lists.let_read(known_list=made, agency=platform, may_match=True, by=INSTALLATION)
    return made


@pytest.fixture
def put() -> Callable[..., ListEntry]:
    """Put one value on a list."""

    def put_on(known_list: KnownList, value: bytes | str, *, signal: str = "pdq", **more: object) -> ListEntry:
        text = value.hex() if isinstance(value, bytes) else value
        said = {name: more.pop(name) for name in ("quality", "grade", "claimed_grade", "about") if name in more}
        new = lists.NewEntry(signal, text, **said)  # type: ignore[arg-type]
        return lists.add_entries(known_list=known_list, new=[new], by=INSTALLATION, **more).entries[0]  # type: ignore[arg-type]

    return put_on


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "recognition")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def follower(home: Home, said: list[str]) -> Iterator[Follower]:
    made = Follower(home, say=said.append)
    yield made
    if made.generation is not None:
        made.generation.close()


@pytest.fixture
def recogniser(home: Home, follower: Follower, tmp_path: Path) -> Recogniser:
    """One worker's, with an index; it looks anew when `freshen` is called."""
    follower.turn()
    home.say_followed()
    made = opened(home.folder.parent, tmp_path / "run", rate=20_000, most=100_000)
    made.freshen()
    return made


@pytest.fixture
def key(platform: Agency) -> tuple[ApiKey, str]:
    return people.make_api_key(agency=platform, by=INSTALLATION)
