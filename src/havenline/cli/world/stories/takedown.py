"""Notices to hosts in every state: sent, acknowledged, removed, held, held too long, bounced and repaired, contested, without a contact."""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime

from havenline.cli.world import acts
from havenline.cli.world.acts import THANKS, Stage
from havenline.cli.world.player import Story
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report
from havenline.journey.takedown import actions as takedown
from havenline.journey.takedown.models import HostAnswer, Notice
from havenline.journey.triage import actions as triage
from havenline.journey.triage.actions import ForChild

DIRECTORY = (
    ("pictures.example", "Pictures Hosting", "Norland"),
    ("share.example", "Share", "Norland"),
    ("host.example", "Host and Sons", "Westland"),
    ("board.example", "Board", "Norland"),
)
VIEWER = "Looked in the isolated viewer: the page is gone."
What = HostAnswer.What


def takedown_stories(stage: Stage) -> Iterator[Story]:
    """The directory first; then a notice for each state that one can be in."""
    yield _directory(stage)
    yield _removed(stage)
    yield _acknowledged(stage)
    yield _unanswered(stage)
    yield _contested(stage)
    yield _bounced_and_repaired(stage)
    yield _bounced(stage)
    yield _held(stage)
    yield _held_too_long(stage)
    yield _released(stage)
    yield _for_one_person(stage)
    yield _waits_for_approval(stage)
    yield _back_again(stage)


def _directory(stage: Stage) -> Story:
    """Four hosts, each with a contact that a second person approved, before the history's first notice."""
    yield stage.calendar.at(110, 9, 30)
    for domain, name, country in DIRECTORY:
        host = takedown.add_host(domain=domain, name=name, country=country, by=stage.people.analyst)
        contact = takedown.propose_contact(host=host, email=f"abuse@{domain}", found_at="The host’s abuse page", by=stage.people.analyst)
        takedown.approve_contact(contact=contact, by=stage.people.senior_analyst)


def _removed(stage: Stage) -> Story:
    yield stage.calendar.at(19, 10, 20)
    notice = yield from _asked(stage, "https://board.example/thread/31", grade="B")
    yield acts.later(1, 9, 15)
    _says(notice(), What.SAYS_REMOVED, stage.people.second_analyst)
    yield acts.soon(50)
    takedown.record_removed(notice=notice(), how=VIEWER, by=stage.people.second_analyst)


def _acknowledged(stage: Stage) -> Story:
    yield stage.calendar.at(1, 9, 35)
    notice = yield from _asked(stage, "https://pictures.example/gallery/31", grade="C", by=stage.people.second_analyst)
    yield acts.soon(90)
    _says(notice(), What.ACKNOWLEDGED, stage.people.second_analyst)


def _unanswered(stage: Stage) -> Story:
    """Nobody answers: late, and raised to the senior analyst."""
    yield stage.calendar.at(6, 14, 10)
    yield from _asked(stage, "https://host.example/p/12", grade="B")


def _contested(stage: Stage) -> Story:
    yield stage.calendar.at(2, 11, 5)
    notice = yield from _asked(stage, "https://share.example/a/40", grade="C", by=stage.people.second_analyst)
    yield acts.soon(180)
    _says(notice(), What.CONTESTED, stage.people.second_analyst, words="Their lawyer telephoned: they ask who graded it.")


def _bounced_and_repaired(stage: Stage) -> Story:
    """The first contact's mailbox is gone; another is proposed, approved, and takes the notice."""
    by, senior = stage.people.analyst, stage.people.senior_analyst
    yield stage.calendar.at(13, 9, 0)
    host = takedown.add_host(domain="forum.example", name="Forum", country="Eastland", by=by)
    old = takedown.propose_contact(host=host, email="bounces@forum.example", found_at="An old register entry", by=by)
    takedown.approve_contact(contact=old, by=senior)
    yield acts.soon(20)
    notice = yield from _asked(stage, "https://forum.example/t/91", grade="B", by=by)
    yield acts.soon(60)
    new = takedown.propose_contact(host=host, email="abuse@forum.example", found_at="A call to the office", by=by)
    takedown.approve_contact(contact=new, by=senior)
    yield acts.soon(5)
    takedown.send_notice(notice=notice(), by=by)
    yield acts.later(1, 10, 40)
    _says(notice(), What.ACKNOWLEDGED, by)
    yield acts.later(1, 9, 20)
    takedown.record_removed(notice=notice(), how=VIEWER, by=by)


def _bounced(stage: Stage) -> Story:
    """Today's: the newest contact of share.example's second name takes no mail."""
    by = stage.people.second_analyst
    yield stage.calendar.at(1, 15, 10)
    host = takedown.add_host(domain="files.share.example", name="Share’s files", country="Norland", by=by)
    contact = takedown.propose_contact(host=host, email="bounces@share.example", found_at="The host’s abuse page", by=by)
    takedown.approve_contact(contact=contact, by=stage.people.senior_analyst)
    yield acts.soon(15)
    yield from _asked(stage, "https://files.share.example/f/6", grade="C", by=by)


def _held(stage: Stage) -> Story:
    """An account contacted a child: the host preserves, and removal waits for police."""
    yield stage.calendar.at(2, 9, 50)
    yield from _asked(
        stage, "https://pictures.example/profile/52", grade="C", police=True, contacted="An adult asked my child for pictures."
    )


def _held_too_long(stage: Stage) -> Story:
    """Police have not said a word: raised to both sides, and still nothing leaves."""
    yield stage.calendar.at(9, 13, 30)
    notice = yield from _asked(
        stage, "https://share.example/a/17", grade="B", police=True, contacted="A stranger sent my child a link in a game."
    )
    yield acts.later(1, 10, 0)
    _says(notice(Notice.Asks.PRESERVE), What.SAYS_PRESERVED, stage.people.analyst)
    yield acts.soon(30)
    takedown.record_removed(
        notice=notice(Notice.Asks.PRESERVE), how="The host confirmed by telephone that it is preserved.", by=stage.people.analyst
    )


def _released(stage: Stage) -> Story:
    """Police release it two days later; the hotline sends it."""
    yield stage.calendar.at(16, 9, 40)
    notice = yield from _asked(
        stage, "https://board.example/user/8", grade="C", police=True, contacted="An adult asked my child to keep secrets."
    )
    yield acts.later(2, 11, 15)
    takedown.release_hold(
        notice=notice(Notice.Asks.REMOVE), reason="The account is secured; removal tells nobody anything new.", by=stage.people.investigator
    )
    yield acts.soon(40)
    takedown.send_notice(notice=notice(Notice.Asks.REMOVE), by=stage.people.analyst)
    yield acts.later(1, 12, 0)
    for asks in (Notice.Asks.PRESERVE, Notice.Asks.REMOVE):
        takedown.record_removed(notice=notice(asks), how=VIEWER, by=stage.people.second_analyst)


def _for_one_person(stage: Stage) -> Story:
    """Nobody knows whether the link was made for one person, and no place is named: a person chooses police."""
    yield stage.calendar.at(1, 13, 20)
    yield from _asked(stage, "https://host.example/p/x7k2m9", grade="B", link="unknown")


def _waits_for_approval(stage: Stage) -> Story:
    """A host that the directory did not know: its contact waits for a second person."""
    by = stage.people.analyst
    yield stage.calendar.at(1, 16, 5)
    notice = yield from _asked(stage, "https://cdn.upload.example/u/3", grade="C", by=by)
    yield acts.soon(25)
    takedown.propose_for_notice(
        notice=notice(), domain="upload.example", name="Upload", email="abuse@upload.example", found_at="Its register entry", by=by
    )


def _back_again(stage: Stage) -> Story:
    """Removed, and there again a fortnight later: a new notice."""
    by = stage.people.second_analyst
    yield stage.calendar.at(30, 10, 0)
    notice = yield from _asked(stage, "https://pictures.example/gallery/14", grade="B", by=by)
    yield acts.later(2, 9, 45)
    takedown.record_removed(notice=notice(), how=VIEWER, by=by)
    yield stage.calendar.at(3, 11, 30)
    again = takedown.notice_again(notice=notice(), by=by)
    yield acts.soon(200)
    takedown.record_removed(notice=Notice.objects.get(pk=again.pk), how=VIEWER, by=by)


Find = Callable[..., Notice]


def _asked(
    stage: Stage, url: str, *, grade: str, by: Membership | None = None, link: str = "no", police: bool = False, contacted: str = ""
) -> Generator[datetime, None, Find]:
    """Somebody reports an address; it is graded, and its host asked. Gives a way to find the notice as it is then.

    `contacted`: what a parent says, where an account contacted a child.
    """
    by = by or stage.people.analyst
    report = acts.tell(
        who="parent" if contacted else "adult",
        kind="contact" if contacted else "web_page",
        happened=contacted or "A page worried me.",
        danger="no",
        place={"urls": [url], "app": "", "accounts": [], "conversation": ""},
    )
    yield acts.soon(20)
    acts.read_and_grade(stage, report, letter=grade, by=by)
    _decide(stage, report, by, link=link, police=police)
    yield acts.soon(2)

    def found(asks: str = Notice.Asks.REMOVE) -> Notice:
        return Notice.objects.get(report=report, asks=asks, repeats=None)

    return found


def _decide(stage: Stage, report: Report, by: Membership, *, link: str, police: bool) -> None:
    against = "Police are asked to establish where the child lives; the referral follows from there."
    triage.decide(
        report=report,
        police=stage.company.agencies["police"] if police else None,
        notice_to_host=True,
        for_one_person={item.number: link for item in report.items.all()},
        children={duty.pk: ForChild(reason_against=against) for duty in report.child_duties.all()},
        reason="Graded; its host is asked.",
        could_be_read="no",
        answer=THANKS,
        by=by,
    )


def _says(notice: Notice, what: str, by: Membership, words: str = "The abuse desk, by telephone.") -> None:
    takedown.note_answer(notice=notice, what=what, words=words, submission=f"demo {notice.reference} {what}", by=by)
