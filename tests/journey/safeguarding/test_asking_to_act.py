"""In an emergency whoever else works on the child is asked to act at once, as far as they may know of it."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import CaseEvent, ChildCase, ToldReferral
from havenline.journey.safeguarding.queries import emergency
from tests import factories
from tests.journey.safeguarding.test_emergency import protect

SignedIn = Callable[[Membership], Client]
pytestmark = pytest.mark.usefixtures("on_wednesday")


@pytest.fixture
def nurse(db: None) -> Membership:
    return factories.member("health_practitioner", factories.agency("health"), "Ola Venn")


def asked(event: CaseEvent) -> list[HandOver]:
    return list(HandOver.objects.filter(purpose="act_with_us", source=event.child_case.record).order_by("pk"))


def invite(child_case: ChildCase, by: Membership, **said: object) -> None:
    meeting = actions.book(
        child_case=child_case, step="strategy_discussion", booked_for=date(2026, 11, 20), booked_at=time(14), by=by, minutes=60
    )
    actions.invite(booking=meeting, by=by, place="Room 2", **said)  # type: ignore[arg-type]


def shown(child_case: ChildCase, by: Membership) -> dict[str, str]:
    """By name, what the head of the case says of who was told or asked."""
    found = emergency.last(child_case, by=by)
    assert found is not None
    return {one.name: one.said for one in found.told}


def test_police_who_referred_the_child_are_asked_behind_their_sign_in(
    child_case: ChildCase, social_worker: Membership, investigator: Membership, signed_in: SignedIn
) -> None:
    Letter.objects.all().delete()
    [one] = asked(protect(child_case, social_worker))
    assert (one.to_agency, one.state, one.urgent) == (investigator.agency, State.DELIVERED, True)
    assert Clock.objects.running().get(record=one.record).due_at == moment.now() + timedelta(minutes=15)
    [letter] = Letter.objects.filter(to=investigator.person.email)
    for words in ("Robin", child_case.reference, one.reference, "mergency", "rotect", "act with"):
        assert words not in letter.subject + letter.body
    browser = signed_in(investigator)
    assert one.reference in browser.get(reverse("handover:tray")).content.decode()
    page = browser.get(reverse("handover:show", args=[one.reference])).content.decode()
    for words in ("Robin Vale", "Police protection", "Wed 18 Nov, 10:00", "Sam Lindqvist", "Say that you have it"):
        assert words in page
    assert "With a nurse." not in page  # what was noted on the case stays there


def test_one_press_says_that_they_have_it_and_the_case_says_who_and_since_when(
    child_case: ChildCase, social_worker: Membership, investigator: Membership, signed_in: SignedIn
) -> None:
    [one] = asked(protect(child_case, social_worker))
    assert shown(child_case, social_worker)[one.to_agency.name] == "asked Wed 18 Nov, 10:06; has not answered yet"
    browser, at = signed_in(investigator), reverse("handover:show", args=[one.reference])
    assert '<input type="hidden" name="answer-outcome" value="acts">' in browser.get(at).content.decode()
    assert browser.post(at, {"act": "answer", "answer-outcome": "acts"}).status_code == 302
    assert shown(child_case, social_worker)[one.to_agency.name] == "has it since Wed 18 Nov, 10:06: D. Amara"
    assert not Clock.objects.running().filter(record=one.record).exists()
    page = signed_in(social_worker).get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()
    assert f"{one.to_agency.name}</a>, asked to act with us" in page


def test_of_police_whoever_holds_their_case_of_it_is_written_to_else_their_supervisors_and_not_all(
    child_case: ChildCase, social_worker: Membership, investigator: Membership, police_supervisor: Membership
) -> None:
    colleague = factories.member("investigator", investigator.agency, "Ash Lane")
    Letter.objects.all().delete()
    protect(child_case, social_worker)
    theirs = [one.person.email for one in (investigator, colleague, police_supervisor)]
    assert list(Letter.objects.filter(to__in=theirs).values_list("to", flat=True)) == [investigator.person.email]
    Membership.objects.filter(pk=investigator.pk).update(until=moment.now())
    Letter.objects.all().delete()
    protect(child_case, social_worker, "emergency_protection_order")
    assert list(Letter.objects.filter(to__in=theirs).values_list("to", flat=True)) == [police_supervisor.person.email]


def test_that_they_cannot_act_needs_its_words_and_says_whom_to_telephone(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    [one] = asked(protect(child_case, social_worker))
    with pytest.raises(handover.ReasonMissing):
        handover.answer(hand_over=one, outcome="cannot_act", words="", by=investigator)
    handover.answer(hand_over=one, outcome="cannot_act", words="No car is free.", by=investigator)
    assert shown(child_case, social_worker)[one.to_agency.name] == f"cannot act on it: telephone Dana Amara, {one.to_agency.name}"


def test_health_that_is_invited_to_its_meeting_is_asked_too(child_case: ChildCase, social_worker: Membership, nurse: Membership) -> None:
    invite(child_case, social_worker, to_agency=nurse.agency)
    assert {one.to_agency.kind for one in asked(protect(child_case, social_worker))} == {"police", "health"}


def test_an_agency_in_which_nobody_is_left_is_named_with_whom_to_telephone(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    Membership.objects.filter(pk=investigator.pk).update(until=moment.now())
    [one] = asked(protect(child_case, social_worker))
    assert one.state == State.SENT
    assert (
        shown(child_case, social_worker)[one.to_agency.name] == f"nobody there can read it now: telephone Dana Amara, {one.to_agency.name}"
    )


def test_who_has_no_account_here_is_named_to_be_telephoned(child_case: ChildCase, social_worker: Membership, signed_in: SignedIn) -> None:
    invite(child_case, social_worker, agency="health", name="Dr Lane")
    browser = signed_in(social_worker)
    form = browser.get(reverse("safeguarding:emergency", args=[child_case.reference])).content.decode()
    assert "Telephone yourself, since nobody of them signs in here: Dr Lane, Health." in form
    protect(child_case, social_worker)
    assert "Telephone Dr Lane, Health" in browser.get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()


def test_never_past_a_silence(child_case: ChildCase, social_worker: Membership, nurse: Membership, signed_in: SignedIn) -> None:
    """A doctor who referred is the reporter: where the reporter must not learn of it, health is not asked."""
    invite(child_case, social_worker, to_agency=nurse.agency)
    assert child_case.referral is not None
    ToldReferral.objects.create(
        hand_over=child_case.referral,
        submission="x",
        number=1,
        source="health",
        channel="telephone",
        recorded_at=moment.now(),
        recorded_by=social_worker,
    )
    reporter = Silence.Audience.REPORTER
    records.keep_silent(record=child_case.referral.source, audience=reporter, reason="Not yet.", by=None, actor=social_worker)
    letters = Letter.objects.filter(to=nurse.person.email).count()
    page = signed_in(social_worker).get(reverse("safeguarding:emergency", args=[child_case.reference])).content.decode()
    assert f"Not asked, since a silence stands on the case: Health: a doctor, health visitor, hospital; {nurse.agency.name}" in page
    assert {one.to_agency.kind for one in asked(protect(child_case, social_worker))} == {"police"}
    assert Letter.objects.filter(to=nurse.person.email).count() == letters
    found = emergency.last(child_case, by=social_worker)
    assert found is not None
    assert nurse.agency.name in found.silent
    assert found.telephone == []


def test_of_a_restricted_case_only_supervisors_there_are_asked_and_read_it(
    child_case: ChildCase,
    social_worker: Membership,
    team_manager: Membership,
    investigator: Membership,
    police_supervisor: Membership,
    signed_in: SignedIn,
) -> None:
    sharing.restrict(record=child_case.record, reason="The parent works there.", by=team_manager)
    letters = Letter.objects.filter(to=investigator.person.email).count()
    [one] = asked(protect(child_case, social_worker))
    assert one.record.restricted_at is not None
    assert Letter.objects.filter(to=police_supervisor.person.email).exists()
    assert Letter.objects.filter(to=investigator.person.email).count() == letters
    page = reverse("handover:show", args=[one.reference])
    assert signed_in(investigator).get(page).status_code == 404
    assert signed_in(police_supervisor).get(page).status_code == 200
    assert one.to_agency.name in shown(child_case, social_worker)


def test_who_is_asked_sees_no_case(child_case: ChildCase, social_worker: Membership, investigator: Membership, signed_in: SignedIn) -> None:
    protect(child_case, social_worker)
    assert signed_in(investigator).get(reverse("safeguarding:child_case", args=[child_case.reference])).status_code in (403, 404)


def test_another_area_that_sees_the_case_is_told_and_says_that_it_has_it(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, elsewhere: Membership, signed_in: SignedIn
) -> None:
    share(child_case, elsewhere.agency, team_manager)
    event = protect(child_case, social_worker)
    row = event.told_at_once.get(person=elsewhere)
    assert row.why == "partner"
    assert [one["told"] for one in emergency.waiting_for(elsewhere)] == [row]
    browser = signed_in(elsewhere)
    page = browser.get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()
    assert "A. Rowan, Eastmere social care, asked to act with us" in page
    assert browser.post(reverse("safeguarding:i_have_it", args=[child_case.reference, row.pk])).status_code == 302
    assert shown(child_case, social_worker)["A. Rowan, Eastmere social care"].startswith("has it since")


def test_of_another_area_whoever_holds_what_it_has_of_the_case_is_told_and_not_everybody(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, elsewhere: Membership
) -> None:
    theirs = factories.member("social_worker", elsewhere.agency, "Robin Lane")
    records.open_record(kind="child_case", agency=elsewhere.agency, owner=theirs, arose_from=child_case.record)
    share(child_case, elsewhere.agency, team_manager)
    told = protect(child_case, social_worker).told_at_once.filter(why="partner")
    assert [row.person for row in told] == [theirs]


def test_of_a_restricted_case_another_areas_worker_is_not_told_but_their_supervisor_is(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, elsewhere: Membership
) -> None:
    theirs = factories.member("social_worker", elsewhere.agency, "Robin Lane")
    records.open_record(kind="child_case", agency=elsewhere.agency, owner=theirs, arose_from=child_case.record)
    share(child_case, elsewhere.agency, team_manager)
    sharing.restrict(record=child_case.record, reason="The parent works there.", by=team_manager)
    told = protect(child_case, social_worker).told_at_once.filter(why="partner")
    assert [row.person for row in told] == [elsewhere]


def test_a_share_that_has_ended_tells_nobody(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, elsewhere: Membership, oversight: Agency
) -> None:
    share(child_case, elsewhere.agency, team_manager)
    with moment.standing_at(moment.now() + timedelta(days=40)):
        told = dict(actions.to_tell(child_case, besides=social_worker))
    assert set(told.values()) == {"manager"}


def test_the_same_form_twice_asks_once_and_an_hour_that_is_put_right_asks_nobody_again(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    event = protect(child_case, social_worker)
    said = {"outcome": "police_protection", "happened_on": event.happened_on, "happened_at": time(10)}
    assert actions.act_in_emergency(child_case=child_case, by=social_worker, seen=0, **said) == event
    actions.correct(event=event, outcome="police_protection", happened_at=time(9), reason="Earlier.", by=social_worker)
    assert len(asked(event)) == 1
    assert shown(child_case, social_worker)[investigator.agency.name].startswith("asked Wed")


def test_an_emergency_that_did_not_happen_is_asked_for_no_longer_and_who_read_of_it_is_told(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    event = protect(child_case, social_worker)
    actions.correct(event=event, did_not_happen=True, reason="Another child.", by=social_worker)
    [one] = asked(event)
    assert one.state == State.WITHDRAWN
    correction = HandOver.objects.get(purpose="correction", source=child_case.record)
    assert (correction.to_agency, correction.state) == (investigator.agency, State.DELIVERED)
    assert "no emergency" in correction.contents()["words"]


def test_a_case_that_is_closed_asks_no_longer(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    event = protect(child_case, social_worker)
    from havenline.journey.safeguarding.actions.ending import end

    end(child_case, as_="assessed", reason="Over.", by=team_manager)
    assert [one.state for one in asked(event)] == [State.WITHDRAWN]


def share(child_case: ChildCase, agency: Agency, by: Membership) -> None:
    until = moment.today() + timedelta(days=30)
    sharing.share(record=child_case.record, agency=agency, purpose="Moves between both", lawful_basis="Article 6(1)(e)", until=until, by=by)
