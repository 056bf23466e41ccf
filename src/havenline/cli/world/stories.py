"""About forty reports at every stage, each a story of named people. Content by SAFETY.md: the least that shows the feature."""

from collections.abc import Iterator

from havenline.cli.world import acts
from havenline.cli.world.acts import Person, Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.journey.intake import actions as intake
from havenline.journey.investigation import actions as investigation
from havenline.journey.triage import actions as triage

THANKS = "Thank you for telling us. A trained person has read your report. If we need to know more, we will ask here."

# Closed cases of images: what statistics will count. Days ago, person, whether the child's case ends in a plan.
CLOSED = (
    (108, Person("Arden Pike", "arden_p at chat.example"), ""),
    (101, Person("Corin Lock", "lock99 at game.example"), ""),
    (
        95,
        Person(
            "Dale Farrow",
            "dalef at chat.example",
            {"name": "Wren Farrow", "town": "Hallow", "school": "Beech Lane School", "household": "Farrow, Mill Row"},
            7,
            "yes",
        ),
        "plan",
    ),
    (90, Person("Emery Vaughan", "emeryv at chat.example"), ""),
    (
        84,
        Person(
            "Fenn Corbett", "fenn.c at game.example", {"name": "Ash Corbett", "town": "Northmere", "household": "Corbett, Quay Street"}, 11
        ),
        "help",
    ),
    (79, Person("Gale Winter", "galewinter at chat.example"), ""),
    (
        73,
        Person(
            "Hollis Drew", "hdrew at chat.example", {"name": "Pip Drew", "town": "Alder Bay", "household": "Drew, Shore Lane"}, 5, "yes"
        ),
        "plan",
    ),
    (68, Person("Indigo Marsh", "indigo_m at game.example"), ""),
    (63, Person("Jarrow Keane", "jk_online at chat.example"), ""),
    (
        58,
        Person(
            "Kerr Holt",
            "kerr.h at chat.example",
            {"name": "Bryn Holt", "town": "Northmere", "school": "Alder Road School", "household": "Holt, Station Road"},
            13,
        ),
        "help",
    ),
    (54, Person("Lorne Abbot", "lorne_a at game.example"), ""),
    (
        49,
        Person(
            "Merle Quill", "merleq at chat.example", {"name": "Sky Quill", "town": "Hallow", "household": "Quill, Chapel Hill"}, 9, "yes"
        ),
        "plan",
    ),
)


def stories(stage: Stage) -> Iterator[Story]:
    """Every story of the demo world."""
    for days_ago, person, ending in CLOSED:
        yield closed_case(stage, days_ago, person, ending)
    yield unidentified(stage, 60)
    yield unidentified(stage, 44)
    yield from riverwalk(stage)
    yield returned_referral(stage)
    yield late_answer(stage)
    yield conference_soon(stage)
    yield out_of_hours(stage)
    yield nothing_illegal(stage, 22, "https://pictures.example/gallery/7")
    yield nothing_illegal(stage, 15, "https://board.example/thread/204")
    yield worried_about_an_adult(stage)
    yield long_ago(stage)
    yield second_opinion(stage)
    yield telephone_call(stage)
    yield from waiting_in_the_queue(stage)


def closed_case(stage: Stage, days_ago: int, person: Person, ending: str) -> Story:
    """A platform's report, a case of images, closed through the gate."""
    at, analyst = stage.calendar.at, stage.people.analyst
    yield at(days_ago, 8, 31)
    name, _at, service = person.account.partition(" at ")
    report = acts.platform_tells(
        stage,
        "game" if service.startswith("game") else "chat",
        f"closed {days_ago}",
        who="platform",
        kind="web_page",
        happened="An upload matched a list; the account is suspended.",
        danger="no",
        place={"urls": [f"https://{service}/item/{days_ago}"], "app": service, "accounts": [name], "conversation": ""},
        platform={"priority": "2", "account_suspended": True, "user_told": False},
    )
    yield at(days_ago, 10, 12)
    acts.read_and_grade(stage, report, letter="B", by=analyst)
    yield at(days_ago, 10, 20)
    hand_over = yield from acts.refer_to_police(stage, report, why="Grade B, and the account is named.", answer=THANKS, by=analyst)
    yield at(days_ago - 1, 9, 15)
    by = stage.people.investigator if days_ago % 2 else stage.people.second_investigator
    case = acts.open_case(stage, hand_over, title=f"Upload at {service}", kind="images", owner=by)
    yield acts.soon(50)
    subject = yield from acts.identify(stage, case, person, by=by)
    yield acts.later(1, 11, 5)
    acts.answer_about_access(subject, person, by=by)
    yield acts.soon(40)
    yield from acts.assess_access(stage, subject, person, by=by)
    referral = acts.referral_of(subject)
    if referral is not None:
        yield acts.later(1, 9, 40)
        child_case = acts.take_up_child(stage, referral, outcome="strategy_discussion_now" if ending == "plan" else "advice_or_early_help")
        if ending == "plan":
            yield acts.soon(240)
            yield from acts.enquire(stage, child_case)
            yield from acts.confer(stage, child_case)
    yield acts.later(3, 10, 30)
    yield from acts.close_case(stage, case, subject, hand_over, person, by=by)


def unidentified(stage: Stage, days_ago: int) -> Story:
    """A case that ends *no subject identified*, watched."""
    at, by = stage.calendar.at, stage.people.second_investigator
    yield at(days_ago, 14, 3)
    report = acts.tell(
        who="adult",
        kind="web_page",
        happened="A member of the public saw a page that worried them.",
        danger="no",
        place={"urls": [f"https://files{days_ago}.example/page"], "app": "", "accounts": [], "conversation": ""},
    )
    yield at(days_ago - 1, 9, 30)
    analyst = acts.read_and_grade(stage, report, letter="C")
    hand_over = yield from acts.refer_to_police(
        stage, report, why="Grade C; the host is abroad, the uploader unknown.", answer=THANKS, by=analyst
    )
    yield at(days_ago - 2, 10, 0)
    case = acts.open_case(stage, hand_over, title=f"Page at files{days_ago}.example", kind="images", owner=by)
    yield at(days_ago - 9, 11, 30)
    for what, outcome in (
        ("Subscriber asked of the host", "The host keeps no records."),
        ("Mail address looked up", "The address was used once."),
    ):
        investigation.add_identification_step(case=case, what=what, outcome=outcome, done_on=moment.today(), by=by)
    yield at(days_ago - 10, 9, 10)
    investigation.agree_no_subject(
        case=case, words="Both steps ended; nothing further would identify anybody.", by=stage.people.police_supervisor
    )
    investigation.answer_referral(
        case=case, hand_over=hand_over, outcome="case_opened", words="Nobody could be identified; the page is watched.", by=by
    )
    yield at(days_ago - 10, 15, 0)
    investigation.close_case(case=case, ending="no_subject", reason="Filed, unidentified; each identifier is watched.", by=by)


def riverwalk(stage: Stage) -> Iterator[Story]:
    """Five reports that share an account, and the case that grows from the first."""
    at = stage.calendar.at
    account = {"app": "chat.example", "accounts": ["riverwalk_77"], "urls": [], "conversation": ""}
    person = Person(
        "Jordan Vale",
        "riverwalk_77 at chat.example",
        {"name": "Robin Vale", "town": "Northmere", "school": "Alder Road School", "household": "Vale, Ferry Street"},
        9,
        "not_known",
        trust=True,
    )

    def school() -> Story:
        yield at(34, 15, 20)
        report = acts.tell(
            who="works_with_children",
            kind="conversation",
            happened="A pupil was asked to move to another app.",
            danger="no",
            place=account,
            child={"is_me": False, "name": "", "age": 12, "town": "Northmere", "school": "Alder Road School"},
            relation="knows",
            reporter={"name": "Hana Brook", "contact": ""},
        )
        yield at(33, 10, 5)
        analyst = acts.read_and_grade(stage, report)
        acts.close_and_answer(report, why="One message, account named; kept for what may follow.", answer=THANKS, by=analyst)

    def child() -> Story:
        yield at(26, 21, 14)
        report = acts.tell(
            who="under_18",
            kind="contact",
            happened="Someone I don't know keeps asking which school I go to.",
            danger="no",
            place=account,
            child={"is_me": True, "name": "", "age": 13, "town": "Hallow", "school": ""},
            relation="me",
        )
        yield at(25, 9, 0)
        analyst = acts.read_and_grade(stage, report, by=stage.people.second_analyst)
        acts.close_and_answer(report, why="No name or place; the child was told how to block and whom to tell.", answer=THANKS, by=analyst)

    def parent() -> Story:
        yield at(9, 19, 42)
        report = acts.tell(
            who="parent",
            kind="contact",
            happened="An adult stranger asked to meet my child.",
            danger="no",
            place=account,
            child={"is_me": False, "name": "", "age": 11, "town": "Northmere", "school": "Alder Road School"},
            relation="lives_with",
        )
        yield at(8, 9, 2)
        analyst = acts.read_and_grade(stage, report)
        yield acts.soon(10)
        hand_over = yield from acts.refer_to_police(
            stage, report, why="Same account as two earlier reports; a meeting was asked for.", answer=THANKS, by=analyst
        )
        yield at(8, 11, 40)
        case = acts.open_case(stage, hand_over, title="riverwalk_77 at chat.example", kind="both")
        by = stage.people.investigator
        yield at(7, 9, 30)
        subject = yield from acts.identify(stage, case, person, by=by)
        yield at(6, 15, 10)
        unknown = ("children_elsewhere", "friends_children")
        acts.answer_about_access(subject, person, by=by, unknown=unknown)
        yield at(5, 10, 5)
        yield from acts.assess_access(stage, subject, person, by=by)
        yield at(4, 9, 40)
        referral = acts.referral_of(subject)
        assert referral is not None  # noqa: S101  (the assessment sent it)
        child_case = acts.take_up_child(stage, referral, answered=False)
        yield at(4, 14, 0)
        yield from acts.enquire(stage, child_case)

    def platform() -> Story:
        yield at(1, 8, 31)
        acts.platform_tells(
            stage,
            "chat",
            "riverwalk",
            who="platform",
            kind="contact",
            happened="The account wrote to several children; it is still open.",
            danger="no",
            place={**account, "urls": ["https://chat.example/room/31"]},
            platform={"priority": "1", "account_suspended": False, "user_told": False},
        )

    def public() -> Story:
        yield at(2, 20, 8)
        acts.tell(
            who="adult",
            kind="contact",
            happened="I saw this account ask a child for their age in a public room.",
            danger="no",
            place=account,
        )

    yield from (school(), child(), parent(), platform(), public())


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


def waiting_in_the_queue(stage: Stage) -> Iterator[Story]:
    """What waits to be read today."""
    at = stage.calendar.at
    no_place = {"urls": [], "app": "", "accounts": [], "conversation": ""}

    def told(days_ago: int, hour: int, minute: int, **answers: object) -> Story:
        yield at(days_ago, hour, minute)
        acts.tell(**answers)

    yield told(
        1,
        20,
        31,
        who="under_18",
        kind="picture_of_me",
        happened="Someone says they will share a picture of me.",
        danger="no",
        place={**no_place, "app": "chat.example", "accounts": ["bluekite"]},
        child={"is_me": True, "name": "", "age": 15, "town": "", "school": ""},
        relation="me",
    )
    yield told(
        1,
        17,
        12,
        who="parent",
        kind="conversation",
        happened="An adult asked my child to move to another app.",
        danger="no",
        place={**no_place, "app": "game.example", "accounts": ["sunnyside4"]},
        child={"is_me": False, "name": "", "age": 10, "town": "Northmere", "school": ""},
        relation="lives_with",
    )
    yield told(
        1,
        15,
        40,
        who="adult",
        kind="web_page",
        happened="A page worried me.",
        danger="no",
        place={**no_place, "urls": ["https://pictures.example/gallery/7"]},
    )
    yield told(
        1,
        12,
        2,
        who="adult",
        kind="web_page",
        happened="A link in a public group.",
        danger="no",
        place={**no_place, "urls": ["https://share.example/a/19"]},
    )
    yield told(
        2,
        21,
        50,
        who="adult",
        kind="web_page",
        happened="A search result that I did not expect.",
        danger="unknown",
        place={**no_place, "urls": ["https://host.example/p/4"]},
    )
    yield told(
        1,
        9,
        15,
        who="works_with_children",
        kind="contact",
        happened="A pupil was offered game credit by a stranger.",
        danger="no",
        place={**no_place, "app": "game.example", "accounts": ["goldcoin_x"]},
        child={"is_me": False, "name": "", "age": 9, "town": "Hallow", "school": "Beech Lane School"},
        relation="knows",
    )
    yield told(
        2,
        11,
        30,
        who="adult",
        kind="other",
        happened="I think that an advertisement aims at children.",
        danger="no",
        place={**no_place, "urls": ["https://ads.example/1"]},
    )

    def platform(days_ago: int, number: int) -> Story:
        yield at(days_ago, 6 + number, 10)
        acts.platform_tells(
            stage,
            "chat" if number % 2 else "game",
            f"waiting {number}",
            who="platform",
            kind="web_page",
            happened="An upload matched a list.",
            danger="no",
            place={
                "urls": [f"https://{'chat' if number % 2 else 'game'}.example/item/9{number}"],
                "app": "",
                "accounts": [f"waiting_{number}"],
                "conversation": "",
            },
            platform={"priority": "2", "account_suspended": True, "user_told": False},
        )

    for number in range(1, 6):
        yield platform(1, number)
