"""A notice as it stands when a host comes into it. Content by SAFETY.md: reserved names, nothing described."""

import re
from collections.abc import Sequence

from havenline.foundation import moment
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.work import queue
from havenline.journey.intake.models import ReportedItem
from havenline.journey.takedown.actions import links
from havenline.journey.takedown.models import Contact, Host, Notice, NoticeItem
from havenline.journey.triage.models import Assessment, Grade, LinkAnswer
from tests import factories
from tests.foundation.post.mail_server import mail_server


def a_notice(
    by: Membership,
    *,
    urls: Sequence[str] = ("https://pictures.example/item/1",),
    asks: str = "remove",
    state: str = "leaving",
    for_one_person: str = "no",
) -> Notice:
    """A notice to pictures.example, ready to leave."""
    report = factories.report(by.agency, kind="web_page")
    record, _key = records.open_record(kind=FileKind.NOTICE, agency=by.agency, arose_from=report.record)
    other = factories.member("senior_analyst", by.agency)
    host, _made = Host.objects.get_or_create(
        domain="pictures.example", defaults={"name": "Pictures Example", "added_by": by, "added_at": moment.now()}
    )
    contact = Contact.objects.filter(host=host).first() or Contact.objects.create(
        host=host,
        email="abuse@pictures.example",
        found_at="its abuse page",
        state=Contact.State.APPROVED,
        proposed_by=by,
        proposed_at=moment.now(),
        settled_by=other,
        settled_at=moment.now(),
    )
    notice = Notice.objects.create(
        record=record,
        report=report,
        host=host,
        hostname="pictures.example",
        asks=asks,
        state=state,
        drafted_by=by,
        drafted_at=moment.now(),
        contact=contact,
        held_at=moment.now() if state == Notice.State.HELD else None,
        sent_by=by,
        sent_at=moment.now(),
    )
    for number, url in enumerate(urls, start=1):
        identifier = identifiers.see(record=report.record, kind="url", raw=url, source="report", by=INSTALLATION).identifier
        item = ReportedItem.objects.create(report=report, number=number, identifier=identifier)
        Assessment.objects.create(item=item, grade=Grade.A, by=by, at=moment.now())
        answer = LinkAnswer.objects.create(item=item, answer=for_one_person, by=by, at=moment.now())
        NoticeItem.objects.create(notice=notice, item=item, link_answer=answer)
    return notice


def sent(notice: Notice, by: Membership) -> str:
    """Queue the notice's letter, let it leave over a real mail server, and give the token of the link that arrived."""
    contact = notice.contact
    assert contact is not None
    links.queue_notice_letter(notice=notice, contact=contact, by=by)
    with mail_server() as server:
        queue.drain()
    [letter] = server.letters
    notice.state = Notice.State.SENT
    notice.save(update_fields=["state"])
    return token_in(text_of(letter))


def text_of(letter: object) -> str:
    payload = letter.get_payload(decode=True)  # type: ignore[attr-defined]
    assert isinstance(payload, bytes)
    return payload.decode()


def token_in(text: str) -> str:
    found = re.search(r"/host/([^/\s]+)/", text)
    assert found is not None, text
    return found[1]
