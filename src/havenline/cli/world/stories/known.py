"""What is already known: a report that was graded and listed, and two that bring the same again. Made-up hashes, of no picture."""

import hashlib
from collections.abc import Iterator

from havenline.cli.world import acts
from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.journey.intake.models import Report

FILE, ANOTHER, CLAIMED, NEW, PICTURE, OTHER_PICTURE = (hashlib.sha256(f"made up {n}".encode()).digest() for n in range(6))


def known(stage: Stage) -> Iterator[Story]:
    """In the order in which they are told: what is listed, then what it recognises."""
    yield _graded_and_listed(stage)
    yield _claimed_by_another_body(stage)
    yield _brings_it_again(stage)
    yield _brings_what_is_near(stage)


def _graded_and_listed(stage: Stage) -> Story:
    yield stage.calendar.at(6, 9, 20)
    report = _platform_tells(stage, "first", pictures=[_picture(PICTURE, FILE), _picture(OTHER_PICTURE, ANOTHER)])
    yield acts.soon(40)
    by = acts.read_and_grade(stage, report, letter="C")
    acts.close_and_answer(report, why="Nothing names a person; what was graded is listed.", answer=acts.THANKS, by=by)


def _claimed_by_another_body(stage: Stage) -> Story:
    yield stage.calendar.at(5, 8, 30)
    agency = stage.company.agencies["hotline"]
    theirs = lists.make_list(name="Southmere Hotline hashes", kind="hash", origin="hotline", agency=agency, by=INSTALLATION)
    lists.add_entries(known_list=theirs, new=[lists.NewEntry("sha256", CLAIMED.hex(), claimed_grade="B2")], by=INSTALLATION)


def _brings_it_again(stage: Stage) -> Story:
    """Two files that were graded, one that another body claims, and one that is new."""
    yield stage.calendar.at(1, 7, 5)
    pictures = [_picture(PICTURE, FILE), _picture(OTHER_PICTURE, ANOTHER)]
    _platform_tells(stage, "again", pictures=pictures, hashes=[CLAIMED.hex(), NEW.hex()])


def _brings_what_is_near(stage: Stage) -> Story:
    """A picture that is four bits from one that was graded."""
    yield stage.calendar.at(1, 7, 25)
    near = (int.from_bytes(PICTURE, "big") ^ 0b1111 << 40).to_bytes(32, "big")
    _platform_tells(stage, "near", pictures=[_picture(near, None)])


def _picture(pdq: bytes, sha256: bytes | None) -> dict[str, object]:
    return {"pdq": pdq.hex(), "quality": 88, "sha256": sha256 and sha256.hex()}


def _platform_tells(stage: Stage, number: str, **platform: object) -> Report:
    return acts.platform_tells(
        stage,
        "chat",
        f"known {number}",
        who="platform",
        kind="other",
        happened="An upload matched a list.",
        danger="no",
        place={"urls": [], "app": "", "accounts": [], "conversation": ""},
        platform={"priority": "2", "account_suspended": True, "user_told": False, **platform},
    )
