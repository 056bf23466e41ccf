"""What does one look at the queue ask of the database? Called inside an installation."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import people
from benchmarks.waiting import PLACES, WORDS
from havenline.foundation.records.models import Record
from havenline.foundation.search.models import Document
from havenline.foundation.search.normal import normal


def page() -> dict[str, object]:
    """The queue's page as the analyst asks for it: its path, how many queries, and what each took as the database's side saw it (ms)."""
    browser = Client(headers={"host": "localhost"})
    browser.force_login(people.analyst().person)
    path = reverse("triage:queue")
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code  # noqa: S101  (a figure of another page would be worth nothing)
    took = [(float(query["time"]) * 1000, str(query["sql"])[:4000]) for query in asked.captured_queries]
    return {"path": path, "queries": len(took), "slowest": sorted(took, reverse=True)[:6]}


def words() -> int:
    """Let every record be found by words like those of `waiting`: each sixth by the same; how many documents there are."""
    without = Record.objects.filter(document=None).values_list("pk", flat=True).order_by("pk")
    for begun in range(0, len(without), 5_000):
        Document.objects.bulk_create(
            Document(record_id=pk, words=normal(WORDS.format(PLACES[pk % len(PLACES)], f"number {pk}")))
            for pk in without[begun : begun + 5_000]
        )
    return Document.objects.count()
