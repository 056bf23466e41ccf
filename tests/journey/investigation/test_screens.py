"""What an investigator sees and can do in a browser, and what nobody else sees."""

import re

import pytest
from django.urls import reverse

from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger.models import Entry
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import AccessAnswer, Case, Question
from tests import factories
from tests.journey.investigation.conftest import YESTERDAY


def page(name: str, *args: object) -> str:
    return reverse(f"investigation:{name}", args=args)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_referrals_page_posts_to_a_form_which_opens_the_case(signed_in, referral, investigator):
    browser = signed_in(investigator)
    assert "Open a case" in text_of(browser.post(page("take_up", referral.reference)))
    told = {"how": "open", "title": "Account on chat.example", "kind": "contact", "owner": investigator.pk}
    response = browser.post(page("take_up", referral.reference), told)
    assert response.url == page("case", Case.objects.get().reference)


def test_pressing_the_button_twice_opens_one_case(signed_in, referral, investigator):
    browser = signed_in(investigator)
    told = {"how": "open", "title": "Account on chat.example", "kind": "contact", "owner": investigator.pk}
    for _press in range(2):
        browser.post(page("take_up", referral.reference), told)
    assert Case.objects.count() == 1


def test_a_form_without_a_title_says_what_to_enter_and_keeps_the_rest(signed_in, referral, investigator):
    response = signed_in(investigator).post(
        page("take_up", referral.reference), {"how": "open", "title": "", "kind": "images", "owner": investigator.pk}
    )
    assert response.status_code == 422
    assert "Enter a title that names nobody" in text_of(response)


PLACES = ("case", "close", "owner", "identifier", "step", "transfer", "no_subject")


@pytest.mark.parametrize("place", PLACES)
def test_each_page_of_a_case_opens(signed_in, image_case, investigator, place):
    assert signed_in(investigator).get(page(place, image_case.reference)).status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_another_forces_investigator_gets_what_does_not_exist(signed_in, image_case, place):
    outsider = factories.member("investigator", factories.agency("police", "Southmere Police"))
    assert signed_in(outsider).get(page(place, image_case.reference)).status_code == 404


SUBJECT_PLACES = ("subject", "finding", "child", "attribution", "emergency", "name", "register_check", "contact_abuse", "welfare_check")


@pytest.mark.parametrize("place", SUBJECT_PLACES)
def test_each_page_of_a_subject_opens(signed_in, identified, investigator, place):
    assert signed_in(investigator).get(page(place, identified.number)).status_code == 200


@pytest.mark.parametrize("place", SUBJECT_PLACES)
def test_a_social_worker_and_another_force_see_no_subject(signed_in, identified, social_worker, place):
    outsider = factories.member("investigator", factories.agency("police", "Southmere Police"))
    for nobody in (social_worker, outsider):
        assert signed_in(nobody).get(page(place, identified.number)).status_code == 404


def test_lists_show_only_ones_own_forces_cases(signed_in, identified, investigator):
    outsider = factories.member("investigator", factories.agency("police", "Southmere Police"))
    assert identified.case.reference in text_of(signed_in(investigator).get(page("cases")))
    assert identified.number in text_of(signed_in(investigator).get(page("subjects")))
    assert identified.case.reference not in text_of(signed_in(outsider).get(page("cases")))
    assert identified.number not in text_of(signed_in(outsider).get(page("subjects")))


@pytest.mark.parametrize("asked", ["2", "²", "0", "-1", "9" * 30, "next"])
def test_a_page_of_the_list_that_there_is_not_is_one_that_there_is(signed_in, image_case, investigator, asked):
    assert image_case.reference in text_of(signed_in(investigator).get(page("cases"), {"page": asked}))


def test_a_look_at_a_subject_is_on_the_ledger_with_its_reason(signed_in, subject, investigator):
    signed_in(investigator).get(page("subject", subject.number))
    last = Entry.objects.filter(record=subject.case.reference, body__contains='"look":true').last()
    assert last is not None
    assert '"reason":"owner"' in last.body


def access(**changed: str) -> dict[str, object]:
    told: dict[str, object] = {"seen": 0}
    for question in Question.values:
        told |= {f"{question}-answer": "no", f"{question}-source": "Visit", f"{question}-source_date": YESTERDAY.isoformat()}
    return told | changed


def test_the_access_table_saves_nine_answers(signed_in, subject, investigator):
    assert signed_in(investigator).post(page("subject", subject.number), access()).status_code == 302
    assert AccessAnswer.objects.count() == 9


def test_no_answer_is_chosen_for_anybody(signed_in, subject, investigator):
    assert not re.search(r"<input[^>]+checked", signed_in(investigator).get(page("subject", subject.number)).content.decode())


def test_a_yes_without_a_source_says_so_and_saves_nothing(signed_in, subject, investigator):
    response = signed_in(investigator).post(
        page("subject", subject.number), access(**{"own_children-answer": "yes", "own_children-source": ""})
    )
    assert "Enter the source of “Own children in the household”" in text_of(response)
    assert not AccessAnswer.objects.exists()


def test_a_stale_access_table_overwrites_nobody(signed_in, subject, investigator, police_supervisor):
    signed_in(investigator).post(page("subject", subject.number), access())
    response = signed_in(police_supervisor).post(page("subject", subject.number), access(**{"own_children-answer": "yes"}))
    assert "since you opened this page" in text_of(response)
    assert AccessAnswer.objects.count() == 9


def test_save_and_refer_sends_the_referral(signed_in, identified, child_within_reach, investigator):
    child_within_reach(identified)
    told = {"finding": "found", "rationale": "Lives with a child.", "go": "refer"}
    signed_in(investigator).post(page("finding", identified.number), told)
    assert HandOver.objects.get(purpose="referral_to_social_care").state == "delivered"


def test_an_urgent_referral_asks_for_the_call(signed_in, identified, child_within_reach, investigator):
    child_within_reach(identified)
    told = {"finding": "found", "rationale": "Lives with a child.", "go": "refer", "urgent": "on"}
    response = signed_in(investigator).post(page("finding", identified.number), told)
    assert "Enter the name of whoever answered" in text_of(response)
    assert not HandOver.objects.filter(purpose="referral_to_social_care").exists()


def test_an_owed_referral_is_sent_from_its_page(signed_in, identified, child_within_reach, investigator):
    child_within_reach(identified)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    obligation = identified.obligations.get()
    browser = signed_in(investigator)
    assert "Robin Vale" in text_of(browser.get(page("send", identified.number, obligation.pk)))
    browser.post(page("send", identified.number, obligation.pk), {})
    assert HandOver.objects.get(purpose="referral_to_social_care").state == "delivered"


def test_a_case_that_cannot_be_closed_says_what_is_missing_and_links_to_it(signed_in, identified, investigator):
    response = signed_in(investigator).get(page("subject", identified.number))
    assert "This case cannot be closed" in text_of(response)
    assert f'href="{page("subject", identified.number)}#finding"' in response.content.decode()


def test_closing_needs_the_case_number_typed(signed_in, identified, gate, referral, investigator):
    gate.assess(identified)
    gate.ask_about_contact_abuse(identified)
    gate.answer_sender(identified.case, referral)
    browser, told = signed_in(investigator), {"ending": "subject", "words": "Enquiries are finished."}
    response = browser.post(page("close", identified.case.reference), {**told, "reference": "C-2222-2222"})
    assert f"Type {identified.case.reference}" in text_of(response)
    assert Case.objects.get().is_open
    browser.post(page("close", identified.case.reference), {**told, "reference": identified.case.reference.lower()})
    assert not Case.objects.get().is_open


def test_closing_past_the_gate_is_refused_on_the_page(signed_in, image_case, investigator):
    told = {"ending": "no_subject", "words": "Finished.", "reference": image_case.reference}
    response = signed_in(investigator).post(page("close", image_case.reference), told)
    assert response.status_code == 422
    assert "No identification step is listed" in text_of(response)


def test_the_network_draws_only_what_is_confirmed_or_equal(signed_in, identified, investigator):
    content = signed_in(investigator).get(page("subject", identified.number)).content.decode()
    assert content.count('class="network-confirmed"') == 1
    assert content.count('class="network-same"') == 2
    assert "dasharray" not in content.split('class="network"')[1].split("</svg>")[0]


def test_same_identifier_elsewhere_names_where_and_why(signed_in, image_case, hotline, police, analyst, investigator):
    second = factories.referral_to_police(factories.report(hotline), police, analyst)
    other = actions.take_up(hand_over=second, title="Another account", kind="contact", by=investigator)
    shown = text_of(signed_in(investigator).get(page("case", image_case.reference)))
    assert f"{other.reference}" in shown
    assert "exactly the same" in shown


def test_a_hit_elsewhere_that_one_may_not_see_looks_like_none(signed_in, image_case, hotline, analyst, investigator):
    elsewhere = factories.agency("police", "Southmere Police")
    outsider = factories.member("investigator", elsewhere)
    second = factories.referral_to_police(factories.report(hotline), elsewhere, analyst)
    other = actions.take_up(hand_over=second, title="Another account", kind="contact", by=outsider)
    browser = signed_in(investigator)
    shown = text_of(browser.get(page("case", image_case.reference)))
    assert "Same identifier elsewhere" not in shown
    assert other.reference not in shown
    sighting = image_case.record.sightings.first()
    answered = browser.post(page("ask_owners", image_case.reference, sighting.identifier_id), follow=True)
    assert other.reference not in text_of(answered)


def test_a_case_whose_owner_left_stands_before_the_supervisor_without_an_owner(signed_in, image_case, investigator, police_supervisor):
    from havenline.foundation import moment

    investigator.until = moment.now()
    investigator.save()
    response = signed_in(police_supervisor).get(page("cases") + "?view=without_owner")
    assert image_case.reference in text_of(response)
    signed_in(police_supervisor).post(page("owner", image_case.reference), {"owner": police_supervisor.pk})
    assert Case.objects.get().record.owner == police_supervisor


def test_a_supervisor_settles_and_an_investigator_cannot(signed_in, identified, child_within_reach, investigator, police_supervisor):
    child_within_reach(identified)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    obligation = identified.obligations.get()
    assert signed_in(investigator).get(page("settle", identified.number, obligation.pk)).status_code == 404
    signed_in(police_supervisor).post(page("settle", identified.number, obligation.pk), {"words": "Referred by the other force."})
    obligation.refresh_from_db()
    assert obligation.settled_by == police_supervisor


def test_an_alarm_that_was_confirmed_stands_before_the_team_until_a_case_is_opened(signed_in, referral, investigator):
    from havenline.foundation.handover import actions as handover

    handover.accept(hand_over=referral, by=investigator)
    browser = signed_in(investigator)
    assert page("take_up", referral.reference) in browser.get(page("cases")).content.decode()
    actions.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)
    assert page("take_up", referral.reference) not in browser.get(page("cases")).content.decode()
