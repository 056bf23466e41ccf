"""What waits in the queue today."""

from collections.abc import Iterator

from havenline.cli.world import acts
from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story


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
        place={
            **no_place,
            "app": "game.example",
            "accounts": ["sunnyside4"],
            "conversation": "sunnyside4: Which app do you use? Let’s move there.\nR: no\nsunnyside4: Keep this between us.",
        },
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
