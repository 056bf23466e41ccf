"""Months of finished work, told shortly: closed cases, notices to hosts and answers read, enough that statistics have something to
show, and something to hide.

Every act is the real one. Cases of one batch go their way together, so that the clock comes round once for all of them; at any date
the whole history lies in quarters that have ended.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from havenline.cli.world import acts
from havenline.cli.world.acts import THANKS, Person, Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.journey.investigation import actions as investigation
from havenline.journey.takedown import actions as takedown
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage


@dataclass(frozen=True)
class Past:
    """A closed case of images: whose it is, and from which sources contact abuse was found, and a child at home."""

    name: str
    account: str
    found_by: tuple[str, ...] = ()
    child: str = ""


# By how many working days ago their reports came.
PAST: dict[int, tuple[Past, ...]] = {
    114: (
        Past("Alder Voss", "aldervoss at chat.example", ("digital", "official_record")),
        Past("Brook Tarn", "tarn_b at game.example", child="Fern Tarn"),
        Past("Clove Hurst", "clove.h at chat.example", child="Reed Hurst"),
        Past("Dorn Elway", "dorn_e at game.example"),
        Past("Eske Rowan", "eskerow at chat.example", ("digital", "official_record")),
    ),
    96: (
        Past("Flint Barrow", "flintb at game.example", child="Wyn Barrow"),
        Past("Garth Moor", "garth.m at chat.example", ("digital", "official_record")),
        Past("Hale Sutter", "hsutter at game.example", child="Lark Sutter"),
        Past("Isen Crane", "isen_c at chat.example", ("digital", "child")),
        Past("Joss Calder", "calder_j at game.example"),
    ),
    80: (
        Past("Kell Orme", "kellorme at chat.example", ("digital", "official_record")),
        Past("Lind Harrow", "lind.h at game.example", child="Moss Harrow"),
        Past("Mace Ferry", "maceferry at chat.example", ("official_record",)),
        Past("Nye Sorrel", "nye_s at game.example"),
        Past("Oake Linton", "oakel at chat.example", child="Tam Linton"),
    ),
}


def closed_long_ago(stage: Stage, days_ago: int, batch: tuple[Past, ...]) -> Story:
    """Platforms' reports; cases of images, asked about contact abuse, closed through the gate."""
    at, people = stage.calendar.at, stage.people
    yield at(days_ago, 8, 20)
    reports = [_reported(stage, days_ago, past) for past in batch]
    yield at(days_ago, 14, 5)
    for report in reports:
        acts.read_and_grade(stage, report, letter="B", by=people.second_analyst)
    why = "Grade B, and the account is named."
    hand_overs = yield from _together(
        [acts.refer_to_police(stage, report, why=why, answer=THANKS, by=people.second_analyst) for report in reports]
    )
    yield at(days_ago - 1, 9, 30)
    by = people.second_investigator
    cases = [
        acts.open_case(stage, hand_over, title=f"Upload at {past.account.partition(' at ')[2]}", kind="images", owner=by)
        for past, hand_over in zip(batch, hand_overs, strict=True)
    ]
    persons = [Person(past.name, past.account, _child(past), 8 if past.child else None) for past in batch]
    subjects = yield from _together([acts.identify(stage, case, person, by=by) for case, person in zip(cases, persons, strict=True)])
    for case, hand_over, subject, person in zip(cases, hand_overs, subjects, persons, strict=True):
        acts.answer_hotline(case, hand_over, by=by)
        acts.answer_about_access(subject, person, by=by)
    yield from _together([acts.assess_access(stage, subject, person, by=by) for subject, person in zip(subjects, persons, strict=True)])
    yield acts.later(2 if days_ago == LATE else 1, 10, 20)
    for subject in subjects:
        referral = acts.referral_of(subject)
        if referral is not None:
            acts.take_up_child(stage, referral, outcome="advice_or_early_help")
    for case, subject, past in zip(cases, subjects, batch, strict=True):
        for source in past.found_by or ("",):
            day = moment.today() if source else None
            investigation.record_contact_abuse(
                subject=subject, asked=True, found="yes" if source else "no", source=source, source_date=day, by=by
            )
        investigation.close_case(case=case, reason="The enquiry is finished; nothing is owed.", by=by)


def _child(past: Past) -> dict[str, str]:
    return {"name": past.child, "town": "Northmere", "household": f"{past.child}, Northmere"} if past.child else {}


def _reported(stage: Stage, days_ago: int, past: Past) -> Any:
    name, _at, service = past.account.partition(" at ")
    return acts.platform_tells(
        stage,
        service.partition(".")[0],
        f"history {past.name}",
        who="platform",
        kind="web_page",
        happened="An upload matched a list; the account is suspended.",
        danger="no",
        place={"urls": [f"https://{service}/item/h{days_ago}/{name}"], "app": service, "accounts": [name], "conversation": ""},
        platform={"priority": "2", "account_suspended": True, "user_told": False},
    )


def _together(stretches: Sequence[acts.Stretch]) -> Generator[datetime, None, list[Any]]:
    """Several stretches side by side: each goes one step, at the moment at which the last of them is due. Gives what each gave."""
    given: list[Any] = [None] * len(stretches)
    going = dict(enumerate(stretches))
    while going:
        due = []
        for at, stretch in list(going.items()):
            try:
                due.append(next(stretch))
            except StopIteration as ended:
                given[at] = ended.value
                del going[at]
        if due:
            yield max(due)
    return given


# Reports that were closed at the hotline: so many, so many working days ago.
SET_ASIDE = ((109, 6), (99, 7), (88, 5), (74, 6))


def set_aside(stage: Stage, days_ago: int, number: int) -> Story:
    """Uploads that were not illegal, told by a platform and closed the next day."""
    yield stage.calendar.at(days_ago, 7, 5)
    reports = [
        acts.platform_tells(
            stage,
            "game",
            f"set aside {days_ago} {one}",
            who="platform",
            kind="web_page",
            happened="An upload was flagged by a member.",
            danger="no",
            place={"urls": [f"https://game.example/flagged/{days_ago}/{one}"], "app": "", "accounts": [], "conversation": ""},
            platform={"priority": "3", "account_suspended": False, "user_told": False},
        )
        for one in range(number)
    ]
    yield stage.calendar.at(days_ago - 1, 13, 40)
    for report in reports:
        acts.read_and_grade(stage, report, letter="N", by=stage.people.second_analyst)
        acts.close_and_answer(report, why="Not illegal.", answer=THANKS, by=stage.people.second_analyst)


LATE = 80  # the batch whose referrals social care decided a day late


@dataclass(frozen=True)
class Asked:
    """An address that somebody reported, and after how many working days its host had removed it; whether they read our answer."""

    url: str
    days: int
    reads: bool = True


# By how many working days ago they were reported.
ASKED: dict[int, tuple[Asked, ...]] = {
    106: (
        Asked("https://pictures.example/gallery/101", 0),
        Asked("https://board.example/thread/102", 1),
        Asked("https://share.example/a/103", 1, reads=False),
        Asked("https://pictures.example/gallery/104", 3),
        Asked("https://host.example/p/105", 7),
    ),
    93: (
        Asked("https://pictures.example/gallery/111", 1),
        Asked("https://board.example/thread/112", 1, reads=False),
        Asked("https://share.example/a/113", 2),
        Asked("https://host.example/p/114", 4),
        Asked("https://board.example/thread/115", 1),
    ),
    82: (
        Asked("https://share.example/a/121", 1),
        Asked("https://pictures.example/gallery/122", 2),
        Asked("https://board.example/thread/123", 1),
        Asked("https://host.example/p/124", 5, reads=False),
        Asked("https://share.example/a/125", 3),
    ),
}


def asked_long_ago(stage: Stage, days_ago: int, batch: tuple[Asked, ...]) -> Story:
    """Addresses that the public reported: graded, their hosts asked, removed after so many working days; some read our answer."""
    at, by = stage.calendar.at, stage.people.second_analyst
    yield at(days_ago, 8, 40)
    receipts = [
        acts.tell_with_receipt(who="adult", kind="web_page", happened="A page worried me.", danger="no", place=_only(one.url))
        for one in batch
    ]
    yield at(days_ago, 10, 15)
    for report, _digits in receipts:
        acts.read_and_grade(stage, report, letter="B", by=by)
        triage.decide(
            report=report,
            notice_to_host=True,
            for_one_person={item.number: "no" for item in report.items.all()},
            reason="Grade B; its host is asked.",
            could_be_read="no",
            answer=THANKS,
            by=by,
        )
    yield acts.soon(2)
    for days in sorted({one.days for one in batch}):
        yield at(days_ago - days, 15, 30)
        for (report, _digits), one in zip(receipts, batch, strict=True):
            if one.days == days:
                takedown.record_removed(
                    notice=Notice.objects.get(report=report), how="Looked in the isolated viewer: the page is gone.", by=by
                )
    for (_report, digits), one in zip(receipts, batch, strict=True):
        if one.reads:
            acts.read_the_answer(digits)


def _only(url: str) -> dict[str, Any]:
    return {"urls": [url], "app": "", "accounts": [], "conversation": ""}


def history(stage: Stage) -> Iterator[Story]:
    for days_ago, batch in PAST.items():
        yield closed_long_ago(stage, days_ago, batch)
    for days_ago, number in SET_ASIDE:
        yield set_aside(stage, days_ago, number)
    for days_ago, asked in ASKED.items():
        yield asked_long_ago(stage, days_ago, asked)
