"""`make bench`: measurements, printed and never asserted. Each line says what was measured, how often, and on what."""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="havenline-bench-"))
os.environ["HAVENLINE_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "havenline.site.settings"

ANSWERS = {
    "who": "parent",
    "kind": "contact",
    "happened": "A parent reports that an adult stranger asked to meet their child.",
    "place": {"app": "chat.example", "accounts": ["riverwalk_77"]},
    "danger": "no",
    "relation": "lives_with",
    "child": {"age": 11, "town": "Northmere"},
}


def timed(what: str, act: Callable[[], object], *, times: int) -> None:
    """Print the median and the slowest of so many runs, and runs a second."""
    act()  # once before, so that nothing is loaded for the first time
    took = []
    for _number in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    middle, slowest = statistics.median(took), max(took)
    print(f"{what:<58} {middle * 1000:8.1f} ms   slowest {slowest * 1000:8.1f} ms   {1 / middle:8.1f} /s   ({times} runs)", flush=True)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger import queries
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.people import actions as people
    from havenline.foundation.sealing import keys
    from havenline.foundation.work import queue
    from havenline.journey.intake import actions as intake
    from havenline.journey.intake.models import Report

    keys.make(HOME / "keys")
    call_command("migrate", verbosity=0, interactive=False)
    hotline = people.add_agency(name="Northmere Hotline", kind="hotline", by=INSTALLATION)
    person, _password = people.add_person(name="Robin Osei", email="robin@hotline.example", by=INSTALLATION)
    people.give_membership(person=person, agency=hotline, role="analyst", by=INSTALLATION)
    print(
        f"Python {platform.python_version()}, {connection.vendor}, {os.cpu_count()} cores, {platform.machine()}; one process, no network\n"
    )

    timed("intake: one report, sealed and durable, with its receipt", lambda: intake.receive(answers=ANSWERS), times=40)
    began = time.perf_counter()
    opened = queue.drain()
    print(f"work: opening {opened} arrivals, one after another{'':<17} {(time.perf_counter() - began) / opened * 1000:8.1f} ms each")
    visitor, browser = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    browser.force_login(person)
    timed("public: the first page", lambda: visitor.get("/"), times=40)
    timed(
        f"desk: the queue with {Report.objects.exclude(waits_since=None).count()} reports",
        lambda: browser.get(reverse("triage:queue")),
        times=20,
    )
    ledger.append_committed()
    timed(f"ledger: proving {queries.head()[0]} entries", queries.verify, times=5)


if __name__ == "__main__":
    main()
