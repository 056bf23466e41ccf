"""A team and its clocks, in bulk, and a manager who looks at them. Called inside an installation, and by a test."""

import random
import time
from datetime import timedelta
from importlib import import_module
from statistics import median
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.clocks.rules import Step
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.actions import factors
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind, Role
from havenline.foundation.records import actions as records
from havenline.journey.safeguarding.models import Child, ChildCase

ENDED = 4  # ended clocks in the last half year, for each open one
WORKERS = 25
NAMES = ("Robin", "Kim", "Toni", "Ash", "Noor", "Sam", "Lee", "Jo", "Alex", "Hana")
FAMILIES = ("Vale", "Brook", "Fern", "Wray", "Marsh", "Hale", "Field", "Stone", "Quist", "Arden")
RULES = ("decision_on_referral", "single_assessment", "initial_child_protection_conference", "first_core_group", "first_review")


def build(clocks: int) -> int:
    """Called inside an installation: a team with so many open clocks; how many there are then."""
    holder = manager()
    there = Clock.objects.running().filter(agency=holder.agency).count()
    fill(agency=holder.agency, clocks=clocks - there, ended=ENDED * (clocks - there))
    return Clock.objects.running().filter(agency=holder.agency).count()


def fill(*, agency: Agency, clocks: int, ended: int, seed: int = 7) -> None:
    """So many open clocks, three a case, a tenth of them late, and so many that ended. Rows go in together, since it would take hours."""
    chance = random.Random(seed)
    workers = _workers(agency)
    now = moment.now()
    opened = records.open_records(kind=FileKind.CHILD_CASE, agency=agency, number=-(-clocks // 3))
    sources = records.open_records(kind=FileKind.HAND_OVER, agency=agency, number=len(opened))
    police = Agency.objects.exclude(pk=agency.pk).order_by("pk")[0]
    children = Child.objects.bulk_create(
        Child(agency=agency, name=f"{chance.choice(NAMES)} {chance.choice(FAMILIES)}", age_as_told=chance.randrange(1, 17), made_at=now)
        for _one in opened
    )
    hand_overs = [
        HandOver(
            record=record, source=record, purpose=REFERRAL_TO_SOCIAL_CARE.code, obligation=f"team {record.pk}", from_agency=police,
            to_agency=agency, state=State.ACCEPTED, package=b"-", package_digest="0" * 64, owed_at=now, sent_at=now, accepted_at=now,
            accepted_by=workers[0],
        )
        for record, _key in sources
    ]  # fmt: skip
    HandOver.objects.bulk_create(hand_overs)
    for at, (record, _key) in enumerate(opened):
        record.owner = workers[at % len(workers)]
    type(opened[0][0]).objects.bulk_update([record for record, _key in opened], ["owner"], batch_size=500)
    ChildCase.objects.bulk_create(
        ChildCase(record=record, child=child, referral=hand_over, started_on=moment.today() - timedelta(days=20))
        for (record, _key), child, hand_over in zip(opened, children, hand_overs, strict=True)
    )
    model = [_clock(opened[0][0], rule, agency) for rule in RULES]
    rows = []
    for number in range(clocks + ended):
        record = opened[number % len(opened)][0]
        told = model[number // len(opened) % len(model)] if number < clocks else chance.choice(model)
        due = now + timedelta(days=chance.randrange(-10, 90))
        began = due - timedelta(days=60)
        row = Clock(
            record=record, rule=told.rule, about="" if number < clocks else f"ended {number}", title=told.title, edition=told.edition,
            started_at=began, due_at=due, counted=told.counted, source=told.source, amount=told.amount, unit=told.unit, agency=agency,
            owner=record.owner,
        )  # fmt: skip
        if number >= clocks:
            row.due_at = now - timedelta(days=chance.randrange(1, 100))
            row.started_at = row.due_at - timedelta(days=60)
            row.stopped_at = max(row.started_at, row.due_at - timedelta(days=chance.choice((0, 0, 1, 5, 20))))
        rows.append(row)
    Clock.objects.bulk_create(rows, batch_size=500)


def _clock(record: Any, rule: str, agency: Agency) -> Clock:
    """What the engine says of a step, taken from one that was started and is gone again."""
    started = clocks.start(record=record, rule=Step(rule), agency=agency, by=INSTALLATION)
    Clock.objects.filter(pk=started.pk).delete()
    return started


def _workers(agency: Agency) -> list[Membership]:
    there = list(Membership.objects.filter(agency=agency, role=Role.SOCIAL_WORKER).select_related("person"))
    for number in range(len(there), WORKERS):
        name = f"{NAMES[number % len(NAMES)]} {FAMILIES[number // len(NAMES) % len(FAMILIES)]}"
        person, _password = people.add_person(name=name, email=f"worker{number}@care.example", by=INSTALLATION)
        there.append(people.give_membership(person=person, agency=agency, role=Role.SOCIAL_WORKER, by=INSTALLATION))
    return there


def manager() -> Membership:
    """A team manager of the first area; the same one each time."""
    care = Agency.objects.filter(kind=AgencyKind.SOCIAL_CARE).order_by("pk").first()
    care = care or people.add_agency(name="Northmere social care", kind=AgencyKind.SOCIAL_CARE, by=INSTALLATION)
    found = Membership.objects.filter(agency=care, role=Role.TEAM_MANAGER).select_related("person", "agency").first()
    if found is None:
        person, _password = people.add_person(name="Kit Ndiaye", email="kit@care.example", by=INSTALLATION)
        found = people.give_membership(person=person, agency=care, role=Role.TEAM_MANAGER, by=INSTALLATION)
        secret = factors.new_secret()  # asked for before any page opens
        factors.add_code_app(person=person, secret=secret, code=factors.code_at(secret, int(time.time()) // factors.STEP))
    return found


PAGES = ("day", "front_door", "team", "clocks", "cases", "conferences", "conference_windows", "conference_what_if", "return")


def pages(looks: int = 3) -> dict[str, tuple[float, int]]:
    """Called inside an installation: the seconds that each page of an area takes a manager, the median of some looks, and its bytes."""
    browser = Client(headers={"host": "localhost"})
    browser.force_login(manager().person)
    return {name: _looked_at(browser, reverse(f"safeguarding:{name}"), looks) for name in PAGES}


def _looked_at(browser: Client, path: str, looks: int) -> tuple[float, int]:
    took, length = [], 0
    for _look in range(looks + 1):  # the first is not counted
        began = time.perf_counter()
        answer = browser.get(path, follow=True)
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200, (path, answer.status_code)  # noqa: S101  (a figure of another page would be worth nothing)
        length = len(answer.content)
    return median(took[1:]), length


def page() -> dict[str, Any]:
    """Called inside an installation: the page's path, a manager's cookie, and how many questions a look asks."""
    person = manager().person
    browser = Client(headers={"host": "localhost"})
    browser.force_login(person)
    path = reverse("safeguarding:team")
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code  # noqa: S101  (a figure of another page would be worth nothing)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    questions = [one for one in asked.captured_queries if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    slowest = sorted(((float(one["time"]) * 1000, one["sql"][:2_000]) for one in questions), reverse=True)[:6]
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    return {"path": path, "queries": len(questions), "cookie": cookie, "slowest": slowest}
