"""Reports that somebody works on: returned, late, soon due, out of hours, closed at the desk."""

from havenline.cli.world import acts
from havenline.cli.world.acts import THANKS, Stage
from havenline.cli.world.player import Story
from havenline.foundation.handover import actions as handover
from havenline.journey.intake import actions as intake
from havenline.journey.investigation import actions as investigation
from havenline.journey.triage import actions as triage


def returned_referral(stage: Stage) -> Story:
    """Police return a referral with a reason: it is work for the hotline again."""
    at = stage.calendar.at
    yield at(4, 12, 25)
    report = acts.tell(
        who="adult",
        kind="web_page",
        happened="A page of a game's forum worried me.",
        danger="no",
        place={"urls": ["https://forum.example/t/88"], "app": "", "accounts": ["mosslight"], "conversation": ""},
    )
    yield at(3, 9, 45)
    analyst = acts.read_and_grade(stage, report)
    hand_over = yield from acts.refer_to_police(stage, report, why="Grade C; an account is named.", answer=THANKS, by=analyst)
    yield at(2, 10, 30)
    acts.return_it(
        hand_over, words="Which service does the account belong to? Without it nobody can be asked.", by=stage.people.police_supervisor
    )


def late_answer(stage: Stage) -> Story:
    """A referral decided in time whose referrer was never told; and its assessment runs."""
    at = stage.calendar.at
    yield at(12, 13, 0)
    report = acts.tell(
        who="parent",
        kind="contact",
        happened="A neighbour keeps writing to my child in a game.",
        danger="no",
        place={"urls": [], "app": "game.example", "accounts": ["tallpine"], "conversation": ""},
        child={"is_me": False, "name": "Jamie Lark", "age": 10, "town": "Alder Bay", "school": ""},
        relation="lives_with",
        reporter={"name": "Chris Lark", "contact": "chris@mail.example"},
    )
    yield at(12, 15, 30)
    analyst = acts.read_and_grade(stage, report, by=stage.people.second_analyst)
    yield from acts.refer_to_police(
        stage, report, why="The child is named; the adult lives near.", answer=THANKS, by=analyst, care_too=True
    )
    yield at(11, 9, 20)
    referral = report.child_duties.get().hand_over
    assert referral is not None  # noqa: S101  (the decision sent it)
    acts.take_up_child(stage, referral, outcome="assessment", answered=False)


def conference_soon(stage: Stage) -> Story:
    """A conference is due in a few days."""
    at = stage.calendar.at
    yield at(17, 9, 5)
    report = acts.tell(
        who="works_with_children",
        kind="contact",
        happened="A pupil told us that an adult relative asked them to keep secrets.",
        danger="no",
        place={"urls": [], "app": "chat.example", "accounts": ["oldharbour"], "conversation": ""},
        child={"is_me": False, "name": "Alex Fern", "age": 8, "town": "Hallow", "school": "Beech Lane School"},
        relation="knows",
        reporter={"name": "Tom Ferris", "contact": ""},
    )
    yield at(17, 10, 15)
    analyst = acts.read_and_grade(stage, report)
    hand_over = yield from acts.refer_to_police(
        stage, report, why="The child is named and lives with the adult.", answer=THANKS, by=analyst, care_too=True
    )
    yield at(16, 9, 30)
    referral = report.child_duties.get().hand_over
    assert referral is not None  # noqa: S101  (the decision sent it)
    child_case = acts.take_up_child(stage, referral)
    yield at(16, 11, 0)
    acts.open_case(stage, hand_over, title="Adult relative, Hallow", kind="contact", owner=stage.people.second_investigator)
    yield at(13, 14, 0)
    yield from acts.enquire(stage, child_case)
    yield at(3, 16, 10)
    acts.step(child_case, "section_47_enquiry", "conference", by=stage.people.social_worker)


def out_of_hours(stage: Stage) -> Story:
    """Danger now on a Saturday night: the alarm, the control room, the emergency duty team."""
    yield stage.calendar.weekend(1, 22, 40)
    report = acts.tell(
        who="parent",
        kind="contact",
        happened="My child left to meet someone from a chat and does not answer.",
        danger="now",
        place={"urls": [], "app": "chat.example", "accounts": ["nightferry"], "conversation": ""},
        child={"is_me": False, "name": "Ollie Grant", "age": 14, "town": "Northmere", "school": "Alder Road School"},
        relation="lives_with",
        reporter={"name": "Dee Grant", "contact": "01632 960011"},
        contact={"how": "telephone", "when": "any time"},
    )
    yield acts.soon(7)
    yield acts.soon(4)
    night = stage.people.night_analyst
    acts.read_and_grade(stage, report, by=night)
    hand_over = yield from acts.refer_to_police(
        stage,
        report,
        why="A child is missing after a meeting was arranged.",
        answer="Police have been told. If you are not with someone, please call 999.",
        by=night,
        care_too=True,
    )
    yield acts.soon(6)
    case = acts.open_case(stage, hand_over, title="nightferry at chat.example", kind="contact", owner=stage.people.control_room)
    yield acts.soon(30)
    referral = report.child_duties.get().hand_over
    assert referral is not None  # noqa: S101  (the decision sent it)
    handover.accept(hand_over=referral, by=stage.people.duty_worker)
    yield acts.later(1, 9, 10)
    investigation.answer_referral(
        case=case,
        hand_over=hand_over,
        outcome="case_opened",
        words="The child was found well and is at home.",
        by=stage.people.control_room,
    )


def nothing_illegal(stage: Stage, days_ago: int, url: str) -> Story:
    yield stage.calendar.at(days_ago, 16, 45)
    report = acts.tell(
        who="adult",
        kind="web_page",
        happened="I was not sure about this page.",
        danger="no",
        place={"urls": [url], "app": "", "accounts": [], "conversation": ""},
    )
    yield stage.calendar.at(days_ago - 1, 11, 10)
    analyst = acts.read_and_grade(stage, report, letter="N", by=stage.people.second_analyst)
    acts.close_and_answer(report, why="Not illegal.", answer=THANKS, by=analyst)


def worried_about_an_adult(stage: Stage) -> Story:
    yield stage.calendar.at(6, 18, 12)
    report = acts.tell(
        who="adult",
        kind="adult_i_know",
        happened="A man at our club spends much time alone with children and gives them presents.",
        danger="no",
        child={"is_me": False, "name": "", "age": None, "town": "Northmere", "school": ""},
        relation="knows",
    )
    yield stage.calendar.at(5, 9, 25)
    analyst = acts.read_and_grade(stage, report)
    yield from acts.refer_to_police(stage, report, why="A position of trust; no name yet.", answer=THANKS, by=analyst)


def long_ago(stage: Stage) -> Story:
    yield stage.calendar.at(10, 23, 5)
    report = acts.tell(
        who="adult",
        kind="long_ago",
        happened="It happened when I was a child; I would like to talk with somebody.",
        danger="no",
        reporter={"name": "", "contact": "here"},
    )
    yield stage.calendar.at(9, 10, 0)
    analyst = acts.read_and_grade(stage, report)
    yield from acts.refer_to_police(stage, report, why="The reporter would like to be heard by police.", answer=THANKS, by=analyst)


def second_opinion(stage: Stage) -> Story:
    """An analyst is unsure: a second person is asked."""
    yield stage.calendar.at(2, 9, 55)
    report = acts.platform_tells(
        stage,
        "game",
        "second opinion",
        who="platform",
        kind="web_page",
        happened="Two uploads of one account.",
        danger="no",
        place={
            "urls": ["https://game.example/u/1", "https://game.example/u/2"],
            "app": "game.example",
            "accounts": ["softrain"],
            "conversation": "",
        },
        platform={"priority": "3", "account_suspended": True, "user_told": False},
    )
    yield stage.calendar.at(1, 14, 0)
    acts.read_and_grade(stage, report, letter="U", by=stage.people.second_analyst)
    triage.release(report=report, by=stage.people.second_analyst)


def telephone_call(stage: Stage) -> Story:
    yield stage.calendar.at(3, 13, 30)
    report = acts.telephone(
        stage.people.analyst,
        who="parent",
        kind="conversation",
        happened="A caller read out messages that ask their child to keep a secret.",
        danger="no",
        place={"urls": [], "app": "chat.example", "accounts": ["greenlamp"], "conversation": ""},
        child={"is_me": False, "name": "", "age": 12, "town": "Southmere", "school": ""},
        relation="lives_with",
    )
    yield stage.calendar.at(2, 10, 10)
    intake.write_to_reporter(
        report=report, words="Which town do you live in? If you would rather not say, that is fine.", by=stage.people.analyst
    )
