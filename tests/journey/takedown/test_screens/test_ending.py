"""What a host says is shown as a claim, a check says only what answers from here, and how a notice ends a person says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from tests.journey.takedown.host_side import a_notice
from tests.journey.takedown.test_screens.walking import act, again, at, host_says, offered, page, text, told_at
from tests.journey.takedown.web_server import host_that

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
State = Notice.State
OK, GONE = b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 410 Gone\r\n\r\n"


def telephoned(notice: Notice, what: str, by: Membership) -> None:
    actions.note_answer(notice=notice, what=what, words="The abuse desk said so.", submission=f"call {what}", by=by)


def test_what_a_host_says_by_its_link_is_shown_as_a_claim_and_ends_nothing(
    sent: Notice, mail: Any, analyst: Membership, signed_in: SignIn
) -> None:
    host_says(mail, "says_removed", "Taken away this morning.")
    browser = signed_in(analyst)
    said = page(browser, at(sent)).partition("What the host says")[2]
    assert "Claims, not findings" in said
    assert "We have removed it Not read yet" in said
    assert "by the letter’s link Taken away this morning." in said
    assert again(sent).is_open
    assert "Record: removed" in page(browser, at(sent))


def test_looking_at_what_a_host_said_does_not_count_as_reading_it(sent: Notice, mail: Any, analyst: Membership, signed_in: SignIn) -> None:
    host_says(mail, "acknowledged")
    browser = signed_in(analyst)
    for _twice in range(2):
        assert "Not read yet" in page(browser, at(sent))
    assert act(browser, sent, "read").status_code == 302
    assert "Not read yet" not in page(browser, at(sent))
    assert sent.answers.get().seen_by == analyst


def test_what_nobody_read_before_the_notice_ended_can_be_read_after(
    sent: Notice, mail: Any, analyst: Membership, signed_in: SignIn
) -> None:
    host_says(mail, "contested", "It is another page.")
    actions.withdraw(notice=sent, reason="Graded wrongly.", by=analyst)
    browser = signed_in(analyst)
    assert "read" in offered(browser, sent)
    assert act(browser, sent, "read").status_code == 302
    assert "Not read yet" not in page(browser, at(sent))


def test_what_a_host_said_by_telephone_is_noted_once_under_a_name(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    for missing, field, says in (
        ({"what": "", "words": "The abuse desk."}, "id_answer-what_0", "Choose what the host said"),
        ({"what": "replied", "words": " "}, "id_answer-words", "Note who said what"),
    ):
        refused = act(browser, sent, "answer", submission="one call", **missing)
        assert refused.status_code == 422
        assert f'href="#{field}"' in refused.content.decode()
        assert says in text(refused)
        assert 'value="one call"' in refused.content.decode()
    for _twice in range(2):
        assert (
            act(browser, sent, "answer", what="replied", words="The abuse desk asked which page.", submission="one call").status_code == 302
        )
    assert sent.answers.count() == 1
    assert "by telephone, noted by R. Osei The abuse desk asked which page." in page(browser, at(sent))


@pytest.mark.parametrize(("speaks", "says"), [(GONE, "Not reachable from here"), (OK, "Still answers from here")])
def test_a_check_says_what_answers_from_here_and_ends_nothing(
    sent: Notice, analyst: Membership, signed_in: SignIn, speaks: bytes, says: str, settings: Any
) -> None:
    browser = signed_in(analyst)
    assert "Not checked" in page(browser, at(sent))
    actions.confirm_look_up(look_up=sent.look_ups.last(), by=analyst)  # type: ignore[arg-type]
    with host_that(speaks):
        assert act(browser, sent, "check").status_code == 302
    found = page(browser, at(sent))
    assert says in found
    assert "A check never says “removed”" in found
    assert (again(sent).state, again(sent).is_open) == (State.SENT, True)


def test_a_seventh_check_in_a_day_is_refused_in_words(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    for _six in range(6):
        assert act(browser, sent, "check").status_code == 302
    refused = act(browser, sent, "check")
    assert refused.status_code == 422
    assert "The next check runs by itself tomorrow" in text(refused)


def test_where_every_link_could_be_one_persons_no_check_is_offered_and_the_page_says_why(analyst: Membership, signed_in: SignIn) -> None:
    notice = a_notice(analyst, state="sent", for_one_person="unknown")
    browser = signed_in(analyst)
    assert "check" not in offered(browser, notice)
    assert "Where a link could have been made for one person, nothing is asked from here." in page(browser, at(notice))
    assert act(browser, notice, "check").status_code == 409


def test_a_host_that_was_asked_to_preserve_is_not_checked(analyst: Membership, signed_in: SignIn) -> None:
    notice = a_notice(analyst, state="sent", asks="preserve")
    browser = signed_in(analyst)
    assert "check" not in offered(browser, notice)
    assert "Record: preserved" in page(browser, at(notice))


def test_under_a_silence_towards_the_host_nothing_is_asked_and_no_link_is_sent(
    sent: Notice, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    records.keep_silent(record=sent.record, audience=Silence.Audience.HOST, reason="Police asked.", by=senior_analyst, actor=senior_analyst)
    browser = signed_in(analyst)
    assert not {"check", "link"} & offered(browser, sent)
    for code in ("check", "link"):
        assert act(browser, sent, code).status_code == 409


@pytest.mark.parametrize(
    ("code", "says", "state"),
    [("removed", "Say how you know", State.REMOVED), ("withdraw", "Say why it is withdrawn", State.WITHDRAWN)],
)
def test_a_person_ends_it_with_a_reason_and_once(
    sent: Notice, analyst: Membership, signed_in: SignIn, code: str, says: str, state: str
) -> None:
    browser = signed_in(analyst)
    told_at(act(browser, sent, code, words="  "), f"id_{code}-words", says)
    for _twice in range(2):
        assert act(browser, sent, code, words="Looked in the isolated viewer.").status_code == 302
    found = page(browser, at(sent))
    assert (again(sent).state, again(sent).ended_by) == (state, analyst)
    assert "R. Osei" in found
    assert "Looked in the isolated viewer." in found
    assert not sent.record.clocks.running().exists()


def test_too_many_words_stand_at_their_field_and_are_kept(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    words = "Looked. " * 600
    refused = act(signed_in(analyst), sent, "removed", words=words)
    told_at(refused, "id_removed-words", "at most 4000 characters")
    assert words.strip() in refused.content.decode()


def test_what_another_typed_after_it_ended_is_kept_for_them(
    sent: Notice, analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    actions.record_removed(notice=sent, how="Looked in the isolated viewer.", by=analyst)
    refused = act(signed_in(second_analyst), sent, "withdraw", words="The grade was wrong.")
    assert refused.status_code == 409
    assert "This is removed by now, so that was not done. What you typed stands below." in text(refused)
    assert "The grade was wrong." in text(refused)
    assert again(sent).state == State.REMOVED


def test_a_refusal_of_the_host_ends_it_as_refused_with_a_reason(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert "refusal" not in offered(browser, sent)
    assert act(browser, sent, "refusal", words="They will not.").status_code == 409
    telephoned(sent, "refused", analyst)
    told_at(act(browser, sent, "refusal", words=""), "id_refusal-words", "Say why it ends so")
    for _twice in range(2):
        assert act(browser, sent, "refusal", words="Told to the hotline of that country.").status_code == 302
    assert (again(sent).state, again(sent).is_open) == (State.REFUSED, False)


def test_a_contest_is_a_senior_analysts_to_decide(sent: Notice, analyst: Membership, senior_analyst: Membership, signed_in: SignIn) -> None:
    telephoned(sent, "contested", analyst)
    browser = signed_in(analyst)
    assert "contest" not in offered(browser, sent)
    assert act(browser, sent, "contest", upheld="stands", words="Graded by two.").status_code == 409
    browser = signed_in(senior_analyst)
    refused = act(browser, sent, "contest", upheld="", words="Graded by two.")
    assert refused.status_code == 422
    assert "Choose what you decide" in text(refused)
    assert "Graded by two." in refused.content.decode()
    told_at(act(browser, sent, "contest", upheld="stands", words=""), "id_contest-words", "Say why")
    assert act(browser, sent, "contest", upheld="stands", words="Graded by two.").status_code == 302
    assert again(sent).state == State.ACKNOWLEDGED


def test_a_contest_that_is_right_withdraws_it(sent: Notice, analyst: Membership, senior_analyst: Membership, signed_in: SignIn) -> None:
    telephoned(sent, "contested", analyst)
    act(signed_in(senior_analyst), sent, "contest", upheld="withdrawn", words="The grade was wrong.")
    assert (again(sent).state, again(sent).end_words) == (State.WITHDRAWN, "The grade was wrong.")


def test_what_is_back_is_one_new_notice_to_which_the_old_one_leads(sent: Notice, analyst: Membership, signed_in: SignIn) -> None:
    actions.record_removed(notice=sent, how="Looked in the isolated viewer.", by=analyst)
    browser = signed_in(analyst)
    found = {act(browser, sent, "again")["Location"] for _twice in range(2)}
    new = sent.repeated_by.get()
    assert found == {at(new)}
    assert f"It was back: {new.reference}" in page(browser, at(sent))
    assert offered(browser, sent) == set()


def test_what_is_no_longer_graded_so_offers_no_new_notice(
    sent: Notice, analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    actions.withdraw(notice=sent, reason="Graded wrongly.", by=analyst)
    type(sent.report).objects.filter(pk=sent.report_id).update(waits_since=sent.drafted_at)
    triage.claim(report=sent.report, by=analyst)
    triage.grade(item=sent.report.items.get(), grade="N", by=analyst)
    browser = signed_in(analyst)
    assert offered(browser, sent) == set()
    assert act(browser, sent, "again").status_code == 409
    assert Notice.objects.count() == 1
