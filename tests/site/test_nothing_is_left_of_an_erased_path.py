"""Distinctive words in every door of a report's path; the path walked by real actions; erased: nothing that is kept holds one of them."""

import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.retention import actions as retention
from havenline.foundation.retention import queries
from havenline.foundation.sealing.models import Key
from havenline.foundation.work import queue, rounds
from havenline.journey.intake import actions as intake
from havenline.journey.intake import receipts
from havenline.journey.intake.actions.dialogue import NotTheirReceipt
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Case
from havenline.journey.prevention import actions as prevention
from havenline.journey.safeguarding import actions as safeguarding
from havenline.journey.takedown import actions as takedown
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from havenline.journey.triage.actions import ForChild
from tests import databases, factories
from tests.conftest import WEDNESDAY
from tests.foundation.post.mail_server import mail_server
from tests.journey.investigation.conftest import with_answers

pytestmark = [pytest.mark.django_db(transaction=True)]
LATER = datetime(2070, 1, 8, 10, 0, tzinfo=moment.LONDON)
PLANTED: set[str] = set()


def word(where: str) -> str:
    """A word that stands nowhere else, and that no stemmer changes."""
    PLANTED.add(f"zq{where}zq")
    return f"zq{where}zq"


@pytest.fixture
def people(hotline: Agency, police: Agency, social_care: Agency, oversight: Agency) -> dict[str, Membership]:
    return {
        "analyst": factories.member("analyst", hotline),
        "senior": factories.member("senior_analyst", hotline),
        "investigator": factories.member("investigator", police),
        "supervisor": factories.member("police_supervisor", police),
        "worker": factories.member("social_worker", social_care),
        "manager": factories.member("team_manager", social_care),
        "lead": factories.member("safeguarding_lead", factories.agency("school")),
        "auditor": factories.member("auditor", oversight),
    }


def hotline_side(by: dict[str, Membership]) -> str:
    """A report with all that can be told, an addition, a question, a silence and a number, referred to police and care. Its receipt."""
    received = intake.receive(
        answers={
            "who": "parent",
            "kind": "conversation",
            "happened": f"An adult stranger asked to meet my child. {word('narrative')}",
            "place": {
                "urls": [f"https://forum.example/{word('address')}"],
                "app": "chat.example",
                "accounts": [f"{word('account')}"],
                "conversation": f"A: keep this between us {word('conversation')}\nB: why?",
            },
            "danger": "no",
            "relation": "lives_with",
            "child": {"name": word("child"), "age": 9, "town": word("town"), "school": word("school")},
            "reporter": {"name": word("reporter"), "contact": f"{word('mail')}@mail.example"},
        }
    )
    report = received.report
    queue.drain()
    intake.open_by_receipt(typed=received.receipt)
    intake.add_message(report=report, words=f"One thing more. {word('addition')}", submission=receipts.new_token())
    queue.drain()
    triage.claim(report=report, by=by["analyst"])
    triage.write(report=report, words=f"Which name was it? {word('question')}", could_be_read="no", by=by["analyst"])
    triage.settle_signs(report=report, stands={sign.number: True for sign in report.warning_signs.all()}, by=by["analyst"])
    for item in report.items.all():
        triage.grade(item=item, grade="C", by=by["analyst"])
    other = triage.add_child(report=report, child={"name": word("secondchild")}, by=by["analyst"])
    children = {duty.pk: ForChild(refer_to=by["worker"].agency) for duty in report.child_duties.exclude(pk=other.pk)}
    decision = triage.decide(
        report=report,
        police=by["investigator"].agency,
        children=children | {other.pk: ForChild(reason_against=f"Not known. {word('against')}")},
        reason=f"Wants a meeting. {word('reason')}",
        could_be_read="no",
        answer=f"Thank you. {word('answer')}",
        by=by["analyst"],
    )
    triage.send_now(decision=decision, by=by["analyst"])
    queue.drain()
    records.note_other_number(record=report.record, system="Crime number", number=word("number"), by=by["senior"])
    records.keep_silent(record=report.record, audience="school", reason=word("silence"), by=by["senior"], actor=by["senior"])
    return received.receipt


def police_side(by: dict[str, Membership]) -> Case:
    own = by["investigator"]
    referral = HandOver.objects.get(purpose="referral_to_police")
    case = investigation.take_up(hand_over=referral, title=f"Account {word('title')}", kind="both", by=own)
    investigation.see_identifier(case=case, kind="telephone", raw="+44 1632 960123", source="an officer", by=own)
    identifiers.see(record=case.record, kind="address", raw=f"1 {word('street')} Road, Northmere", source="visit", by=own)
    subject = investigation.open_subject(case=case, by=own)
    found = case.record.sightings.filter(identifier__kind="account").first()
    assert found is not None
    attribution = investigation.propose_attribution(subject=subject, identifier=found.identifier, evidence=word("evidence"), by=own)
    investigation.review_attribution(attribution=attribution, agrees=True, words=word("review"), by=by["supervisor"])
    investigation.name_subject(subject=subject, name=word("subject"), born_on=date(1980, 1, 2), by=own)
    investigation.record_register_check(
        subject=subject, on_register="yes", conditions=word("conditions"), checked_on=date(2026, 11, 17), by=own
    )
    investigation.record_access_answers(subject=subject, answers=with_answers(own_children="yes"), by=own)
    details = {"name": word("reachchild"), "town": "Northmere", "school": word("reachschool"), "household": word("household")}
    investigation.note_child_within_reach(subject=subject, details=details, age=9, how="own_children", by=own)
    assessment = investigation.record_access_to_children(subject=subject, finding="found", rationale=word("rationale"), send=True, by=own)
    investigation.review_access(assessment=assessment, agrees=True, words=word("agreed"), by=by["supervisor"])
    investigation.record_contact_abuse(subject=subject, asked=True, found="no", by=own)
    investigation.add_identification_step(case=case, what=word("step"), outcome=word("outcome"), done_on=date(2026, 11, 17), by=own)
    investigation.answer_referral(case=case, hand_over=referral, outcome="case_opened", words=word("toldhotline"), by=own)
    return case


def social_care_side(by: dict[str, Membership], case: Case) -> None:
    worker = by["worker"]
    for hand_over in HandOver.objects.filter(purpose="referral_to_social_care", state__in=["sent", "delivered"]):
        child_case = safeguarding.take_up(hand_over=hand_over, by=worker, manager=by["manager"], is_another_child=True)
        safeguarding.change_child(child_case=child_case, name=word("renamed"), school=word("newschool"), language="Welsh", by=worker)
        safeguarding.add_relationship(
            child_case=child_case, name=word("parent"), relation="parent", said_by=word("teacher"), lives_with=True, by=worker
        )
        safeguarding.add_note(child_case=child_case, words=word("note"), by=worker)
        safeguarding.decide(
            child_case=child_case, outcome="no_further_action", reason=word("decided"), answer=word("toldpolice"), by=by["manager"]
        )
        safeguarding.close(child_case=child_case, reason=word("ended"), by=by["manager"])
    investigation.close_case(case=case, reason=word("closed"), by=by["investigator"])


def takedown_side(by: dict[str, Membership]) -> None:
    """A page, graded; its host is asked, answers by its link, and a person says that it is gone."""
    answers = {"who": "adult", "kind": "web_page", "happened": "A page.", "place": {"urls": [f"https://pictures.example/{word('page')}"]}}
    report = intake.open_report(report=intake.receive(answers=answers).report)
    triage.claim(report=report, by=by["analyst"])
    item = report.items.get()
    triage.grade(item=item, grade="B", by=by["analyst"])
    host = takedown.add_host(domain="pictures.example", name="Pictures", by=by["analyst"])
    proposed = takedown.propose_contact(host=host, email="abuse@pictures.example", found_at="Its page", by=by["analyst"])
    takedown.approve_contact(contact=proposed, by=by["senior"])
    decision = triage.decide(
        report=report, by=by["analyst"], notice_to_host=True, for_one_person={item.number: "no"}, reason="Graded.", could_be_read="no"
    )
    triage.send_now(decision=decision, by=by["analyst"])
    with mail_server() as server:
        queue.drain()
        notice = Notice.objects.get()
        if notice.state == Notice.State.DRAFTED:
            takedown.send_notice(notice=notice, by=by["analyst"])
            queue.drain()
        assert len(server.letters) == 1
    notice.refresh_from_db()
    takedown.note_answer(notice=notice, what="says_removed", words=word("hostsaid"), submission="call 1", by=by["analyst"])
    takedown.record_removed(notice=notice, how=word("gone"), by=by["analyst"])


def prevention_side(by: dict[str, Membership]) -> None:
    child = {"name": word("pupil"), "age": 9}
    concern = prevention.raise_concern(
        token="t", child=child, concern=word("concern"), why=word("why"), parents_told="not_yet", by=by["lead"]
    )
    sent = HandOver.objects.get(source=concern.record)
    child_case = safeguarding.take_up(hand_over=sent, by=by["worker"], manager=by["manager"], is_another_child=True)
    safeguarding.decide(child_case=child_case, outcome="no_further_action", reason="Known.", answer=word("toldlead"), by=by["manager"])
    safeguarding.close(child_case=child_case, reason="Known.", by=by["manager"])


def erase_everything(by: dict[str, Membership]) -> int:
    """Each agency's supervisor approves all that is due; the worker does the rest."""
    count = 0
    for who in ("senior", "supervisor", "manager", "lead"):
        while rows := [
            row for row in queries.rows(queries.dues(by=by[who]), by=by[who]) if row.may_be_approved and row.due.rule.approval == "person"
        ]:
            count += len(retention.approve(records=[row.due.record for row in rows], count=len(rows), by=by[who]))
            queue.drain()
    rounds.run_due()
    return count


def kept() -> Iterator[tuple[str, bytes]]:
    """All that holds what the installation keeps: the database's own files, or a dump of everything in it; the journal."""
    if connection.vendor == "sqlite":
        name = Path(settings.DATABASES["default"]["NAME"])
        for path in (name, name.with_name(f"{name.name}-wal")):
            if path.exists():
                yield path.name, path.read_bytes()
    else:
        with as_owner() as of:
            environment = {"PGPASSWORD": of["PASSWORD"], "PATH": "/usr/bin:/bin"}
            where = ["--host", of["HOST"] or "127.0.0.1", "--port", str(of["PORT"] or 5432), "--username", of["USER"], of["NAME"]]
            yield "pg_dump", subprocess.run(["pg_dump", "--inserts", *where], capture_output=True, check=True, env=environment).stdout
    for path in (settings.HOME / "journal").glob("*"):
        yield path.name, path.read_bytes()


@contextmanager
def as_owner() -> Iterator[dict[str, Any]]:
    unprivileged = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    databases._reconnect(**databases._owner)
    try:
        yield connection.settings_dict
    finally:
        databases._reconnect(**unprivileged)


def holding() -> dict[str, list[str]]:
    return {name: sorted(one for one in PLANTED if one.encode() in content) for name, content in kept()}


def test_after_the_erasure_of_a_whole_path_no_word_of_it_is_left(
    people: dict[str, Membership], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(settings, "HOST_NAMES", {"pictures.example": "192.0.2.7:443", "forum.example": "192.0.2.9:443"})
    with moment.moving_from(WEDNESDAY):
        receipt = hotline_side(people)
        social_care_side(people, police_side(people))
        takedown_side(people)
        prevention_side(people)
    to_hosts = list(Letter.objects.filter(to="abuse@pictures.example").values_list("pk", flat=True))
    before = holding()
    in_clear = set().union(*before.values())
    assert {
        word("title"),
        word("renamed"),
        word("parent"),
        word("account"),
        word("page"),
        word("number"),
    } <= in_clear  # what erasing must find
    # A list outlives the reports that its entries came from (lists/copies.py): what is listed is left out of the count, and nothing else.
    listed = list(ListEntry.objects.exclude(record=None).values_list("pk", "value"))
    assert {one for one in PLANTED for _pk, value in listed if one in value} == {word("page"), word("address")}
    for pk, _value in listed:
        ListEntry.objects.filter(pk=pk).update(value=f"left out {pk}")
    with moment.moving_from(LATER):
        approved = erase_everything(people)
    assert approved >= 6
    assert list(Record.objects.filter(erased_at=None).values_list("reference", "kind")) == []
    assert not Key.objects.exclude(wrapped=None).exists()
    assert to_hosts
    assert set(Letter.objects.filter(pk__in=to_hosts).values_list("to", "subject", "body")) == {("", "", "")}
    assert {name: words for name, words in holding().items() if words} == {}
    assert [one for one in PLANTED if one in caplog.text] == []
    with pytest.raises(NotTheirReceipt):
        intake.open_by_receipt(typed=receipt)
    ledger.verify()
