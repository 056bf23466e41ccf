"""Lists of what is known: our own, another hotline's, addresses, one that shrank overnight, and a complaint. Hashes are random bits."""

import random
from collections.abc import Iterator

from havenline.cli.world import acts
from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.actions import Line, NewEntry
from havenline.foundation.lists.models import Complaint, ListEntry

FIRST, SECOND = "the demo’s first form", "the demo’s second form"
FOREIGN, OURS, ADDRESSES = "Southern Hotline", "Northmere hashes", "Northmere addresses"


def known_lists(stage: Stage) -> Iterator[Story]:
    """Each list with what happened to it."""
    yield from (_ours(stage), _foreign(stage), _addresses(stage), _complaint(stage))


def _hashes(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311  (benign bits, the same in every demo)
    return [chance.randbytes(32).hex() for _one in range(count)]


def _ours(stage: Stage) -> Story:
    """Made by hand: one flat hash that is never matched by itself, one that was wrongly listed and withdrawn."""
    yield stage.calendar.at(34, 9, 40)
    people, hotline = stage.people, stage.company.agencies["hotline"]
    ours = lists.make_list(
        name=OURS,
        kind="hash",
        origin="own",
        agency=hotline,
        licence="For members",
        sharing_terms="Onward only to hosts.",
        by=people.senior_analyst,
    )
    new = [NewEntry("pdq", value, quality=60 + number % 40, grade="ABC"[number % 3]) for number, value in enumerate(_hashes(71, 36))]
    new += [NewEntry("pdq", "0" * 64, quality=0), NewEntry("pdq", _hashes(72, 1)[0], quality=31, grade="B")]
    new += [NewEntry("sha256", value, grade="A") for value in _hashes(73, 6)]
    lists.add_entries(known_list=ours, new=new, by=people.senior_analyst)
    yield acts.later(1, 10, 5)
    lists.let_read(known_list=ours, agency=stage.company.agencies["chat"], may_match=True, may_be_sent=True, by=people.senior_analyst)
    yield stage.calendar.at(12, 15, 20)
    wrong = ListEntry.objects.live().filter(known_list=ours, signal="pdq").order_by("pk")[4]
    lists.withdraw(entry=wrong, reason="It is a test chart.", by=people.analyst)


def _foreign(stage: Stage) -> Story:
    """Another hotline's word: claims, some confirmed here; this morning a tenth of its list came, and waits for a person."""
    yield stage.calendar.at(30, 8, 30)
    people, hotline = stage.people, stage.company.agencies["hotline"]
    foreign = lists.make_list(
        name=FOREIGN,
        kind="hash",
        origin="hotline",
        agency=hotline,
        licence="By agreement",
        sharing_terms="Not onward.",
        by=people.senior_analyst,
    )
    values = _hashes(81, 60)
    said = [
        NewEntry("pdq", value, quality=70 + number % 30, claimed_grade=("A1", "A2", "B1")[number % 3])
        for number, value in enumerate(values)
    ]
    first = lists.read_in(known_list=foreign, lines=_lines(said), source="southern-2026-10.csv", by=people.senior_analyst)
    lists.apply_import(imported=first, by=people.senior_analyst)
    yield acts.later(2, 11, 15)
    for entry in ListEntry.objects.live().filter(known_list=foreign).order_by("pk")[:2]:
        lists.confirm(entry=entry, grade="A", by=people.analyst)
    yield stage.calendar.at(0, 6, 10)
    lists.read_in(known_list=foreign, lines=_lines(said[:6]), source="southern-today.csv", is_whole=True, by=people.senior_analyst)


def _lines(said: list[NewEntry]) -> list[Line]:
    return [Line(number, one) for number, one in enumerate(said, 2)]


def _addresses(stage: Stage) -> Story:
    yield stage.calendar.at(33, 9, 15)
    people, hotline = stage.people, stage.company.agencies["hotline"]
    listed = lists.make_list(name=ADDRESSES, kind="url", origin="own", agency=hotline, licence="For members", by=people.senior_analyst)
    new = [NewEntry("url", f"https://board.example/thread/{number}", grade="B") for number in (31, 77, 104)]
    new += [NewEntry("url", "https://gardens.example/tools"), NewEntry("host", "pictures.test", grade="A")]
    lists.add_entries(known_list=listed, new=new, by=people.analyst)
    yield stage.calendar.at(5, 14, 0)
    gone = ListEntry.objects.live().get(known_list=listed, value="https://board.example/thread/77")
    lists.withdraw(entry=gone, because="gone", by=people.analyst)


def _complaint(stage: Stage) -> Story:
    """One was answered; one came yesterday, about an address that stands on the list."""
    yield stage.calendar.at(8, 16, 40)
    lists.complain(token=FIRST, address="https://news.example/story", words="We are a newspaper, and a firewall says that we are listed.")
    yield acts.later(1, 9, 50)
    lists.take_in_complaints()
    lists.answer_complaint(
        complaint=Complaint.objects.earliest("received_at"),
        upheld=False,
        answer="Your address stands on no list of ours. Ask whoever runs the firewall which list it uses.",
        by=stage.people.senior_analyst,
    )
    yield stage.calendar.last_night(17, 25)
    lists.complain(token=SECOND, address="https://gardens.example/tools", words="We sell garden tools. Please look again.")
    lists.take_in_complaints()
