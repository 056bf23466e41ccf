"""Every address of the desk, one by one: the administrator has the few that run the system, and no case has an address for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from havenline.foundation import moment
from havenline.foundation.accountability import actions as accountability
from havenline.foundation.handover import actions as handover
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.models import Enquiry
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.post import actions as post
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.retention import actions as retention
from havenline.journey.intake.models import ReportedItem
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Obligation, Reopening
from havenline.journey.prevention import actions as prevention
from havenline.journey.prevention.models import SchoolNotice
from havenline.journey.safeguarding import actions as safeguarding
from havenline.journey.takedown import actions as takedown
from havenline.journey.triage import actions as triage
from havenline.journey.triage.models import Alarm
from havenline.site.urls import desk
from tests import factories
from tests.journey.investigation.conftest import identify, with_answers
from tests.journey.safeguarding.conftest import package
from tests.journey.takedown.conftest import held_notice

pytestmark = pytest.mark.django_db
Filled = dict[str, Any]

# The administrator's own: what a GET answers. A new address of the desk is put here, or answers 404 to them.
SHOWN_TO_THE_ADMINISTRATOR = {
    "desk_home": 302,
    "account_login": 302,
    "account_reauthenticate": 200,
    "account_inactive": 200,
    "account_change_password": 200,
    "people:act_as": 200,
    "people:account": 200,
    "people:people": 200,
    "people:add_person": 200,
    "people:add_agency": 200,
    "people:agency": 200,
    "people:person": 200,
    "search:find": 200,
    "ledger:check": 200,
    "work:tasks": 200,
    "handover:unreached": 200,
    "styleguide": 200,
    "demo_mail": 200,
    "demo_letter": 404,  # none was caught here; whoever reads one sees what a receiver outside sees
}
# The administrator's own acts: what a POST answers. Signing out comes last.
DONE_BY_THE_ADMINISTRATOR = {
    "people:revoke_key": 302,
    "people:act_on_person": 302,
    "people:end_role": 302,
    "work:try_again": 302,
    "work:try_letter_again": 302,
    "account_logout": 302,
}
OPEN_TO_ANYBODY = {"account_login": 200, "account_inactive": 200, "styleguide": 200, "demo_mail": 200, "demo_letter": 404}
TO_ANYBODY_ELSEWHERE = {"account_logout"}


def names_under(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names_under(one.url_patterns, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        else:
            assert one.name, f"{one.pattern} has no name: give it one, so that this test walks it"
            yield f"{namespace}{one.name}", one


ROUTES = dict(names_under(desk.urlpatterns))
OF_CASES = [name for name in ROUTES if name not in SHOWN_TO_THE_ADMINISTRATOR | DONE_BY_THE_ADMINISTRATOR]
NOWHERE: Filled = {
    "reference": "HL-2222-2222",
    "hand_over": "HO-2222-2222",
    "number": "S-2222",
    "what": "holders",
    "step": "section_47_enquiry",
    "pk": 10**9,
    "urn": 10**7,
    "audience": "nobody",
    "event": 10**9,
    "booking": 10**9,
    "task_id": uuid4(),
    "hold_id": uuid4(),
    "letter_id": 10**9,
    "name": "nothing",
    "table": "children",
}


def address_of_nothing(name: str) -> str:
    """The same address with what does not exist."""
    wanted = {argument: NOWHERE[argument] for argument in ROUTES[name].pattern.converters}
    return reverse(name, kwargs=wanted | {"number": 99} if name.startswith(("triage:", "takedown:")) and "number" in wanted else wanted)


@dataclass
class World:
    """One report on its whole path, with something real behind every address."""

    filled: dict[str, Filled]  # by name, or by the namespace of a name
    told: list[str]  # what must stand on no page of the administrator's
    workers: list[Membership]

    def address(self, name: str) -> str:
        """Raises KeyError where nothing here fills an argument of a new address: add it to `world`."""
        known = {**self.filled.get(name.partition(":")[0], {}), **self.filled.get(name, {})}
        return reverse(name, kwargs={argument: known[argument] for argument in ROUTES[name].pattern.converters})


@pytest.fixture
def administrator(db: None) -> Membership:
    return factories.member("administrator", factories.agency("installation"), "Jo Hale", password="a password of their own")


@pytest.fixture
def world(
    on_wednesday: datetime,
    hotline: Agency,
    police: Agency,
    social_care: Agency,
    senior_analyst: Membership,
    investigator: Membership,
    police_supervisor: Membership,
    social_worker: Membership,
    team_manager: Membership,
    auditor: Membership,
    administrator: Membership,
) -> World:
    report = factories.report(hotline, danger="now")
    sighting = identifiers.see(record=report.record, kind="account", raw="riverwalk_77 at chat.example", source="report", by=senior_analyst)
    ReportedItem.objects.create(report=report, number=1, identifier=sighting.identifier)
    alarm = Alarm.objects.create(report=report, at=moment.now())
    shift = triage.add_shift(membership=senior_analyst, since=moment.now(), until=moment.now() + timedelta(hours=8), by=senior_analyst)
    referral = factories.referral_to_police(report, police, senior_analyst)
    waiting = factories.referral_to_police(factories.report(hotline), police, senior_analyst)

    case = investigation.take_up(hand_over=referral, title="Account on chat.example", kind="both", by=investigator)
    silence = records.keep_silent(
        record=case.record, audience=Silence.Audience.HOST, reason="Not yet.", by=investigator, actor=investigator
    )
    hold = retention.put_on_hold(record=case.record, reason="Proceedings.", review_on=date(2027, 2, 1), by=police_supervisor)
    subject = identify(investigation.open_subject(case=case, by=investigator), investigator, police_supervisor)
    asked = case.record.sightings.first().identifier
    identifiers.ask_owners(identifier=sighting.identifier, record=case.record, by=investigator)
    reopening = Reopening.objects.create(case=case, why=Reopening.Why.GIVEN_BACK, at=moment.now())
    investigation.record_access_answers(subject=subject, answers=with_answers(own_children="yes"), by=investigator)
    child = {"name": "Robin Vale", "town": "Northmere", "school": "Alder Road School", "household": "H-1"}
    investigation.note_child_within_reach(subject=subject, details=child, age=9, how="own_children", by=investigator)
    obligation = Obligation.objects.exclude(hand_over=None).earliest("pk")
    sent = investigation.send_obliged(obligation=obligation, by=investigator)
    investigation.record_access_to_children(subject=subject, finding="found", rationale="Own children.", by=investigator)

    child_case = safeguarding.take_up(hand_over=sent, by=social_worker)
    safeguarding.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", answer="Today.", by=social_worker)
    event = safeguarding.record_step(
        child_case=child_case,
        step="strategy_discussion",
        outcome="joint_enquiry",
        happened_on=moment.today(),
        happened_at=time(10, 6),
        by=social_worker,
    )
    booking = safeguarding.book(
        child_case=child_case, step="initial_child_protection_conference", booked_for=date(2026, 12, 8), by=social_worker
    )
    to_take_up = handover.send(hand_over=factories.hand_over(package=package("Kim Vale")), by=investigator)

    host = takedown.add_host(domain="pictures.example", name="Pictures", by=senior_analyst)
    held = held_notice(senior_analyst)

    request, answered = (
        accountability.receive_request(name="Sam Reed", contact="Northmere", asks="", received_on=moment.today(), by=senior_analyst)
        for _one in range(2)
    )
    accountability.ask_about(request=request, record=report.record, by=senior_analyst)
    accountability.answer(request=answered, by=senior_analyst)
    breach = accountability.record_breach(what="A list went astray.", known_at=moment.now(), happened_at=None, by=senior_analyst)

    platform = factories.agency("platform")
    key, _raw = people.make_api_key(agency=platform, by=administrator)
    lead = factories.member("safeguarding_lead", factories.agency("school"), "Hana Brook")
    concern = prevention.raise_concern(
        token="t", child={"name": "Toni Fern"}, concern="Asked for secrecy.", why="Near.", parents_told="not_yet", by=lead
    )
    notice = told_to_a_school(hotline, senior_analyst, lead)
    letter = post.queue_letter(to="kit@care.example", subject="A message waits", body="Something waits.", why="test", by=INSTALLATION)
    leaver = factories.member("analyst", hotline)
    return World(
        filled={
            "records": {"reference": case.reference, "what": "holders"},
            "identifiers": {"pk": Enquiry.objects.earliest("pk").pk},
            "handover": {"reference": sent.reference},
            "handover:trace": {"reference": report.reference},
            "triage": {"reference": report.reference, "number": 1},
            "triage:confirm_alarm": {"pk": alarm.pk},
            "triage:remove_shift": {"pk": shift.pk},
            "takedown": {"reference": held.reference, "number": 1, "pk": host.pk},
            "investigation": {"reference": case.reference, "number": subject.number, "hand_over": referral.reference},
            "investigation:take_up": {"reference": waiting.reference},
            "investigation:ask_owners": {"pk": asked.pk},
            "investigation:silence": {"pk": silence.pk},
            "investigation:taken_in": {"pk": reopening.pk},
            "investigation:send": {"pk": obligation.pk},
            "investigation:settle": {"pk": obligation.pk},
            "investigation:review_attribution": {"pk": case.attributions.earliest("pk").pk},
            "investigation:retract_attribution": {"pk": case.attributions.earliest("pk").pk},
            "safeguarding": {"reference": child_case.reference, "step": "section_47_enquiry", "event": event.pk, "booking": booking.pk},
            "safeguarding:book": {"step": "initial_child_protection_conference"},
            "safeguarding:take_up": {"reference": to_take_up.reference},
            "prevention": {"reference": notice.reference, "pk": notice.asked.campaign_id, "urn": notice.school.urn, "audience": "parents"},
            "prevention:write_from": {"reference": case.reference},
            "prevention:concern": {"reference": concern.reference},
            "prevention:leave_out": {"pk": notice.asked.pk},
            "prevention:officer": {"pk": notice.asked.pk},
            "prevention:end_contact": {"pk": notice.school.contacts.earliest("pk").pk},
            "people": {"pk": leaver.person_id, "slug": platform.slug, "act": "unlock", "membership": leaver.pk},
            "accountability": {"number": request.number, "reference": report.reference, "what": "answer"},
            "accountability:letter": {"number": answered.number},
            "accountability:breach": {"number": breach.number},
            "retention": {"reference": case.reference, "hold_id": hold.pk},
            "people:revoke_key": {"pk": key.pk},
            "demo_letter": {"name": "20261125T090000-aaaaaa"},
            "work": {"task_id": uuid4(), "letter_id": letter.pk},
            "statistics": {"table": "contact-abuse"},
        },
        told=[
            report.reference,
            referral.reference,
            sent.reference,
            case.reference,
            subject.number,
            child_case.reference,
            held.reference,
            request.number,
            "Sam Reed",
            "Robin Vale",
            "Kim Vale",
            notice.reference,
            concern.reference,
            "Toni Fern",
        ],
        workers=[senior_analyst, police_supervisor, team_manager, lead, auditor],
    )


def told_to_a_school(hotline: Agency, by: Membership, lead: Membership) -> SchoolNotice:
    """A notice from another report, which the school's verified lead can open."""
    school = prevention.add_school(urn=100001, name="Alder Road School", telephone="01632 960101", by=INSTALLATION)
    school = prevention.link_agency(school=school, agency=lead.agency, by=by)
    prevention.verify_contact(school=school, membership=lead, spoke_to="Front office", by=by)
    other = factories.report(hotline)
    campaign = prevention.write_notice(token="t", sources=[other.record], title="Secrets", words="Talk.", guidance="parents", by=by)
    prevention.choose_schools(campaign=campaign, schools=[school], by=by)
    prevention.answer_for_schools(campaign=campaign, answers={campaign.asked.get().pk: "no"}, by=by)
    prevention.propose(campaign=campaign, by=by)
    prevention.agree_and_send(campaign=campaign, count=1, by=factories.member("analyst", hotline))
    return SchoolNotice.objects.get()


def browser_of(by: Membership) -> Client:
    browser = Client()
    browser.force_login(by.person)
    session = browser.session
    session["membership"] = by.pk
    session.save()
    return browser


def wrong(answers: dict[str, HttpResponse], nothing: HttpResponse) -> dict[str, int]:
    """Those that are not the very answer of an address that does not exist."""
    return {asked: it.status_code for asked, it in answers.items() if (it.status_code, it.content) != (404, nothing.content)}


def test_each_address_that_shows_or_acts_on_a_case_does_not_exist_for_the_administrator(world: World, administrator: Membership) -> None:
    browser = browser_of(administrator)
    nothing = browser.get("/desk/there-is-no-such-page/")
    answers: dict[str, HttpResponse] = {}
    for name in OF_CASES:
        answers[f"POST {name}"] = browser.post(world.address(name))
        answers[f"GET {name}"] = browser.get(world.address(name))
        answers[f"GET {name}, of nothing"] = browser.get(address_of_nothing(name))
    assert nothing.status_code == 404
    assert wrong(answers, nothing) == {}


def test_each_of_those_addresses_is_there_for_somebody_who_works_on_the_case(world: World) -> None:
    browsers = [browser_of(by) for by in world.workers]
    nowhere = [name for name in OF_CASES if all(browser.get(world.address(name)).status_code == 404 for browser in browsers)]
    assert nowhere == []


def test_what_is_the_administrators_answers_and_names_no_case(world: World, administrator: Membership) -> None:
    browser = browser_of(administrator)
    shown = {name: browser.get(world.address(name)) for name in SHOWN_TO_THE_ADMINISTRATOR}
    assert {name: page.status_code for name, page in shown.items()} == SHOWN_TO_THE_ADMINISTRATOR
    assert [(name, words) for name, page in shown.items() for words in world.told if words in page.content.decode()] == []
    for words in (*world.told, "riverwalk_77"):
        page = browser.get(reverse("search:find"), {"q": words})
        assert (page.status_code, list(page.context["hits"])) == (200, [])
    done = {name: browser.post(world.address(name)).status_code for name in DONE_BY_THE_ADMINISTRATOR}
    assert done == DONE_BY_THE_ADMINISTRATOR


def test_each_address_of_the_desk_leads_a_stranger_to_the_sign_in(world: World) -> None:
    answers: dict[str, tuple[int, str]] = {}
    for name in ROUTES:
        address = world.address(name)
        if name in OPEN_TO_ANYBODY:
            assert Client().get(address).status_code == OPEN_TO_ANYBODY[name]
            continue
        if name not in TO_ANYBODY_ELSEWHERE:
            answers[f"GET {name}"] = sent_to(Client().get(address))
            answers[f"POST {name}"] = sent_to(Client().post(address))
    assert {asked: answer for asked, answer in answers.items() if answer != (302, reverse("account_login"))} == {}


def sent_to(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "").partition("?")[0]
