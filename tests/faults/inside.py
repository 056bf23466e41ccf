"""What an installation says of itself afterwards, told by its own code. Each function is called in a process of that installation."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.faults.place import Place

ROOT = Path(__file__).resolve().parents[2]
HAPPENED = "An adult stranger asked to meet my child."


def ask(place: Place, function: str, **said: Any) -> Any:
    """Call one of these inside; what it returned, by way of JSON."""
    text = (
        f"import sys, json; sys.path.insert(0, {str(ROOT)!r}); from tests.faults import inside;"
        f"print('\\n' + json.dumps(inside.{function}(**json.loads({json.dumps(said)!r}))))"
    )
    return json.loads(place.python(text).splitlines()[-1])


def platforms(*, number: int) -> list[str]:
    """So many platforms, each with a key: the keys."""
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.people import actions as people

    keys = []
    for one in range(number):
        agency = people.add_agency(name=f"chat{one}.example", kind="platform", by=INSTALLATION)
        keys.append(people.make_api_key(agency=agency, by=INSTALLATION)[1])
    return keys


def after(*, receipts: list[str]) -> dict[str, Any]:
    """All of it at once, when everything has ended: a process of ours takes seconds to start."""
    ran = settle()
    return {"ran": ran, **held(), "opened": opened(receipts=receipts), "shown": shown()}


def settle(*, hours: int = 3) -> int:
    """Let the hours go by in which every task is tried again, every round comes, and dead workers are found out; how many tasks ran."""
    from havenline.foundation import moment
    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.work import queue, rounds

    ran, at = 0, moment.now()
    for passed in range(hours):
        with moment.moving_from(at + timedelta(hours=passed, minutes=2)):
            queue.take_up_again()
            ran += queue.drain()
            rounds.run_due(apart=False)
            ran += queue.drain()
    ledger.append_committed()
    return ran


def to_be_tried_again() -> int:
    """How many tasks failed and wait for their next attempt."""
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.filter(status="READY", started_at__isnull=False).count()


def held() -> dict[str, Any]:
    """What stands in the database: reports, letters, tasks, entries of the ledger."""
    from django_tasks_db.models import DBTaskResult

    from havenline.foundation.ledger import queries
    from havenline.foundation.ledger.models import Entry, Link
    from havenline.foundation.post.models import Letter
    from havenline.journey.intake.models import Receipt, Report

    proved = queries.verify()
    verbs = Counter(json.loads(body)["verb"] for body in Entry.objects.values_list("body", flat=True))
    return {
        "form": Report.objects.filter(channel="form").count(),
        "receipts": Receipt.objects.count(),
        "references": list(Report.objects.filter(channel="platform").values_list("record__reference", flat=True)),
        "unopened": Report.objects.filter(opened_at=None).count(),
        "letters": [[one.subject, one.state, one.message_id, one.to] for one in Letter.objects.filter(why="faults")],
        "tasks": Counter(DBTaskResult.objects.values_list("status", flat=True)),
        "entries": Entry.objects.count(),
        "links": Link.objects.count(),
        "last": Link.objects.order_by("-sequence").values_list("sequence", flat=True).first(),
        "waiting": proved.waiting,
        "received": verbs["received a report"],
        "queued": verbs["queued a letter"],
    }


def opened(*, receipts: list[str]) -> int:
    """How many of these receipts open a report."""
    from havenline.journey.intake import receipts as slow
    from havenline.journey.intake.models import Receipt

    with ThreadPoolExecutor(2) as pool:  # the hash is slow on purpose, and leaves the interpreter alone
        lookups = list(pool.map(lambda digits: slow.open_with(digits, guess=False).lookup, receipts))
    return Receipt.objects.filter(lookup__in=lookups).values("report").distinct().count() if receipts else 0


def shown() -> str:
    """The page of background work, as the administrator's browser gets it."""
    from django.test import Client, override_settings

    from havenline.foundation.people.models import Membership

    membership = Membership.objects.select_related("person").get(role="administrator")
    browser = Client(headers={"host": "localhost"})
    browser.force_login(membership.person)
    session = browser.session
    session["membership"] = membership.pk
    session.save()
    with override_settings(SECOND_FACTOR_REQUIRED=False):  # which a browser without a device cannot have
        page = browser.get("/desk/work/")
    assert page.status_code == 200, page.status_code
    return page.content.decode()


def sealed(*, keys: int, reports: int, file: str) -> None:
    """So many records with a key and a word each, kept in `file`; and so many reports."""
    from havenline.foundation.sealing import actions as sealing
    from havenline.journey.intake import actions as intake

    made = sealing.new_keys([f"SEALED-{number}" for number in range(keys)])
    tell(file, {key.record: key.seal("word", key.record).hex() for key in made})
    for _report in range(reports):
        intake.receive(answers={"who": "parent", "kind": "contact", "happened": HAPPENED, "danger": "no"})


def still_opens(file: str) -> dict[str, Any]:
    """How many of those open, and which pairs are being exchanged."""
    from havenline.foundation.sealing import actions as sealing
    from havenline.foundation.sealing import rotation
    from havenline.journey.intake.models import Report

    words = json.loads(Path(file).read_text())
    return {
        "keys": sum(sealing.key_of(record).open("word", bytes.fromhex(word)) == record for record, word in words.items()),
        "reports": sum(report.answers()["happened"] == HAPPENED for report in Report.objects.all()),
        "under_way": [one.holder for one in rotation.under_way()],
    }


def tell(file: str, said: Any) -> None:
    """Leave it in a file, whole."""
    part = Path(f"{file}.part")
    part.write_text(json.dumps(said))
    part.replace(file)


def settings_of_the_database() -> dict[str, str]:
    """What says whether a commit waits for the disk."""
    from django.db import connection

    asked: dict[str, Callable[[str], str]] = {
        "sqlite": lambda name: f"PRAGMA {name}",
        "postgresql": lambda name: f"SHOW {name}",
    }
    names = {
        "sqlite": ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync"),
        "postgresql": ("fsync", "full_page_writes", "synchronous_commit", "wal_sync_method"),
    }
    with connection.cursor() as cursor:
        found = {}
        for name in names[connection.vendor]:
            cursor.execute(asked[connection.vendor](name))
            found[name] = str(cursor.fetchone()[0])
    return found
