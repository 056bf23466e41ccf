"""The desk in a browser without JavaScript: what a person sees, and what comes back when something was refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.journey.triage import actions
from havenline.journey.triage.models import Decision

pytestmark = pytest.mark.django_db


def url(name, report=None, *more):
    return reverse(f"triage:{name}", args=[report.reference, *more] if report else [])


def test_the_queue_shows_what_waits_by_urgency_with_reasons(arrives, analyst, signed_in):
    report = arrives(danger="now")
    page = signed_in(analyst).get(url("queue")).content.decode()
    assert report.reference in page
    assert "Says: in danger now" in page


def test_an_empty_queue_says_so(analyst, signed_in):
    assert "Nothing waits" in signed_in(analyst).get(url("queue")).content.decode()


def test_what_a_reporter_said_stays_closed_until_it_is_claimed(arrives, analyst, signed_in):
    report = arrives(happened="An adult stranger asked to meet a child at the harbour.")
    client = signed_in(analyst)
    assert "at the harbour" not in client.get(url("report", report)).content.decode()
    client.post(url("claim", report))
    page = client.get(url("report", report)).content.decode()
    assert "at the harbour" in page
    assert Entry.objects.filter(record=report.reference, body__contains='"reason":"assigned"', actor=analyst.ledger_name).exists()


def test_reading_without_claiming_needs_a_reason_in_words(arrives, analyst, signed_in):
    report = arrives(happened="An adult stranger asked to meet a child at the harbour.")
    client = signed_in(analyst)
    assert client.post(url("read", report), {"words": ""}).status_code == 409
    assert "at the harbour" in client.post(url("read", report), {"words": "Asked by the senior analyst"}).content.decode()


def test_another_agencys_people_get_nothing(arrives, investigator, social_worker, administrator, auditor, signed_in):
    report = arrives()
    for stranger in (investigator, social_worker, administrator, auditor):
        assert signed_in(stranger).get(url("report", report)).status_code == 404
        assert signed_in(stranger).get(url("queue")).status_code == 404


def test_an_analyst_of_another_hotline_gets_nothing(arrives, signed_in):
    from tests import factories

    other = factories.member("analyst", factories.agency("hotline", "Farland Hotline"))
    report = arrives()
    assert signed_in(other).get(url("report", report)).status_code == 404
    assert signed_in(other).post(url("claim", report)).status_code == 404


def test_an_address_is_shown_only_for_a_counted_look(arrives, analyst, signed_in):
    report = arrives(happened="Seen at https://chat.example/room yesterday.", place={"urls": ["https://chat.example/room"]})
    client = signed_in(analyst)
    client.post(url("claim", report))
    assert "chat.example/room" not in client.get(url("report", report)).content.decode()
    page = client.post(url("look", report, 1)).content.decode()
    assert "https://chat.example/room" in page


def test_a_grade_is_saved_without_javascript(arrives, analyst, signed_in):
    report = arrives(place={"urls": ["https://chat.example/room"]})
    client = signed_in(analyst)
    client.post(url("claim", report))
    client.post(url("grade", report, 1), {"grade": "B"})
    assert report.items.get().assessments.get().grade == "B"
    assert "Choose a grade" in client.post(url("grade", report, 1), {"grade": "9"}, follow=True).content.decode()


def test_a_decision_is_made_taken_back_made_again_and_sent(arrives, analyst, police, investigator, signed_in):
    report = arrives()
    client = signed_in(analyst)
    client.post(url("claim", report))
    said = {"police": police.slug, "reason": "An adult asked to meet the child.", "could_be_read": "no", "answer": "", "seen": 0}
    client.post(url("decide", report), said)
    assert "nothing has left yet" in client.get(url("report", report)).content.decode()
    client.post(url("take_back", report))
    client.post(url("decide", report), said)
    client.post(url("send_now", report))
    assert [d.carried_out_at is not None for d in Decision.objects.order_by("at")] == [False, True]


def test_a_form_sent_after_the_claim_ran_out_keeps_its_words(arrives, analyst, signed_in):
    report = arrives()
    actions.claim(report=report, by=analyst)
    with moment.standing_at(moment.now() + timedelta(minutes=20)):
        answer = signed_in(analyst).post(
            url("decide", report), {"reason": "Words that must not be lost", "close": "on", "could_be_read": "no"}
        )
    page = answer.content.decode()
    assert (answer.status_code, "ran out" in page, "Words that must not be lost" in page) == (409, True, True)
    assert not Decision.objects.exists()


def test_a_form_sent_after_another_person_decided_keeps_its_words_and_doubles_nothing(arrives, analyst, second_analyst, signed_in):
    report = arrives()
    actions.claim(report=report, by=analyst)
    actions.decide(report=report, by=analyst, reason="Nothing more is known.", could_be_read="no", close=True)
    answer = signed_in(second_analyst).post(url("decide", report), {"reason": "Words of the second", "close": "on", "could_be_read": "no"})
    page = answer.content.decode()
    assert (answer.status_code, "R. Osei decided" in page, "Words of the second" in page) == (409, True, True)
    assert Decision.objects.count() == 1


def test_sent_twice_a_decision_is_one(arrives, analyst, signed_in):
    report = arrives()
    client = signed_in(analyst)
    client.post(url("claim", report))
    said = {"close": "on", "reason": "Nothing more is known.", "could_be_read": "no"}
    client.post(url("decide", report), said)
    assert client.post(url("decide", report), said).status_code == 409
    assert Decision.objects.count() == 1


def test_what_stands_open_is_listed_with_links(arrives, analyst, signed_in):
    report = arrives(relation="knows", child={"name": "Robin Vale"})
    client = signed_in(analyst)
    client.post(url("claim", report))
    page = client.post(url("decide", report), {"reason": "", "could_be_read": ""}).content.decode()
    duty = report.child_duties.get()
    assert f'href="#child-{duty.pk}"' in page
    assert f'id="child-{duty.pk}"' in page
    assert 'href="#reason"' in page
    assert 'id="reason"' in page


def test_a_question_goes_behind_the_receipt_only_where_nobody_else_reads_it(arrives, analyst, signed_in):
    report = arrives()
    client = signed_in(analyst)
    client.post(url("claim", report))
    refused = client.post(url("write", report), {"write-words": "Which app was it?", "write-could_be_read": "unknown"})
    assert refused.status_code == 409
    assert "Which app was it?" in refused.content.decode()
    client.post(url("write", report), {"write-words": "Which app was it?", "write-could_be_read": "no"})
    assert report.messages.get().words() == "Which app was it?"


def test_a_child_is_added_from_what_was_written(arrives, analyst, signed_in):
    report = arrives()
    client = signed_in(analyst)
    client.post(url("claim", report))
    assert client.post(url("add_child", report), {"child-name": ""}).status_code == 409
    client.post(url("add_child", report), {"child-name": "Robin Vale", "child-age": "9"})
    assert report.child_duties.get().label == "Robin Vale"


def test_claiming_the_next_leads_to_it(arrives, analyst, signed_in):
    report = arrives()
    assert signed_in(analyst).post(url("claim_next")).url == url("report", report)
