"""Cases that ended: through the gate, or with nobody identified."""

from havenline.cli.world import acts
from havenline.cli.world.acts import THANKS, Person, Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.journey.investigation import actions as investigation

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
    acts.answer_hotline(case, hand_over, by=by)
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
    yield from acts.close_case(case, subject, person, by=by)


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
