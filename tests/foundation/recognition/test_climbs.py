"""Who climbs towards what is known is paused; ordinary traffic is not."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, ApiKey, Membership, NotYourRole
from havenline.foundation.recognition import actions, climbs, events
from havenline.foundation.recognition.follower import Follower
from havenline.foundation.recognition.grants import Grant
from havenline.foundation.recognition.kept import Generation
from havenline.foundation.recognition.meter import ROW, Meter, may_measure, take
from havenline.foundation.recognition.models import Pause
from havenline.foundation.recognition.recogniser import Paused, Recogniser, Wait
from havenline.site import database_roles
from tests import databases, factories
from tests.foundation.recognition.conftest import bits, turned

pytestmark = pytest.mark.django_db(transaction=True)

Put = Callable[..., ListEntry]
chance = random.Random(21)


@pytest.fixture
def asks(recogniser: Recogniser, follower: Follower, known_list: KnownList, key: tuple[ApiKey, str]) -> Callable[..., bool]:
    """Look up hashes as the platform; whether one of them matched. Raises Paused."""

    def asked(*hashes: bytes) -> bool:
        grant = recogniser.grants.of(key[1], at=0.0)
        if grant is None:
            follower.turn()
            recogniser.freshen()
            grant = recogniser.grants.of(key[1], at=0.0)
        assert grant is not None
        return bool(recogniser.look_up_hashes(grant, np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)))

    return asked


def apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def climb(asks: Callable[..., bool], start: bytes, goal: bytes) -> int:
    """Somebody changes a picture a little, keeps what came nearer, and asks each time; how far they were when they were stopped."""
    at = start
    while True:
        trial = turned(at, *chance.sample(range(256), 2))
        try:
            asks(trial)
        except Paused:
            return apart(at, goal)
        if apart(trial, goal) < apart(at, goal):
            at = trial
        assert apart(at, goal) > 0


def test_a_climb_is_paused_before_it_arrives(
    asks: Callable[..., bool], known_list: KnownList, put: Put, key: tuple[ApiKey, str], recogniser: Recogniser
) -> None:
    heard = []
    events.key_paused.connect(lambda pause, **said: heard.append(pause), weak=False, dispatch_uid="test")
    goal = bits()
    put(known_list, goal)
    start = turned(goal, *chance.sample(range(256), 70))
    with databases.as_the_user_of(database_roles.MATCH):
        assert climb(asks, start, goal) > 31
    pause = Pause.objects.get()
    assert (pause.key, pause.why, heard) == (key[0], Pause.Why.NEARER, [pause])
    assert pause.lookups >= climbs.IN_SIGHT
    assert "paused a key" in str(Entry.objects.latest("pk").body)
    with pytest.raises(Paused):  # whatever it asks
        asks(bits())
    recogniser.freshen()
    with pytest.raises(Paused):
        asks(bits())
    events.key_paused.disconnect(dispatch_uid="test")


def test_feeling_for_the_edge_is_paused(asks: Callable[..., bool], known_list: KnownList, put: Put) -> None:
    goal = bits()
    put(known_list, goal)
    edge = turned(goal, *range(31))
    asked = 0

    def feel() -> None:
        nonlocal asked
        for place in range(40, 256):  # one bit more and it no longer matches: which of them did it?
            asks(turned(edge, place))
            asks(turned(edge, place - 39))
            asked += 2

    with pytest.raises(Paused):
        feel()
    assert asked < 40
    assert Pause.objects.get().why == Pause.Why.EDGE


def test_a_climb_in_one_call_is_paused(asks: Callable[..., bool], known_list: KnownList, put: Put) -> None:
    goal = bits()
    put(known_list, goal)
    places = chance.sample(range(256), 70)
    steps = [turned(goal, *places[: 70 - number]) for number in range(40)]
    mixed = [bits() for _one in range(500)]
    for number, step in enumerate(steps):
        mixed.insert(number * 13, step)
    with pytest.raises(Paused):
        asks(*mixed)


def test_random_traffic_and_the_same_hash_again_and_again_go_on(asks: Callable[..., bool], known_list: KnownList, put: Put) -> None:
    known = bits()
    put(known_list, known)
    same = bits()
    for _time in range(400):
        asks(bits())
        asks(same)
        asks(known)
    asks(*[same] * 3000, *[known] * 3000, *[bits() for _one in range(3000)])
    assert not Pause.objects.exists()


def frames(of: bytes, count: int, *, noise: int) -> list[bytes]:
    """A burst of a video's frames: each near the one before it, and all near one place."""
    found, at = [], of
    for _frame in range(count):
        at = turned(at, *chance.sample(range(256), noise))
        if apart(at, of) > 40:
            at = turned(of, *chance.sample(range(256), 10))
        found.append(at)
    return found


@pytest.mark.parametrize("at_once", [False, True])
def test_a_burst_of_frames_goes_on_known_or_not(at_once: bool, asks: Callable[..., bool], known_list: KnownList) -> None:
    unknown, known = bits(), bits()
    burst = frames(unknown, 300, noise=4)
    of_a_known_video = frames(known, 300, noise=4)
    new = [lists.NewEntry("pdq", frame.hex()) for frame in {*of_a_known_video}]
    lists.add_entries(known_list=known_list, new=new, by=INSTALLATION)
    again = [turned(frame, *chance.sample(range(256), 3)) for frame in of_a_known_video]
    for sent in (burst, again):
        if at_once:
            asks(*sent)
        else:
            for frame in sent:
                asks(frame)
    assert not Pause.objects.exists()


def test_copies_of_a_picture_that_is_like_a_known_one_go_on(asks: Callable[..., bool], known_list: KnownList, put: Put) -> None:
    """Five hundred people save, shrink and send on a picture whose hash stands 45 bits from a known one: its copies scatter about it."""
    goal = bits()
    put(known_list, goal)
    picture = turned(goal, *range(45))
    for _copy in range(500):
        asks(turned(picture, *chance.sample(range(256), chance.choice([2, 4, 6, 8]))))
    assert not Pause.objects.exists()


def test_who_works_on_the_lists_is_not_followed(
    recogniser: Recogniser, follower: Follower, known_list: KnownList, put: Put, hotline: Agency
) -> None:
    _key, clear = people.make_api_key(agency=hotline, by=INSTALLATION, scopes=("match",))
    goal = bits()
    put(known_list, goal)
    follower.turn()
    recogniser.freshen()
    grant = recogniser.grants.of(clear, at=0.0)
    assert isinstance(grant, Grant)
    for number in range(70):
        recogniser.look_up_hashes(grant, np.frombuffer(turned(goal, *range(70 - number)), np.uint8).reshape(1, 32))
    assert not Pause.objects.exists()


@pytest.mark.parametrize("many", [1, 3])
def test_without_leave_nothing_is_looked_up_for_the_time_it_took_would_tell(
    asks: Callable[..., bool], recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    asks(bits())
    looked, near = [], Generation.near  # watched, and asked all the same
    monkeypatch.setattr(Generation, "near", lambda index, *said, **more: looked.append(1) or near(index, *said, **more))
    recogniser.most, recogniser.rate = 1.0, 1e-9
    asks(*(bits() for _one in range(many)))
    assert looked == [1]
    with pytest.raises(Wait):
        asks(*(bits() for _one in range(many)))
    assert looked == [1]


def test_a_person_lets_it_go_on(
    asks: Callable[..., bool], known_list: KnownList, put: Put, recogniser: Recogniser, key: tuple[ApiKey, str], hotline: Agency
) -> None:
    senior = factories.member("senior_analyst", hotline)
    pause = actions.pause_key(key=key[0], why=Pause.Why.NEARER, lookups=30)
    assert actions.pause_key(key=key[0], why=Pause.Why.EDGE, lookups=30) == pause
    recogniser.freshen()
    with pytest.raises(Paused):
        asks(bits())
    with pytest.raises(NotYourRole):
        actions.let_go_on(pause=pause, by=factories.member("analyst", hotline))
    actions.let_go_on(pause=pause, by=senior)
    recogniser.freshen()
    asks(bits())
    with pytest.raises(actions.AlreadyAnswered):
        actions.revoke_after_pause(pause=pause, by=senior)


def test_a_person_revokes_every_key_of_the_line(key: tuple[ApiKey, str], hotline: Agency) -> None:
    senior: Membership = factories.member("senior_analyst", hotline)
    new, _clear = people.rotate_api_key(api_key=key[0], by=INSTALLATION)
    pause = actions.pause_key(key=new, why=Pause.Why.EDGE, lookups=30)
    actions.revoke_after_pause(pause=pause, by=senior)
    assert not ApiKey.objects.filter(revoked_at=None).exists()


def test_what_is_kept_of_a_line_is_bounded(tmp_path: object, recogniser: Recogniser) -> None:
    assert ROW.itemsize < 6000
    with recogniser.meter.row_of(7) as row:
        for _look_up in range(2000):
            climbs.follow(row["families"], bits(), matched=False, at=1.0, measure=lambda hash_: None)
        assert len(row["families"]) == climbs.FAMILIES


def test_a_bucket_is_shared_and_fills_again(recogniser: Recogniser, tmp_path: object) -> None:
    other = Meter(recogniser.home.folder.parent / "run" / "match.meter")
    with recogniser.meter.row_of(7) as row:
        assert take(row, 80, rate=10, most=100, at=1000.0) == 0.0
    with other.row_of(7) as row:
        assert take(row, 40, rate=10, most=100, at=1000.0) == 2.0
        assert take(row, 40, rate=10, most=100, at=1002.0) == 0.0
    with other.row_of(8) as row:
        assert take(row, 100, rate=10, most=100, at=1000.0) == 0.0
        assert (
            take(row, 500, rate=10, most=100, at=1100.0) == 0.0
        )  # larger than the bucket: let through when it is full, and paid for after
        assert take(row, 1, rate=10, most=100, at=1100.0) == pytest.approx(40.1)
        assert [may_measure(row, at=1.0) for _one in range(401)][-2:] == [True, False]
