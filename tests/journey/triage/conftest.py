"""Reports that wait at the hotline, taken and opened by the real actions."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.actors import CLOCK, INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.recognition.follower import Follower
from havenline.foundation.recognition.kept import Home
from havenline.foundation.records.models import Party, Record, new_reference
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Report, ReportedItem, Urgency

Tell = Callable[..., Report]
SHA = "ab" * 32
_numbers = count(1)


@pytest.fixture
def tell(hotline: Agency) -> Tell:
    """Somebody reports on the public form, and the desk opens it: `tell(danger="now", urls=[...], child={...})`."""

    def told(*, urls: tuple[str, ...] = (), accounts: tuple[str, ...] = (), hashes: tuple[str, ...] = (), **answers: Any) -> Report:
        given = {
            "who": "adult",
            "kind": "contact",
            "happened": f"An adult stranger asked to meet a child, number {next(_numbers)}.",
            "danger": "no",
            "relation": "no",
            "place": {"urls": list(urls), "accounts": list(accounts), "app": "chat.example" if accounts else ""},
            "platform": {"hashes": list(hashes)},
            **answers,
        }
        report = intake.receive(answers=given).report
        intake.open_report(report=report, by=CLOCK)
        report.refresh_from_db()
        return report

    return told


@pytest.fixture
def second_analyst(hotline):
    from tests import factories

    return factories.member("analyst", hotline, "Ash Brook")


@pytest.fixture
def arrives(hotline) -> Callable[..., Report]:
    """A report arrives and is opened at the desk."""

    def arrive(**answers: Any) -> Report:
        said = {
            "who": "parent",
            "kind": "contact",
            "happened": f"An adult stranger asked to meet a child, number {next(_numbers)}.",
            **answers,
        }
        report = intake.receive(answers=said).report
        return intake.open_report(report=report)

    return arrive


@pytest.fixture
def lie_waiting(hotline) -> Callable[..., list[Report]]:
    """Many reports at once, as they lie in the tables: for the order of the queue, which reads no sealed word."""

    def lie(number: int, *, source: str = "parent", group: str = "", since: Any = None, **fields: Any) -> list[Report]:
        since = since or moment.now()
        records = Record.objects.bulk_create(
            Record(reference=new_reference(FileKind.REPORT), kind=FileKind.REPORT, opened_at=since, agency=hotline) for _ in range(number)
        )
        Party.objects.bulk_create(Party(record=record, agency=hotline, purpose="its own file", since=since) for record in records)
        return Report.objects.bulk_create(
            Report(
                record=record,
                hotline=hotline,
                channel="form",
                kind="contact",
                urgency=Urgency.of(**{"danger": "unknown"} | fields),
                source=source,
                group=group,
                sealed=b"-",
                submission=f"waiting {next(_numbers)}",
                received_at=since,
                opened_at=since,
                waits_since=since + moment.minutes(at / 1000),
                **fields,
            )
            for at, record in enumerate(records)
        )

    return lie


@pytest.fixture
def everybody(police: Agency, social_care: Agency, investigator: Membership, social_worker: Membership) -> None:
    """Somebody can take up whatever is referred."""


# What is already known


@pytest.fixture
def home(settings, tmp_path) -> Home:
    """Where this installation's index lies."""
    settings.HOME = tmp_path
    return Home(tmp_path / "recognition")


@pytest.fixture
def follow(home) -> Callable[[], None]:
    """Bring the index in step with the lists."""
    follower = Follower(home, say=lambda _words: None)

    def turn() -> None:
        follower.turn()
        home.say_followed()

    return turn


@pytest.fixture
def ours(hotline) -> KnownList:
    return lists.make_list(name="Our hashes", kind="hash", origin="own", agency=hotline, by=INSTALLATION)


@pytest.fixture
def theirs(hotline) -> KnownList:
    """What another body says, on a list that our hotline keeps."""
    return lists.make_list(name="Their hashes", kind="hash", origin="ncmec", agency=hotline, by=INSTALLATION)


@pytest.fixture
def reported(arrives) -> Callable[..., ReportedItem]:
    """The one item of a report: `reported(sha256=…)`, `reported(pdq=…)`, `reported(hashes=[…])`, `reported(urls=[…])`."""

    def made(*, pdq: str | None = None, quality: int = 90, sha256: str | None = None, hashes=(), urls=()) -> ReportedItem:
        pictures = [{"pdq": pdq, "quality": quality, "sha256": sha256}] if pdq else []
        digests = [*hashes, *([sha256] if sha256 and not pdq else [])]
        return arrives(kind="other", platform={"pictures": pictures, "hashes": digests}, place={"urls": list(urls)}).items.get()

    return made
