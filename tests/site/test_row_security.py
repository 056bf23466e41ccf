"""PostgreSQL's second lock: what a question that forgets the person finds."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.acting import acting_as, beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.search import queries as search
from havenline.foundation.search.models import Document
from havenline.foundation.sharing import actions as sharing
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case
from havenline.journey.triage.models import Claim
from havenline.site import row_security
from tests import factories
from tests.site import world

pytestmark = pytest.mark.usefixtures("on_wednesday")
on_postgresql = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql", reason="SQLite has no locks on rows: querysets alone hold"
)


def test_each_table_of_a_room_is_locked_or_says_why_it_stands_open() -> None:
    for model in row_security.file_models():
        assert any(way in row_security.rows_seen(model) for way in ("havenline_sees", "EXISTS", "havenline_keeps", "havenline_lists"))


def test_what_is_said_to_stand_open_is_there() -> None:
    tables = {model._meta.label for model in apps.get_models()}
    assert set(row_security.OPEN) <= tables
    assert {app.label for app in apps.get_app_configs()} >= row_security.OPEN_ROOMS


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_raw_connection_of_the_application_reads_no_case() -> None:
    world.make()
    held = settings.DATABASES["default"]
    place = {"host": held["HOST"], "port": held["PORT"], "dbname": held["NAME"], "user": held["USER"], "password": held["PASSWORD"]}
    tables = [model._meta.db_table for model in row_security.file_models()]
    filled = 0
    with connection.cursor() as cursor, closing(psycopg.connect(**place)) as raw:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            filled += cursor.fetchone()[0] > 0
            (seen,) = raw.execute(f"SELECT count(*) FROM {table}").fetchone() or (None,)  # noqa: S608
            assert seen == 0, table
    assert filled > 35  # the world has something in nearly each


@on_postgresql
@pytest.mark.django_db
@pytest.mark.slow
def test_both_locks_say_the_same_of_every_person_and_every_record() -> None:
    made = world.make()
    case = Case.objects.filter(record__closed_at=None).earliest("record__opened_at")
    sharing.restrict(record=case.record, reason="The subject is an officer.", by=made.people["police_supervisor"])
    colleague = factories.member("investigator", case.record.agency, "Robin Lane")
    nurse = factories.member("health_practitioner", factories.agency("health", "Party to everything"), "Ola Reed")
    for record in Record.objects.all():
        records.make_party(record=record, agency=nurse.agency, purpose="the test")
    people = [*made.people.values(), colleague, nurse, *_strangers()]
    asked = 0
    for by in people:
        mine = set(Record.objects.visible_to(by).values_list("pk", flat=True))
        with acting_as(by), connection.cursor() as cursor:
            cursor.execute("SELECT id, havenline_sees(id) FROM records_record")
            for pk, sees in cursor.fetchall():
                assert sees == (pk in mine), (by.role, by.agency.slug, Record.objects.get(pk=pk).reference)
                asked += 1
    assert asked > 500


def _strangers() -> list[Membership]:
    return [
        factories.member(role, factories.agency(kind, f"Another {kind}"), f"Sasha {role}")
        for role, (kind, _name) in world.PEOPLE.items()
        if kind not in (AgencyKind.OVERSIGHT, AgencyKind.INSTALLATION)
    ]


@on_postgresql
@pytest.mark.django_db
def test_a_question_that_forgets_the_person_finds_what_that_person_may_see(investigator: Membership, social_worker: Membership) -> None:
    world.make()
    assert Claim.objects.exists()
    with acting_as(investigator):
        assert Case.objects.exists()
        assert not Claim.objects.exists()
    with acting_as(social_worker):
        assert not Case.objects.exists()


@on_postgresql
@pytest.mark.django_db
def test_nobody_changes_or_adds_to_what_they_do_not_see(investigator: Membership, analyst: Membership) -> None:
    report = factories.report(analyst.agency)
    with acting_as(investigator):
        assert Report.objects.filter(pk=report.pk).update(waits_since=moment.now()) == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Document.objects.create(record=report.record, words="planted")
    with acting_as(analyst):
        assert Report.objects.filter(pk=report.pk).update(waits_since=moment.now()) == 1


@on_postgresql
@pytest.mark.django_db
def test_who_ceased_to_be_a_member_sees_nothing(analyst: Membership) -> None:
    factories.report(analyst.agency)
    Membership.objects.filter(pk=analyst.pk).update(until=moment.now())
    with acting_as(analyst):
        assert not Report.objects.exists()


@on_postgresql
@pytest.mark.django_db
def test_what_looks_past_the_person_ends_where_it_says_so(investigator: Membership, hotline: Agency) -> None:
    factories.report(hotline)
    with acting_as(investigator):
        with beyond_need_to_know():
            assert Report.objects.exists()
        assert not Report.objects.exists()
        with pytest.raises(KeyError), beyond_need_to_know():
            raise KeyError
        assert not Report.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic(), beyond_need_to_know(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert not Report.objects.exists()


@on_postgresql
@pytest.mark.django_db
def test_words_are_found_through_the_lock(analyst: Membership, investigator: Membership) -> None:
    report = factories.report(analyst.agency)
    Document.objects.update_or_create(record=report.record, defaults={"words": "sycamore lane"})
    with acting_as(analyst):
        assert [record.pk for record in search.by_words("sycam", by=analyst)] == [report.pk]
    with acting_as(investigator):
        assert search.by_words("sycam", by=analyst) == []  # the first lock would let it through


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_people_over_one_pooled_connection_never_see_each_others() -> None:
    made = world.make()
    police, hotline = made.people["investigator"], made.people["analyst"]
    wanted = {by.pk: set(Record.objects.visible_to(by).filter(kind="hand_over").values_list("pk", flat=True)) for by in (police, hotline)}
    assert wanted[police.pk] != wanted[hotline.pk]
    seen: list[tuple[int, set[int]]] = []
    backends: set[int] = set()
    outside: list[int] = []
    troubles = ["none", "an error of ours", "an error of the database", "a stream left half read"]

    def one_request(by: Membership, trouble: str) -> None:
        try:
            with acting_as(by):
                backends.add(connection.connection.info.backend_pid)
                seen.append((by.pk, set(HandOver.objects.values_list("pk", flat=True))))
                if trouble == "an error of ours":
                    raise KeyError(trouble)
                if trouble == "an error of the database":
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT 1 / 0")
                if trouble == "a stream left half read":
                    next(iter(HandOver.objects.iterator(chunk_size=1)))
        except (KeyError, DatabaseError):
            pass
        outside.append(HandOver.objects.count())
        connection.close()  # back into the pool, as at a request's end

    with _a_pool_of_one():
        for turn in range(16):
            by, trouble = (police, hotline)[turn % 2], troubles[(turn // 2) % 4]
            thread = threading.Thread(target=one_request, args=(by, trouble))
            thread.start()
            thread.join()
    assert len(backends) == 1
    assert len(seen) == 16
    assert all(found == wanted[pk] for pk, found in seen)
    assert outside == [0] * 16


@contextmanager
def _a_pool_of_one() -> Iterator[None]:
    """Connections as the desk's process has them: pooled, and of nobody's."""
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    kept = dict(options)
    connection.close()
    options.pop("options", None)
    options["pool"] = {"min_size": 1, "max_size": 1, "timeout": 10}
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        options.clear()
        options.update(kept)
