"""Seven reports that share an account or an address, and the case that grows from three of them."""

from collections.abc import Iterator

from havenline.cli.world import acts
from havenline.cli.world.acts import THANKS, Person, Stage, Stretch
from havenline.cli.world.player import Story
from havenline.journey.investigation.models import Case


def riverwalk(stage: Stage) -> Iterator[Story]:
    """Seven reports that share an account or an address, and the case that grows from three of them."""
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
            place={**account, "conversation": "riverwalk_77: Which app do you use? Let’s move there.\nPupil: no"},
            child={"is_me": False, "name": "", "age": 12, "town": "Northmere", "school": "Alder Road School"},
            relation="knows",
            reporter={"name": "Hana Brook", "contact": ""},
        )
        yield at(33, 10, 5)
        analyst = acts.read_and_grade(stage, report)
        acts.say_which_signs_stand(report, by=analyst)
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
        yield from linked(case)
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

    def linked(case: Case) -> Stretch:
        """Two further reports that share an account or an address with the case, and are joined to it."""
        yield at(8, 20, 8)
        seen = acts.tell(
            who="adult",
            kind="contact",
            happened="This account asked a child to write to an address.",
            danger="no",
            place={**account, "conversation": "riverwalk_77: write to r.w77@mail.example"},
        )
        yield at(8, 20, 40)
        game = acts.platform_tells(
            stage,
            "game",
            "riverwalk in a game",
            who="platform",
            kind="contact",
            happened="The account asked a child for their school; it gave an address.",
            danger="no",
            place={
                "app": "game.example",
                "accounts": ["river.walk77"],
                "urls": [],
                "conversation": "river.walk77: write to r.w77@mail.example",
            },
            platform={"priority": "2", "account_suspended": True, "user_told": False},
        )
        for minutes, report in ((2, seen), (14, game)):
            yield at(7, 9, minutes)
            analyst = acts.read_and_grade(stage, report, by=stage.people.second_analyst)
            hand_over = yield from acts.refer_to_police(
                stage, report, why="Shares an account or an address with a case of yours.", answer=THANKS, by=analyst
            )
            yield acts.soon(2)
            acts.join_case(stage, hand_over, case)

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
