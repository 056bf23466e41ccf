"""The ledger's screens: entries for the auditor, the proof for everybody at a desk."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from tests import databases, factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
START = datetime(2026, 11, 18, 10, 0, tzinfo=moment.LONDON)


def write(count: int, verb: str = "did thing", by: object = INSTALLATION, about: object = "thing") -> None:
    for number in range(count):
        with moment.standing_at(START + timedelta(minutes=number)), transaction.atomic():
            ledger.record(by, f"{verb} {number}", about)  # type: ignore[arg-type]
    ledger.append_committed()


def test_only_the_auditor_reads_and_exports_entries(signed_in: SignedIn, auditor: Membership, analyst: Membership) -> None:
    for name in ("ledger:entries", "ledger:export"):
        assert signed_in(analyst).get(reverse(name)).status_code == 404
        assert signed_in(auditor).get(reverse(name)).status_code == 200


def test_pages_follow_each_other_without_gap_or_doubling() -> None:
    write(23)
    seen, page = [], queries.page(size=5)
    while True:
        seen += [said.id for said in page.entries]
        if not page.earlier:
            break
        page = queries.page(size=5, before=page.earlier)
    assert len(seen) == len(set(seen)) == 23
    back = queries.page(size=5, after=page.later)
    assert [said.id for said in back.entries] == seen[-8:-3]


def test_entries_of_one_moment_are_not_lost_between_pages() -> None:
    with moment.standing_at(START), transaction.atomic():
        for number in range(12):
            ledger.record(INSTALLATION, f"did {number}", "thing")
    first = queries.page(size=5)
    second = queries.page(size=5, before=first.earlier)
    third = queries.page(size=5, before=second.earlier)
    assert len({said.id for page in (first, second, third) for said in page.entries}) == 12


@pytest.mark.parametrize("key", ["x", "2026-11-18T10:00:00+00:00~x", "~", "2026-11-18T10:00:00~8c5e5f7e-0000-4000-8000-000000000000"])
def test_a_key_that_is_none_begins_anew(key: str) -> None:
    write(2)
    assert len(queries.page(before=key).entries) == 2


def test_entries_are_filtered_by_record_person_agency_and_time(signed_in: SignedIn, auditor: Membership, analyst: Membership) -> None:
    record = factories.record("report", analyst.agency)
    write(1, "touched", analyst, record)
    write(3, "elsewhere")
    client = signed_in(auditor)

    def verbs(**wanted: str) -> list[str]:
        return [row["said"].verb for row in client.get(reverse("ledger:entries"), wanted).context["rows"]]

    assert verbs(record=record.reference.lower()) == ["touched 0"]
    assert verbs(person="osei") == ["touched 0"]
    assert verbs(agency=analyst.agency.slug) == ["touched 0"]
    assert "elsewhere 2" in verbs(since="2026-11-18", until="2026-11-18")
    assert verbs(until="2026-11-17") == []
    assert verbs(person="nobody at all") == []


def test_a_bad_date_is_named_and_shows_everything(signed_in: SignedIn, auditor: Membership) -> None:
    assert "Enter a" in signed_in(auditor).get(reverse("ledger:entries"), {"since": "x"}).content.decode()


def test_looking_at_the_ledger_is_on_the_ledger(signed_in: SignedIn, auditor: Membership) -> None:
    signed_in(auditor).get(reverse("ledger:entries"))
    assert Entry.objects.filter(actor=auditor.ledger_name, body__contains='"look":true').count() == 1


def test_anybody_at_a_desk_verifies_the_whole_chain(signed_in: SignedIn, analyst: Membership) -> None:
    write(4)
    page = signed_in(analyst).post(reverse("ledger:check")).content.decode()
    assert "4 entries hold" in page
    assert queries.head()[1] in page or "head" in page.lower()


@pytest.mark.django_db(transaction=True)
def test_a_changed_byte_is_found_and_named(signed_in: SignedIn, auditor: Membership) -> None:
    write(4)
    entry = Entry.objects.get(link__sequence=3)
    with databases.past_the_ledgers_triggers(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET body = replace(body, 'did thing 2', 'did thinG 2')")
    page = signed_in(auditor).post(reverse("ledger:check")).content.decode()
    assert "Entry 3 does not fit" in page
    assert str(entry.id) in page
    assert "its text was changed" in page


def test_the_download_verifies_with_no_database(signed_in: SignedIn, auditor: Membership) -> None:
    write(3)
    answer = signed_in(auditor).get(reverse("ledger:export"))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert proof.check_export(lines).count >= 3
    assert "attachment" in answer["Content-Disposition"]
