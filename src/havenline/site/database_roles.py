"""PostgreSQL: who may do what with which table. The owner migrates and grants; the product, and the suite, run as the others.

`havenline_app` (desk, worker): every row of every table, but the ledger is only added to. `havenline_public` (what anybody
reaches): puts sealed reports in, finds one by its receipt, and nothing else: no people, no cases, no hand-overs, no sessions.
`havenline_api` (platforms and content hosts): puts sealed reports in, and answers to notices; no cases, no children, no sessions.
`havenline_match` (matching and its follower): lists, keys, and who was told of what; no report, no case, no child, no session, no message.
None is a superuser, bypasses row security, or owns anything.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from havenline.site import row_security

APP, PUBLIC, API, MATCH = "havenline_app", "havenline_public", "havenline_api", "havenline_match"
MAKING = 0x524F4C45  # "ROLE": the advisory lock of whoever makes them

# Only added to, by anybody: no UPDATE, no DELETE (triggers refuse them too, whoever asks).
ONLY_ADDED_TO = (
    "ledger_entry",
    "ledger_link",
    "ledger_subtree",
    "ledger_checkpoint",
    "ledger_cosignature",
    "ledger_vouched",
    "ledger_publicleaf",
    "ledger_publicday",
)

# What the public process does to each table, and why. A column list limits UPDATE to those columns.
PUBLIC_RIGHTS: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("SELECT", "INSERT"),  # every arrival is an entry; Django reads back the row that it put in
    "ledger_waiting": ("SELECT", "INSERT"),  # and waits for the appender, which is not here
    "ledger_commitment": ("SELECT",),  # the proof of a report, shown to whoever holds its receipt: the salt in it is sealed to them
    "ledger_publicleaf": ("SELECT",),  # the public log, which anybody may read
    "ledger_publicday": ("SELECT",),
    "sealing_key": ("SELECT", "INSERT"),  # a report's own key, wrapped to the desk: it can unwrap none
    "retention_restoration": ("SELECT",),  # which hours to send again
    "people_agency": ("SELECT",),  # the hotline that a report belongs to
    "records_record": ("SELECT", "INSERT"),
    "records_party": ("SELECT", "INSERT"),
    "records_lineage": ("SELECT",),
    "records_silence": ("SELECT",),  # an answer that must not be shown yet
    "intake_report": ("SELECT", "INSERT", "UPDATE (waits_since)"),  # an addition lets it wait again
    "intake_receipt": ("SELECT", "INSERT", "UPDATE (written_down_at)"),
    "intake_message": ("SELECT", "INSERT", "UPDATE (first_read_at)"),
    # A complaint is put in; by its code it is found again, and how it stands is read. What was written stays closed to it.
    "lists_complaint": ("SELECT (record_id, code_hash, received_at, state, answer, answered_at)", "INSERT"),
    "django_tasks_database_dbtaskresult": ("SELECT", "INSERT"),  # the work that an arrival asks for, and no other: PUBLIC_TASKS
}
# The same of the API: what platforms send and hosts answer, and what proves a copy of a record.
API_RIGHTS: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("SELECT", "INSERT"),
    "ledger_waiting": ("SELECT", "INSERT"),
    **dict.fromkeys(
        ("ledger_link", "ledger_subtree", "ledger_checkpoint", "ledger_cosignature", "ledger_vouched", "ledger_refusal", "ledger_asked"),
        ("SELECT",),
    ),
    "sealing_key": ("SELECT", "INSERT"),
    "people_agency": ("SELECT",),
    "people_apikey": ("SELECT", "UPDATE (last_used_at)"),
    "people_membership": ("SELECT",),  # who made a key, whose notice it is
    "people_person": ("SELECT",),
    "records_record": ("SELECT", "INSERT"),
    "records_party": ("SELECT", "INSERT"),
    "records_lineage": ("SELECT",),
    "records_silence": ("SELECT",),
    "identifiers_identifier": ("SELECT",),  # the addresses that a notice names
    "clocks_clock": ("SELECT", "INSERT", "UPDATE"),  # a host's answer stops one, and starts another
    "intake_report": ("SELECT", "INSERT", "UPDATE (waits_since, asked_of_platform)"),
    "intake_reporteditem": ("SELECT",),
    "intake_message": ("SELECT", "INSERT"),
    "intake_idempotency": ("SELECT", "INSERT"),
    **dict.fromkeys(("lists_listreader", "lists_listentry", "lists_listchange", "list_exchange_edition"), ("SELECT",)),  # what is sent
    "lists_knownlist": ("SELECT", "UPDATE (changed_at)"),  # to wait for whoever is writing it: a lock asks for the right
    "list_exchange_reading": ("SELECT", "INSERT", "UPDATE"),
    "list_exchange_feedback": ("SELECT", "INSERT", "UPDATE"),
    "takedown_contact": ("SELECT",),
    "takedown_host": ("SELECT",),
    "takedown_hostanswer": ("SELECT", "INSERT"),
    "takedown_hostlink": ("SELECT", "UPDATE (opened_at)"),
    "takedown_notice": ("SELECT", "UPDATE (state, acknowledged_at, sent_at, problem)"),
    "takedown_noticeitem": ("SELECT",),
    "takedown_wronglinks": ("SELECT", "INSERT", "UPDATE"),
    "django_tasks_database_dbtaskresult": ("SELECT", "INSERT"),
}
# The same of matching: lists are read, and a key with the scope to curate makes one, puts entries on it and withdraws them.
MATCH_RIGHTS: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("SELECT (id)", "INSERT"),  # a list that was made, an entry that came or went, a key that was paused
    "ledger_waiting": ("SELECT (entry_id)", "INSERT"),
    "people_agency": ("SELECT",),  # whose key it is, and whose list
    "people_apikey": ("SELECT", "UPDATE (last_used_at)"),  # the right also locks a line of keys, while it is paused
    "people_person": ("SELECT (id, is_active)",),  # the end of who answers for a key is the key's: no name, no address
    "records_record": ("SELECT (id, reference)",),  # under which the withdrawal of an entry stands on the ledger, if it came from a report
    "lists_knownlist": ("SELECT", "INSERT", "UPDATE (is_matched, sequence, live, changed_at)"),  # no name, no keeper, no hold, no end
    "lists_listreader": ("SELECT",),
    "lists_listentry": (
        "SELECT",
        "INSERT",
        # what is said anew of an entry that stands, and its withdrawal: never its value, its report or whose word it is
        "UPDATE (quality, never_matched, grade, claimed_grade, about, withdrawn_at, withdrawn_by_id, withdrawn_because, withdrawn_reason)",
    ),
    "lists_listchange": ("SELECT", "INSERT"),
    "recognition_asker": ("SELECT", "INSERT", "UPDATE (sequence)"),
    "recognition_told": ("SELECT", "INSERT", "UPDATE (last_at)"),
    "recognition_takenback": ("SELECT", "INSERT"),
    "recognition_pause": ("SELECT", "INSERT"),  # a person answers it, at the desk
    "django_tasks_database_dbtaskresult": ("SELECT", "INSERT"),  # what a withdrawal asks for, and no other: MATCH_TASKS
}
# A task runs at the desk, with its keys: whoever took over the public process must not choose which.
TASKS = "django_tasks_database_dbtaskresult"
API_TASKS = (
    "havenline.journey.intake.tasks.open_arrival",
    "havenline.journey.intake.tasks.open_arrivals",
    "havenline.journey.intake.tasks.open_addition",
)
PUBLIC_TASKS = ("havenline.journey.intake.tasks.open_arrival", "havenline.journey.intake.tasks.open_addition")
MATCH_TASKS = ("havenline.journey.triage.tasks.let_count_no_more",)  # it looks whether the entry was withdrawn
# Who is held to a table of rights, its rows of background work, and no row of a case.
HELD: dict[str, tuple[dict[str, tuple[str, ...]], tuple[str, ...]]] = {
    PUBLIC: (PUBLIC_RIGHTS, PUBLIC_TASKS),
    API: (API_RIGHTS, API_TASKS),
    MATCH: (MATCH_RIGHTS, MATCH_TASKS),
}


@dataclass(frozen=True)
class Passwords:
    """What the roles sign in with. Empty: an installation that is older has no such role, and none is made."""

    app: str
    public: str
    api: str = ""
    match: str = ""


def taken(connection: BaseDatabaseWrapper) -> list[str]:
    """Which of the roles the cluster has already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) ORDER BY 1", [[APP, *HELD]])
        return [row[0] for row in cursor.fetchall()]


def make(connection: BaseDatabaseWrapper, passwords: Passwords) -> None:
    """Make the roles if the cluster has none of that name, and set their passwords. Needs CREATEROLE."""
    with connection.cursor() as cursor:
        # One at a time: test runs make them side by side.
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        try:
            for name, password in ((APP, passwords.app), (PUBLIC, passwords.public), (API, passwords.api), (MATCH, passwords.match)):
                if not password:
                    continue
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
                verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
                role = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(name), sql.Literal(password))
                cursor.execute(role.as_string(cursor.connection))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MAKING])


def unmake(connection: BaseDatabaseWrapper) -> None:
    """Drop the roles again, with their rights in this database: a set-up that broke off leaves none behind."""
    with connection.cursor() as cursor:
        for role in taken(connection):
            every = ("ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public", "ALL FUNCTIONS IN SCHEMA public", "SCHEMA public")
            for kind in every:
                cursor.execute(sql.SQL(f"REVOKE ALL ON {kind} FROM {{}}").format(sql.Identifier(role)).as_string(cursor.connection))
            cursor.execute("SELECT policyname, tablename FROM pg_policies WHERE %s = ANY (roles)", [role])
            for policy, table in cursor.fetchall():
                drop = sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(policy), sql.Identifier(table))
                cursor.execute(drop.as_string(cursor.connection))
            cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)).as_string(cursor.connection))


def grant(connection: BaseDatabaseWrapper) -> None:
    """Give each role exactly its rights in this database, taking back whatever it had. Run by the owner after each migration.

    An installation that is older than the API's own role, or matching's, has none of that name: they go on as the desk's.
    """
    there = taken(connection)
    with connection.cursor() as cursor:

        def run(text: str, **names: str) -> None:
            cursor.execute(sql.SQL(text).format(**{key: sql.Identifier(name) for key, name in names.items()}).as_string(cursor.connection))

        tables = connection.introspection.table_names(cursor)
        run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role in there:
            run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", role=role)
            run("GRANT USAGE ON SCHEMA public TO {role}", role=role)
            run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", role=role)
        for table in tables:
            rights = "SELECT, INSERT" if table in ONLY_ADDED_TO else "SELECT, INSERT, UPDATE, DELETE"
            if table == "django_migrations":
                rights = "SELECT"
            run(f"GRANT {rights} ON {{table}} TO {{role}}", table=table, role=APP)
        for role, (rights_of, _tasks) in HELD.items():
            for table, wanted in rights_of.items():
                if table in tables and role in there:
                    # a column list follows its right: UPDATE (a)
                    run(f"GRANT {', '.join(wanted)} ON {{table}} TO {{role}}", table=table, role=role)
        if TASKS in tables:
            _limit_tasks(run, there)
    row_security.lock(connection, app=APP, others=[role for role in HELD if role in there])


def _limit_tasks(run: Callable[..., None], there: list[str]) -> None:
    """Rows, not only rights: public and API see and add the tasks of an arrival, matching that of a withdrawal; owner and desk all."""
    run("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", table=TASKS)

    def of(paths: tuple[str, ...]) -> str:
        return f"task_path IN ({', '.join(repr(path) for path in paths)})"

    for role, rows in ((APP, "true"), *((held, of(tasks)) for held, (_rights, tasks) in HELD.items())):
        if role not in there:
            continue
        name = f"{role}_tasks"
        run("DROP POLICY IF EXISTS {name} ON {table}", name=name, table=TASKS)
        run(f"CREATE POLICY {{name}} ON {{table}} TO {{role}} USING ({rows}) WITH CHECK ({rows})", name=name, table=TASKS, role=role)
