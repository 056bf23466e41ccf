"""Reports with graded addresses, hosts with contacts, and notices, all made by the real actions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.work import queue
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Report
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Contact, Notice
from havenline.journey.triage import actions as triage
from havenline.journey.triage.actions import ForChild
from tests import factories
from tests.foundation.post.mail_server import mail_server

PAGE = "https://pictures.example/gallery/7"
Draft = Callable[..., list[Notice]]


@pytest.fixture(autouse=True)
def names(settings: Any) -> dict[str, str]:
    """Where the hosts' names point; a test moves one by changing it."""
    settings.HOST_NAMES = {"pictures.example": "192.0.2.7:443", "cdn.pictures.example": "192.0.2.8:443", "forum.example": "192.0.2.9:443"}
    return settings.HOST_NAMES


@pytest.fixture
def second_analyst(hotline: Agency) -> Membership:
    return factories.member("analyst", hotline, "Ash Brook")


@pytest.fixture
def contact(analyst: Membership, senior_analyst: Membership) -> Contact:
    """The approved contact of pictures.example."""
    host = actions.add_host(domain="pictures.example", name="Pictures", by=analyst)
    proposed = actions.propose_contact(host=host, email="abuse@pictures.example", found_at="Its abuse page", by=analyst)
    return actions.approve_contact(contact=proposed, by=senior_analyst)


@pytest.fixture
def graded(hotline: Agency, analyst: Membership) -> Callable[..., Report]:
    """A report whose addresses the analyst has claimed and graded: `graded(PAGE, kind="contact", grade="B")`."""

    def make(*urls: str, kind: str = "web_page", grade: str = "B", conversation: str = "", **answers: Any) -> Report:
        said = {
            "who": "adult",
            "kind": kind,
            "happened": "A page worried me.",
            "place": {"urls": list(urls or (PAGE,)), "app": "", "accounts": [], "conversation": conversation},
            **answers,
        }
        report = intake.open_report(report=intake.receive(answers=said).report)
        triage.claim(report=report, by=analyst)
        for item in report.items.all():
            triage.grade(item=item, grade=grade, by=analyst)
        return report

    return make


@pytest.fixture
def decide(analyst: Membership) -> Draft:
    """Decide on notices to hosts and carry it out, no task run: `decide(report, link="no", police=…)` gives its notices."""

    def make(
        report: Report, *, link: str = "no", links: dict[int, str] | None = None, by: Membership = analyst, **more: Any
    ) -> list[Notice]:
        triage.claim(report=report, by=by)
        children = {duty.pk: ForChild(reason_against="Nothing is known of the child.") for duty in report.child_duties.all()}
        answers = links or {item.number: link for item in report.items.all()}
        said = {"reason": "Graded.", "could_be_read": "no", "children": children, "notice_to_host": True, "for_one_person": answers}
        decision = triage.decide(report=report, by=by, **{**said, **more})
        triage.send_now(decision=decision, by=by)
        return list(Notice.objects.filter(decision=decision))

    return make


@pytest.fixture
def drafted(graded: Callable[..., Report], decide: Draft, contact: Contact) -> Notice:
    """One notice about a page, that nothing keeps; no task has run."""
    [notice] = decide(graded(PAGE))
    return notice


@pytest.fixture
def held(graded: Callable[..., Report], decide: Draft, contact: Contact, police: Agency) -> Notice:
    """A notice to remove, held because an account contacted a child."""
    notices = decide(graded(PAGE, kind="contact"), police=police)
    return next(notice for notice in notices if notice.asks == Notice.Asks.REMOVE)


@pytest.fixture
def sent(drafted: Notice, mail: Any) -> Notice:
    """One that reached its host's mail server."""
    queue.drain()
    drafted.refresh_from_db()
    assert drafted.state == Notice.State.SENT
    return drafted


@pytest.fixture
def mail() -> Iterator[Any]:
    with mail_server() as server:
        yield server


def held_notice(by: Membership) -> Notice:
    """A notice that waits for police, for tests outside this room."""
    answers = {"who": "adult", "kind": "contact", "happened": "A page worried me.", "place": {"urls": [PAGE]}}
    report = intake.open_report(report=intake.receive(answers=answers).report)
    triage.claim(report=report, by=by)
    item = report.items.get()
    triage.grade(item=item, grade="B", by=by)
    decision = triage.decide(
        report=report, by=by, notice_to_host=True, for_one_person={item.number: "unknown"}, reason="Graded.", could_be_read="no"
    )
    triage.send_now(decision=decision, by=by)
    return Notice.objects.get(decision=decision, asks=Notice.Asks.REMOVE)
