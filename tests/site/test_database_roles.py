"""PostgreSQL: what the public process, the API and matching could do to the database, whatever program runs in them.

That matching does all its work as its own user, the tests of foundation/recognition show: there it answers them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import queries as lists_queries
from havenline.foundation.lists.exchange import actions as exchange
from havenline.foundation.lists.exchange import queries as exchange_queries
from havenline.foundation.people.actions import make_api_key
from havenline.site import database_roles
from tests import databases, factories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql", reason="SQLite has no users: sealing alone protects"
    ),
]
CASES = ("investigation", "safeguarding", "prevention", "triage", "handover", "sharing", "accountability", "search", "statistics")
SIGNING_IN = ("sessions", "account", "mfa", "socialaccount")
FILES = ("intake", "takedown", "identifiers", "clocks", "post", "sealing", "retention")
CLOSED_TO_MATCHING = (
    "intake_report",
    "intake_message",
    "intake_receipt",
    "triage_assessment",
    "investigation_case",
    "safeguarding_child",
    "handover_handover",
    "takedown_notice",
    "post_letter",
    "sealing_key",
    "people_membership",
    "django_session",
)


def may(role: str, right: str) -> set[str]:
    """The tables on which a role has this right as a whole."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute("SELECT t FROM unnest(%s::text[]) t WHERE has_table_privilege(%s, quote_ident(t), %s)", [names, role, right])
        return {name for (name,) in cursor.fetchall()}


def touched(role: str, right: str) -> set[str]:
    """The tables on which a role has this right, if only on one column."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute("SELECT t FROM unnest(%s::text[]) t WHERE has_any_column_privilege(%s, quote_ident(t), %s)", [names, role, right])
        return {name for (name,) in cursor.fetchall()}


def columns(role: str, right: str) -> set[str]:
    """What a role has this right on, column by column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname || '.' || c.attname FROM pg_attribute c JOIN pg_class t ON t.oid = c.attrelid WHERE t.relkind = 'r' AND"
            " t.relnamespace = 'public'::regnamespace AND c.attnum > 0 AND has_column_privilege(%s, t.oid, c.attnum, %s)",
            [role, right],
        )
        return {name for (name,) in cursor.fetchall()}


def tables_of(*rooms: str) -> set[str]:
    return {model._meta.db_table for room in rooms for model in apps.get_app_config(room).get_models(include_auto_created=True)}


def test_the_public_process_reads_no_case_no_person_and_no_session() -> None:
    reads = may(database_roles.PUBLIC, "SELECT")
    assert reads & tables_of(*CASES, *SIGNING_IN, "takedown", "identifiers", "post", "clocks") == set()
    assert reads & tables_of("people") == {"people_agency"}


def test_the_api_reads_no_case_no_child_and_no_session() -> None:
    assert may(database_roles.API, "SELECT") & tables_of(*CASES, *SIGNING_IN, "post", "retention") == set()


def test_the_public_process_deletes_nothing_and_changes_three_moments_alone() -> None:
    for right in ("DELETE", "TRUNCATE", "UPDATE"):
        assert may(database_roles.PUBLIC, right) == set()
    assert columns(database_roles.PUBLIC, "UPDATE") == {
        "intake_report.waits_since",
        "intake_receipt.written_down_at",
        "intake_message.first_read_at",
    }


def test_matching_reads_no_report_no_case_no_child_no_session_and_no_message() -> None:
    for right in ("SELECT", "INSERT", "UPDATE"):
        touches = touched(database_roles.MATCH, right)
        assert touches <= set(database_roles.MATCH_RIGHTS)
        assert touches & tables_of(*CASES, *SIGNING_IN, *FILES) == set()
    read = columns(database_roles.MATCH, "SELECT")
    assert {name for name in read if name.startswith(("people_person.", "records_", "ledger_"))} == {
        "people_person.id",
        "people_person.is_active",
        "records_record.id",
        "records_record.reference",
        "ledger_entry.id",
        "ledger_waiting.entry_id",
    }


@pytest.mark.django_db(transaction=True)
def test_matching_is_refused_by_the_database_itself() -> None:
    with connected(database_roles.MATCH) as match:
        match.execute("SELECT * FROM lists_listentry")
        for closed in (
            *(f"SELECT * FROM {table}" for table in CLOSED_TO_MATCHING),  # noqa: S608
            "SELECT email FROM people_person",
            "SELECT body FROM ledger_entry",
            "SELECT agency_id FROM records_record",
            "UPDATE lists_listentry SET value = ''",
            "UPDATE lists_knownlist SET agency_id = 1",
            "UPDATE people_apikey SET revoked_at = NULL",
            "UPDATE recognition_pause SET answer = 'goes_on'",
            "DELETE FROM lists_listentry",
            "SELECT havenline_act(1, now())",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                match.execute(closed)


def test_matching_changes_of_what_stands_what_a_withdrawal_and_a_count_need_and_deletes_nothing() -> None:
    assert touched(database_roles.MATCH, "UPDATE") == {
        "people_apikey",
        "lists_knownlist",
        "lists_listentry",
        "recognition_asker",
        "recognition_told",
    }
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        assert may(database_roles.MATCH, right) == set()


@pytest.mark.django_db(transaction=True)
def test_what_matching_asks_of_the_worker_is_what_a_withdrawal_asks_for_and_nothing_else() -> None:
    with connected(database_roles.MATCH) as match:
        assert enqueued(match, "havenline.journey.triage.tasks.let_count_no_more")
        assert not enqueued(match, "havenline.journey.triage.tasks.carry_out")
        assert not enqueued(match, "havenline.journey.intake.tasks.open_arrival")
    for task in (*database_roles.MATCH_TASKS, *database_roles.API_TASKS, *database_roles.PUBLIC_TASKS):
        module, _dot, name = task.rpartition(".")
        assert getattr(import_module(module), name).module_path == task


def test_a_role_without_a_password_is_not_made() -> None:
    database_roles.make(connection, database_roles.Passwords(app="", public=""))  # as havenline_app, which may make none


def test_nobody_changes_or_deletes_what_stands_on_the_ledger() -> None:
    for role in (database_roles.APP, *database_roles.HELD):
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            assert may(role, right) & {"ledger_entry", "ledger_link"} == set()


@pytest.mark.django_db(transaction=True)
def test_what_the_public_process_asks_of_the_worker_is_to_open_an_arrival_and_nothing_else() -> None:
    with connected(database_roles.PUBLIC) as public:
        assert enqueued(public, "havenline.journey.intake.tasks.open_arrival")
        assert not enqueued(public, "havenline.foundation.post.tasks.send_letter")


def enqueued(public: psycopg.Connection, task: str) -> bool:
    try:
        public.execute(
            "INSERT INTO django_tasks_database_dbtaskresult (id, task_path, status, args_kwargs, priority, queue_name, backend_name,"
            " exception_class_path, traceback, enqueued_at, run_after, worker_ids)"
            " VALUES (gen_random_uuid(), %s, 'READY', '{}', 0, 'default', 'default', '', '', now(), now(), '[]')",
            [task],
        )
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


@contextmanager
def connected(role: str) -> Iterator[psycopg.Connection]:
    """A connection as this role, with no program of ours between."""
    held = connection.settings_dict
    passwords = vars(databases.passwords_of(databases._owner))
    line = psycopg.connect(
        host=held["HOST"] or None,
        port=held["PORT"] or None,
        dbname=held["NAME"],
        user=role,
        password=passwords[role.removeprefix("havenline_")],
        autocommit=True,
    )
    with line:
        yield line


@pytest.mark.django_db(transaction=True)
def test_the_public_process_puts_a_complaint_in_reads_how_it_stands_and_nothing_of_what_was_written() -> None:
    factories.agency("hotline")
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        taken = lists.complain(token="t", address="https://shop.example/", words="It is a shop.")
        assert lists_queries.stands(taken.code) is not None
        transaction.set_rollback(True)
    with connected(database_roles.PUBLIC) as public:
        for one in asked.captured_queries:
            public.execute(one["sql"])  # as it was asked; whatever it may not is refused
        for closed in ("SELECT said_sealed FROM lists_complaint", "SELECT * FROM lists_listentry", "DELETE FROM lists_complaint"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                public.execute(closed)


@pytest.mark.django_db(transaction=True)
def test_the_api_serves_a_list_as_its_own_user_and_changes_nothing_of_it() -> None:
    known = lists.make_list(name="Ours", kind="hash", origin="own", agency=factories.agency("hotline"), by=INSTALLATION)
    [entry] = lists.add_entries(known_list=known, new=[lists.NewEntry("md5", "a" * 32)], by=INSTALLATION).entries
    platform = factories.agency("platform")
    lists.let_read(known_list=known, agency=platform, may_be_sent=True, by=INSTALLATION)
    key, raw = make_api_key(agency=platform, by=INSTALLATION)
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        for name in ("list_changes", "list_snapshot", "list_csv"):
            answer = Client().get(reverse(f"api:{name}", args=[known.slug]), headers={"Authorization": f"Bearer {raw}"})
            assert b"a" * 32 in (b"".join(answer.streaming_content) if answer.streaming else answer.content)
        found = exchange_queries.list_for(key, known.slug)
        assert found is not None
        exchange_queries.before(found, moment.now())  # waits for whoever writes
        exchange.give_feedback(entry=entry, key=key, is_affirmative=True)
        transaction.set_rollback(True)
    with connected(database_roles.API) as api:
        for one in asked.captured_queries:
            api.execute(one["sql"])  # as it was asked; whatever it may not is refused
        for closed in ("DELETE FROM lists_listentry", "UPDATE lists_listentry SET value = ''", "SELECT * FROM list_exchange_source"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                api.execute(closed)


@pytest.mark.django_db(transaction=True)
def test_rights_that_a_role_had_before_are_taken_back_with_each_migration() -> None:
    factories.agency("hotline")
    unprivileged = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    databases._reconnect(**databases._owner)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT SELECT ON people_person TO {database_roles.PUBLIC}")
        database_roles.grant(connection)
    finally:
        databases._reconnect(**unprivileged)
    assert "people_person" not in may(database_roles.PUBLIC, "SELECT")
