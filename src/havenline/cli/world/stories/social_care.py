"""What social care alone begins: a referral by telephone and last night's emergency, a plan of conferences, a census taken over."""

import tempfile
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

from havenline.cli.world import acts
from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.journey.safeguarding import actions as safeguarding


def social_care(stage: Stage) -> Iterator[Story]:
    yield from (_neighbour(stage), _conferences(stage), _census(stage))


def _neighbour(stage: Stage) -> Story:
    """A neighbour telephones and is told what was decided; at night police protect the child, and whoever must know is told at once."""
    at, people = stage.calendar.at, stage.people
    yield at(1, 10, 40)
    [referral] = safeguarding.record_told_referral(
        token="demo neighbour",  # noqa: S106  (names the form, and is no secret)
        source="public",
        channel="telephone",
        received_at=moment.now() - timedelta(minutes=12),
        reporter="Bay Corran",
        contact="01632 960044",
        relation="Lives next door",
        concern="A child of six is often alone at home in the evening.",
        children=[{"name": "Linn Marrow", "age": 6, "school": "Harbour Primary School"}],
        household="Marrow, Quay Lane",
        people=[{"name": "Wray Marrow", "relation": "parent", "lives_with": True, "cares_for": True, "is_parent": True}],
        by=people.front_door,
    )
    yield at(1, 11, 30)
    child_case = acts.take_up_child(stage, referral, outcome="assessment", answered=False)
    yield at(1, 14, 20)
    safeguarding.tell_referrer(
        child_case=child_case, how="telephone", whom="Bay Corran", words="A social worker visits the family.", by=people.front_door
    )
    yield stage.calendar.last_night(21, 40)
    event = safeguarding.act_in_emergency(
        child_case=child_case,
        outcome="police_protection",
        happened_on=moment.today(),
        happened_at=time(21, 25),
        note="The child was alone at night and is with a foster carer now.",
        by=people.duty_worker,
    )
    yield acts.soon(25)
    safeguarding.say_i_have_it(told=event.told_at_once.get(person=people.team_manager), by=people.team_manager)


def _conferences(stage: Stage) -> Story:
    """The chair has a plan made of what is due, books its first conference and invites health. The rest waits to be accepted."""
    chair, today = stage.people.chair, stage.calendar.today
    yield stage.calendar.at(1, 16, 15)
    safeguarding.say_away(who=chair, since=today, until=today, by=chair)  # what is proposed for today could be accepted for an hour
    plan = safeguarding.ask_for_plan(until=moment.today() + timedelta(weeks=6), by=chair)
    yield stage.calendar.at(1, 16, 45)
    plan.refresh_from_db()
    first = plan.rows.filter(on__gt=today).order_by("on", "begins")[:1]
    [accepted] = safeguarding.accept(plan=plan, rows=first, reason="No earlier day is free.", by=chair)
    assert accepted.row.booking is not None, accepted.why_not  # noqa: S101  (the plan was made just now)
    safeguarding.invite(booking=accepted.row.booking, to_agency=stage.company.agencies["health"], place="Northmere Town Hall", by=chair)


def _census(stage: Stage) -> Story:
    """The neighbouring area begins here with the cases of its own census."""
    yield stage.calendar.at(28, 14)
    area = stage.company.agencies["other_care"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "census.xml"
        file.write_text(_census_of(stage), encoding="utf-8")
        found = safeguarding.preview(file=file, agency=area)
        safeguarding.import_census(file=file, digest=found.digest, agency=area, holder=stage.people.other_manager, by=INSTALLATION)


def _census_of(stage: Stage) -> str:
    """One child is assessed, one has a plan that was reviewed, of one the help has ended."""

    def ago(days: int) -> date:
        return stage.calendar.at(days, 12).date()

    def child(number: int, born: int, referred: int, groups: str) -> str:
        known = f"<LAchildID>SM-{number:04}</LAchildID><PersonBirthDate>{ago(30).year - born}-0{number}-14</PersonBirthDate>"
        episode = f"<CINreferralDate>{ago(referred)}</CINreferralDate><ReferralSource>3A</ReferralSource>{groups}"
        return f"<Child><ChildIdentifiers>{known}</ChildIdentifiers><CINdetails>{episode}</CINdetails></Child>"

    def assessed(begun: int, ended: int | None = None) -> str:
        end = f"<AssessmentAuthorisationDate>{ago(ended)}</AssessmentAuthorisationDate>" if ended else ""
        return f"<Assessments><AssessmentActualStartDate>{ago(begun)}</AssessmentActualStartDate>{end}</Assessments>"

    planned = (
        f"<Section47><S47ActualStartDate>{ago(104)}</S47ActualStartDate><DateOfInitialCPC>{ago(94)}</DateOfInitialCPC>"
        "<ICPCnotRequired>false</ICPCnotRequired></Section47>"
        f"<ChildProtectionPlans><CPPstartDate>{ago(94)}</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>"
        f"<Reviews><CPPreviewDate>{ago(38)}</CPPreviewDate></Reviews></ChildProtectionPlans>"
    )
    closed = f"<CINclosureDate>{ago(35)}</CINclosureDate><ReasonForClosure>RC8</ReasonForClosure>"
    children = child(1, 7, 40, assessed(39)) + child(2, 4, 108, assessed(107, 95) + planned) + child(3, 11, 80, assessed(79, 36) + closed)
    details = f"<Collection>CIN</Collection><Year>{ago(30).year}</Year><ReferenceDate>{ago(30)}</ReferenceDate>"
    header = f"<Header><CollectionDetails>{details}</CollectionDetails><Source><LEA>999</LEA></Source></Header>"
    return f"<Message>{header}<Children>{children}</Children></Message>"
