"""One report on its whole path, with something real behind every address of the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.urls import URLPattern, URLResolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from havenline.foundation import moment
from havenline.foundation.accountability import actions as accountability
from havenline.foundation.handover import actions as handover
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.models import Enquiry
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.exchange import actions as exchange
from havenline.foundation.lists.models import Complaint
from havenline.foundation.people import actions as people
from havenline.foundation.people.actions import proposals
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.post import actions as post
from havenline.foundation.recognition import actions as recognition
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record, Silence
from havenline.foundation.retention import actions as retention
from havenline.foundation.sharing import actions as sharing
from havenline.journey.intake.models import ReportedItem
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Obligation, Reopening
from havenline.journey.prevention import actions as prevention
from havenline.journey.prevention.models import School, SchoolNotice
from havenline.journey.safeguarding import actions as safeguarding
from havenline.journey.takedown import actions as takedown
from havenline.journey.triage import actions as triage
from havenline.journey.triage.models import Alarm
from havenline.site.urls import desk
from tests import factories
from tests.journey.investigation.conftest import identify, with_answers
from tests.journey.safeguarding.conftest import package
from tests.journey.takedown.conftest import held_notice

Filled = dict[str, Any]


def names_under(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names_under(one.url_patterns, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        else:
            assert one.name, f"{one.pattern} has no name: give it one, so that this test walks it"
            yield f"{namespace}{one.name}", one


ROUTES = dict(names_under(desk.urlpatterns))
NOBODYS = uuid4()
NOWHERE: Filled = {
    "code": "visit",
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
    "plan": 10**9,
    "invitation": 10**9,
    "told": 10**9,
    "letter_id": 10**9,
    "name": "nothing",
    "token": "nothing",
    "answer": "agree",
    "party": 10**9,
    "act": "end",
    "slug": "nowhere",
    "membership": 10**9,
    "table": "children",
    "figure": "nothing",
    "state": "due",
}


def address_of_nothing(name: str) -> str:
    """The same address with what does not exist."""
    converters = ROUTES[name].pattern.converters
    wanted = {argument: NOBODYS if isinstance(kind, UUIDConverter) else NOWHERE[argument] for argument, kind in converters.items()}
    return reverse(name, kwargs=wanted | {"number": 99} if isinstance(converters.get("number"), IntConverter) else wanted)


@dataclass
class World:
    """One report on its whole path, with something real behind every address."""

    filled: dict[str, Filled]  # by name, or by the namespace of a name
    told: list[str]  # what stands on no page of whoever may not know of it
    people: dict[str, Membership]  # one of each role, in the agency that works on it
    posted: dict[str, Filled]  # by name: what a POST must say before it is looked at whose it is
    held_by: dict[str, tuple[str, ...]]  # by name: the kinds of agency whose thing this is, where others have the same address

    def address(self, name: str, role: str) -> str:
        """Raises KeyError where nothing here fills an argument of a new address: add it to `make`."""
        kind = AgencyKind(ROLES_KIND[role])
        known: Filled = {}
        for key in (name.partition(":")[0], f"{name.partition(':')[0]} at {kind}", name, f"{name} at {kind}"):
            known |= self.filled.get(key, {})
        return reverse(name, kwargs={argument: known[argument] for argument in ROUTES[name].pattern.converters})

    def holds(self, name: str, role: str) -> bool:
        return ROLES_KIND[role] in self.held_by.get(name, (ROLES_KIND[role],))


# Planted, a word of its own in each field of records/fields.toml; they stand nowhere else.
WHO, WHERE, AROUND = "Marlow Penhale", "7 Osier Lane", "Tamsin Wray"


def answers() -> Filled:
    """A report that names who reports, where a child lives, and who lives there."""
    return {
        "who": "adult",
        "kind": "contact",
        "happened": "An adult stranger asked to meet a child.",
        "danger": "now",
        "place": {"urls": [], "app": "chat.example", "accounts": ["riverwalk_77"], "conversation": ""},
        "child": {"is_me": False, "name": "Robin Vale", "age": 9, "town": "Northmere", "school": "", "address": WHERE, "household": AROUND},
        "relation": "knows",
        "reporter": {"name": WHO, "contact": "penhale@mail.example"},
        "contact": {"how": "email", "when": ""},
    }


PEOPLE = {
    Role.ANALYST: (AgencyKind.HOTLINE, "Robin Osei"),
    Role.SENIOR_ANALYST: (AgencyKind.HOTLINE, "Noor Field"),
    Role.INVESTIGATOR: (AgencyKind.POLICE, "Dana Amara"),
    Role.POLICE_SUPERVISOR: (AgencyKind.POLICE, "Morgan Teller"),
    Role.INTELLIGENCE_OFFICER: (AgencyKind.INTELLIGENCE, "Ash Rook"),
    Role.SOCIAL_WORKER: (AgencyKind.SOCIAL_CARE, "Sam Lindqvist"),
    Role.TEAM_MANAGER: (AgencyKind.SOCIAL_CARE, "Kit Ndiaye"),
    Role.CONFERENCE_CHAIR: (AgencyKind.SOCIAL_CARE, "Pat Marsh"),
    Role.HEALTH_PRACTITIONER: (AgencyKind.HEALTH, "Ola Venn"),
    Role.DESIGNATED_OFFICER: (AgencyKind.LADO, "Lee Arden"),
    Role.SAFEGUARDING_LEAD: (AgencyKind.SCHOOL, "Hana Brook"),
    Role.PLATFORM_STAFF: (AgencyKind.PLATFORM, "Uma Stone"),
    Role.AUDITOR: (AgencyKind.OVERSIGHT, "Alex Quist"),
    Role.ADMINISTRATOR: (AgencyKind.INSTALLATION, "Jo Hale"),
}
ROLES_KIND = {str(role): str(kind) for role, (kind, _name) in PEOPLE.items()}


def make() -> World:
    """One of each role, and a report that went through all of their hands. Some hundred entries: under a second."""
    at_work = {role: factories.member(role, factories.agency(kind), name) for role, (kind, name) in PEOPLE.items()}
    password = make_password("a password of their own")
    for one in at_work.values():
        one.person.password = password
        one.person.save(update_fields=["password"])
    senior_analyst, investigator, police_supervisor = (
        at_work[Role.SENIOR_ANALYST],
        at_work[Role.INVESTIGATOR],
        at_work[Role.POLICE_SUPERVISOR],
    )
    social_worker, lead, administrator = at_work[Role.SOCIAL_WORKER], at_work[Role.SAFEGUARDING_LEAD], at_work[Role.ADMINISTRATOR]
    hotline, police, platform = senior_analyst.agency, investigator.agency, at_work[Role.PLATFORM_STAFF].agency
    report = factories.report(hotline, danger="now", answers=answers())
    sighting = identifiers.see(record=report.record, kind="account", raw="riverwalk_77 at chat.example", source="report", by=senior_analyst)
    ReportedItem.objects.create(report=report, number=1, identifier=sighting.identifier)
    seen_before = factories.report(hotline)
    item = ReportedItem.objects.create(report=seen_before, number=1, identifier=sighting.identifier)
    seen_before.waits_since = moment.now()
    seen_before.save(update_fields=["waits_since"])
    triage.claim(report=seen_before, by=senior_analyst)
    earlier = triage.grade(item=item, grade="N", by=senior_analyst)
    alarm = Alarm.objects.create(report=report, at=moment.now())
    shift = triage.add_shift(membership=senior_analyst, since=moment.now(), until=moment.now() + timedelta(hours=8), by=senior_analyst)
    referral = factories.referral_to_police(report, police, senior_analyst)
    waiting, to_another_case = (factories.referral_to_police(factories.report(hotline), police, senior_analyst) for _n in range(2))

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
    child = {"name": "Robin Vale", "town": "Northmere", "school": "Alder Road School", "household": AROUND, "address": WHERE}
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
    paper = safeguarding.begin_paper(child_case=child_case, code="visit", by=social_worker)
    booking = safeguarding.book(
        child_case=child_case, step="initial_child_protection_conference", booked_for=date(2026, 12, 8), by=social_worker
    )
    safeguarding.add_room(name="Oak", places=12, accessible=True, by=at_work[Role.TEAM_MANAGER])
    plan = safeguarding.ask_for_plan(until=moment.today() + timedelta(weeks=4), by=at_work[Role.TEAM_MANAGER])
    feed, _token = safeguarding.make_feed(whose="mine", by=factories.member(Role.SOCIAL_WORKER, social_worker.agency, "Lin Ferris"))
    invitation = safeguarding.invite(booking=booking, agency="health", name="Dr Lane", by=social_worker)
    colleague = factories.member(Role.SOCIAL_WORKER, social_worker.agency, "Gwen Abara")
    safeguarding.name_people(child_case=child_case, cover=colleague, by=social_worker)
    child_case.record.refresh_from_db()
    emergency = safeguarding.act_in_emergency(
        child_case=child_case, outcome="police_protection", happened_on=moment.today(), happened_at=time(10, 6), by=social_worker
    )
    to_take_up = handover.send(
        hand_over=factories.hand_over(source=case.record, obligation="another", package=package("Kim Vale")), by=investigator
    )

    said = {"source": "public", "channel": "telephone", "received_at": moment.now(), "concern": "A stranger.", "reporter": WHO}
    [told] = safeguarding.record_told_referral(token="t", children=[{"name": "Ari Fern", "age": 6}], by=social_worker, **said)
    told_case = safeguarding.take_up(hand_over=told, by=social_worker)
    safeguarding.decide(child_case=told_case, outcome="assessment", reason="More.", by=social_worker)
    safeguarding.tell_referrer(child_case=told_case, how="letter", whom=WHO, words="We assess.", by=social_worker)

    request, answered = (
        accountability.receive_request(name="Sam Reed", contact="Northmere", asks="", received_on=moment.today(), by=senior_analyst)
        for _one in range(2)
    )
    accountability.ask_about(request=request, record=report.record, by=senior_analyst)
    accountability.answer(request=answered, by=senior_analyst)
    breach = accountability.record_breach(what="A list went astray.", known_at=moment.now(), happened_at=None, by=senior_analyst)

    known = lists.make_list(name="Benign", kind="url", origin="hotline", agency=senior_analyst.agency, by=senior_analyst)
    [listed] = lists.add_entries(known_list=known, new=[lists.NewEntry("url", "https://listed.example/a")], by=senior_analyst).entries
    waits = lists.read_in(
        known_list=known, lines=[lists.Line(2, lists.NewEntry("host", "more.example"))], source="a.csv", by=senior_analyst
    )
    reader = lists.let_read(known_list=known, agency=platform, may_match=True, by=senior_analyst)
    lists.complain(token="t", address="https://listed.example/a", words="It is a shop.")
    lists.take_in_complaints()
    complaint = Complaint.objects.get()

    host = takedown.add_host(domain="pictures.example", name="Pictures", by=senior_analyst)
    held = held_notice(senior_analyst)

    key, _raw = people.make_api_key(agency=platform, by=administrator)
    exchange.set_source(known_list=known, kind="csv", address="https://lists.example/a.csv", by=senior_analyst)
    doubt = exchange.give_feedback(entry=listed, key=key, is_affirmative=False, reason="other")
    pause = recognition.pause_key(key=key, why="nearer", lookups=30)
    school = prevention.add_school(urn=100001, name="Alder Road School", telephone="01632 960101", by=INSTALLATION)
    school = prevention.link_agency(school=school, agency=lead.agency, by=senior_analyst)
    contact = prevention.verify_contact(school=school, membership=lead, spoke_to="Front office", by=senior_analyst)
    concern = prevention.raise_concern(
        token="t", child={"name": "Toni Fern"}, concern="Asked for secrecy.", why="Near.", parents_told="not_yet", by=lead
    )
    notice = told_to(school, factories.report(hotline).record, senior_analyst, at_work[Role.ANALYST])
    other_case = investigation.take_up(hand_over=to_another_case, title="Another", kind="contact", by=investigator)
    lift(other_case.record, police_supervisor)
    of_police = told_to(school, other_case.record, investigator, police_supervisor)
    breaker = factories.member(Role.POLICE_SUPERVISOR, factories.agency(AgencyKind.POLICE, "Southmere Police"))
    glass = sharing.break_glass(reference=case.reference, reason="A child may be with this man tonight.", by=breaker)
    partner = factories.agency(AgencyKind.POLICE, "Westmere Police")
    share = sharing.share(
        record=case.record,
        agency=partner,
        purpose="Joint enquiry",
        lawful_basis="DPA 2018 Part 3",
        until=moment.today() + timedelta(days=30),
        by=police_supervisor,
    )
    letter = post.queue_letter(to="kit@care.example", subject="A message waits", body="Something waits.", why="test", by=INSTALLATION)
    leaver = factories.member("analyst", hotline)
    refusal = factories.refusal()
    proposed = proposals.propose_role(person=leaver.person, agency=hotline, role="senior_analyst", by=administrator)
    return World(
        filled={
            "ledger": {"pk": refusal.pk},
            "accountability": {"number": request.number, "reference": report.reference, "what": "answer"},
            "accountability:letter": {"number": answered.number},
            "accountability:breach": {"number": breach.number},
            "records": {"reference": sent.reference, "what": "holders"},
            "records at hotline": {"reference": report.reference},
            "records at police": {"reference": case.reference},
            "records at social_care": {"reference": child_case.reference},
            "identifiers": {"pk": Enquiry.objects.earliest("pk").pk},
            "sharing": {"reference": sent.reference, "pk": glass.pk, "act": "seen", "party": share.pk},
            "sharing at hotline": {"reference": report.reference},
            "sharing at police": {"reference": case.reference},
            "sharing at social_care": {"reference": child_case.reference},
            "sharing at oversight": {"reference": report.reference},
            "handover": {"reference": sent.reference},
            "handover:trace": {"reference": sent.reference},
            "handover:trace at hotline": {"reference": report.reference},
            "handover:trace at police": {"reference": case.reference},
            "handover:trace at oversight": {"reference": report.reference},
            "handover:court": {"reference": sent.reference},
            "handover:court at hotline": {"reference": report.reference},
            "handover:court at police": {"reference": case.reference},
            "handover:court at oversight": {"reference": report.reference},
            "triage": {"reference": report.reference, "number": 1},
            "triage:confirm_alarm": {"pk": alarm.pk},
            "triage:remove_shift": {"pk": shift.pk},
            "takedown": {"reference": held.reference, "number": 1, "pk": host.pk},
            "lists": {"slug": known.slug, "pk": listed.pk, "act": "confirm"},
            "lists:act": {"act": "release"},
            "recognition": {"pk": pause.pk, "act": "go-on"},
            "lists:complaint": {"reference": complaint.reference},
            "lists:import": {"pk": waits.pk},
            "lists:settle_import": {"pk": waits.pk, "act": "apply"},
            "lists:end_reader": {"pk": reader.pk},
            "exchange": {"slug": known.slug, "act": "pause", "pk": doubt.pk},
            "investigation": {"reference": case.reference, "number": subject.number, "hand_over": referral.reference},
            "investigation:take_up": {"reference": waiting.reference},
            "investigation:ask_owners": {"pk": asked.pk},
            "investigation:silence": {"pk": silence.pk},
            "investigation:taken_in": {"pk": reopening.pk},
            "investigation:send": {"pk": obligation.pk},
            "investigation:settle": {"pk": obligation.pk},
            "investigation:review_attribution": {"pk": case.attributions.earliest("pk").pk},
            "investigation:retract_attribution": {"pk": case.attributions.earliest("pk").pk},
            "safeguarding": {
                "reference": child_case.reference,
                "step": "section_47_enquiry",
                "event": event.pk,
                "booking": booking.pk,
                "code": paper.code,
                "number": paper.number,
                "plan": plan.pk,
                "invitation": invitation.pk,
                "told": emergency.told_at_once.get(person=colleague).pk,
            },
            "safeguarding:conference_place": {"step": "initial_child_protection_conference"},
            "safeguarding:end_calendar": {"pk": feed.pk},
            "safeguarding:calendar": {"token": "none-of-ours"},
            "safeguarding:book": {"step": "initial_child_protection_conference"},
            "safeguarding:take_up": {"reference": to_take_up.reference},
            "safeguarding:ask_area": {"reference": to_take_up.reference},
            "safeguarding:letter": {"reference": told_case.reference},
            "prevention": {"reference": notice.reference, "pk": notice.asked.campaign_id, "urn": school.urn, "audience": "parents"},
            "prevention at police": {"reference": of_police.reference, "pk": of_police.asked.campaign_id},
            "prevention:write_from": {"reference": case.reference},
            "prevention:concern": {"reference": concern.reference},
            "prevention:leave_out": {"pk": notice.asked.pk},
            "prevention:officer": {"pk": notice.asked.pk},
            "prevention:leave_out at police": {"pk": of_police.asked.pk},
            "prevention:officer at police": {"pk": of_police.asked.pk},
            "prevention:end_contact": {"pk": contact.pk},
            "people": {"pk": leaver.person_id, "slug": platform.slug, "act": "unlock", "membership": leaver.pk},
            "retention:hold": {"reference": sent.reference},
            "retention:hold at hotline": {"reference": report.reference},
            "retention:hold at police": {"reference": case.reference},
            "retention:hold at social_care": {"reference": child_case.reference},
            "retention": {"reference": case.reference, "hold_id": hold.pk},
            "people:revoke_key": {"pk": key.pk},
            "people:rotate_key": {"pk": key.pk},
            "mfa_remove": {"pk": 1},
            "people:delete_draft": {"pk": 10**9},
            "openid_connect_login": {"provider_id": "agency"},
            "openid_connect_callback": {"provider_id": "agency"},
            "people:invitation": {"token": "none-of-ours"},
            "people:confirm_address": {"token": "none-of-ours"},
            "people:answer_proposal": {"pk": proposed.pk, "answer": "decline"},
            "people:answer_proposal at installation": {"answer": "withdraw"},
            "people:end_session": {"pk": people.begin_visit(person=leaver.person, device="Firefox on Linux").pk},
            "demo_letter": {"name": "20261125T090000-aaaaaa"},
            "work": {"task_id": uuid4(), "letter_id": letter.pk},
            "statistics": {"table": "contact-abuse"},
        },
        told=[
            request.number,
            "Sam Reed",
            report.reference,
            referral.reference,
            sent.reference,
            case.reference,
            subject.number,
            child_case.reference,
            held.reference,
            "Robin Vale",
            "Kim Vale",
            told.reference,
            told_case.reference,
            "Ari Fern",
            notice.reference,
            concern.reference,
            "Toni Fern",
            complaint.reference,
            "listed.example",
        ],
        people={str(role): member for role, member in at_work.items()},
        posted={
            "handover:court": {"why": "R v Reed"},
            "safeguarding:same": {"system": "Casebook", "number": "7"},
            "safeguarding:versions": {"version": "1"},
            "safeguarding:invitations": {"agency": "family", "name": ""},
            "identifiers:settle": {"settled": "told"},
            "handover:show": {"act": "answer"},
            "triage:carry_over": {"earlier": earlier.pk},
            "takedown:host": {"act": "propose"},
            "prevention:verify": {"membership": lead.pk},
            "sharing:record": {"act": "restrict"},
        },
        held_by={
            "identifiers:settle": (AgencyKind.HOTLINE,),
            "sharing:act_on_glass": (AgencyKind.POLICE,),
            "sharing:end_share": (AgencyKind.POLICE,),
            "retention:release": (AgencyKind.POLICE, AgencyKind.INTELLIGENCE, AgencyKind.OVERSIGHT),
            "people:answer_proposal": (AgencyKind.HOTLINE,),
            **{f"accountability:{name}": (AgencyKind.HOTLINE,) for name in ("request", "letter", "decide", "act", "breach")},
        },
    )


def lift(record: Record, by: Membership) -> None:
    """So that a school may be told of it."""
    for silence in record.silences.filter(lifted_at=None):
        records.lift_silence(silence=silence, reason="Arrested.", by=by)


def told_to(school: School, source: Record, by: Membership, second: Membership) -> SchoolNotice:
    """A notice that the school's verified lead can open."""
    campaign = prevention.write_notice(token=source.reference, sources=[source], title="Secrets", words="Talk.", guidance="parents", by=by)
    prevention.choose_schools(campaign=campaign, schools=[school], by=by)
    prevention.answer_for_schools(campaign=campaign, answers={campaign.asked.get().pk: "no"}, by=by)
    prevention.propose(campaign=campaign, by=by)
    prevention.agree_and_send(campaign=campaign, count=1, by=second)
    return SchoolNotice.objects.get(asked__campaign=campaign)
