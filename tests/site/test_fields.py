"""Every field that can be withheld, asked for as every role in every answer of the desk: it is read by exactly the roles of its row."""

from typing import Any

import pytest
from django.urls import reverse

from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.purposes import PURPOSES
from havenline.foundation.people.roles import MAY_SEE, FileKind, Role
from havenline.foundation.records import actions as records
from havenline.foundation.records import masking
from havenline.foundation.records.masking import Field
from havenline.foundation.records.models import Record
from havenline.journey.investigation.models import Case
from havenline.site.access import NO, table
from tests import factories
from tests.site import world as worlds
from tests.site.test_access import SIGNED_OUT_BY_IT, browser_of, words_of
from tests.site.world import AROUND, ROUTES, WHERE, WHO, World

pytestmark = pytest.mark.django_db
PLANTED = {str(Field.REPORTER): WHO, str(Field.WHEREABOUTS): WHERE, str(Field.OTHERS): AROUND}
# They read nothing of what is written in a record: they see no file, or only who did what and when.
READ_NOTHING = (Role.PLATFORM_STAFF, Role.ADMINISTRATOR, Role.AUDITOR)
PAPERS = ("handover:show", "handover:trace", "sharing:record", "retention:hold")


def everything_handed_over(world: World) -> None:
    """The same hand-over for each purpose, so that whoever receives one could read all of it."""
    package = {
        "answers": worlds.answers(),
        "child": {"name": "Robin Vale", "address": WHERE, "household": AROUND},
        "relationships": [{"name": AROUND, "relation": "aunt", "lives_with": True}],
        "reporter": {"name": WHO, "contact": "penhale@mail.example"},
    }
    sender = world.people[Role.INVESTIGATOR]
    case = Case.objects.filter(record__agency=sender.agency)[0].record
    for purpose in PURPOSES.values():
        to = next(one.agency for one in world.people.values() if one.role in purpose.received_by)
        if to != sender.agency:
            handover.send(hand_over=factories.hand_over(purpose=purpose, source=case, to=to, package=package), by=sender)


def answers_to(role: str, world: World) -> list[Any]:
    """Every page, print, export, search and trace as somebody of this role gets it whose agency is party to everything."""
    by = world.people[role]
    held = by.agency.party_to.filter(until=None).values("record_id")
    for record in Record.objects.exclude(pk__in=held):
        records.make_party(record=record, agency=by.agency, purpose="the test")
    browser = browser_of(by)
    open_to_them = [name for name in ROUTES if table()["desk"].level(name, role) != NO and name not in SIGNED_OUT_BY_IT]
    found = [browser.get(world.address(name, role)) for name in open_to_them]
    for record in Record.objects.filter(kind__in=MAY_SEE[Role(role)]):
        papers = [name for name in PAPERS if name in open_to_them]
        found += [browser.get(reverse(name, args=[record.reference])) for name in papers]
        if "handover:court" in open_to_them:
            found.append(browser.post(reverse("handover:court", args=[record.reference]), {"why": "R v Reed"}))
        if record.kind == FileKind.REPORT and "triage:read" in open_to_them:
            found.append(browser.post(reverse("triage:read", args=[record.reference]), {"words": "To help a colleague."}))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(Role.values))
def test_each_field_is_read_in_the_answers_to_exactly_the_roles_of_its_row(role: str, on_wednesday: Any, record_property: Any) -> None:
    world = worlds.make()
    everything_handed_over(world)
    answers = answers_to(role, world)
    record_property("answers looked through for what is withheld", len(answers))
    said = "\n".join(words_of(one) for one in answers)
    wanted = set() if role in READ_NOTHING else {field for field in PLANTED if role in masking.table()[0][field].seen_by}
    assert {field for field, words in PLANTED.items() if words in said} == wanted
    browser = browser_of(world.people[role])
    found = {field for field, words in PLANTED.items() if list(browser.get(reverse("search:find"), {"q": words}).context["hits"])}
    assert found <= wanted  # a search for what is withheld finds nothing: a hit would confirm it


@pytest.mark.parametrize("kind", [FileKind.REPORT, FileKind.CHILD_CASE])
def test_whoever_works_on_a_report_or_a_childs_case_from_its_page_reads_every_field_that_it_has(kind: str) -> None:
    """Those pages are whole; a role that may not read a field there needs a page of less first."""
    fields = set(Field.values) if kind == FileKind.REPORT else {Field.WHEREABOUTS, Field.OTHERS}
    workers = {role for role, kinds in MAY_SEE.items() if kind in kinds} - {Role.AUDITOR}
    assert all(workers <= set(masking.table()[0][field].seen_by) for field in fields)
    assert kind != FileKind.CHILD_CASE or all(masking.table()[0][field].by_break_glass for field in fields)
