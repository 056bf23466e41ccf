"""PostgreSQL's second lock on rows: of a file, and of all that hangs on it, `havenline_app` is shown what whoever acts may see.

The first lock is `Record.objects.visible_to`. A question that forgets it finds here what that person's agency is party to, and without
anybody who acts (`people.acting`) it finds nothing. The policies are derived from the models: by the foreign key that leads to a record.
"""

from collections.abc import Callable, Iterator, Sequence

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from havenline.foundation.lists.models import READ_LISTS
from havenline.foundation.people.roles import BREAKERS, MAY_SEE, SUPERVISORS, Role

POLICY = "need_to_know"

# Tables of files' own rooms that stand open, and why. Whole rooms that hold no case are in OPEN_ROOMS.
OPEN = {
    "records.Record": "the cover: reference, kind, dates, agencies. The policies ask it, and covers of other agencies are joined",
    "records.Party": "which agencies work on it: asked by the policies",
    "records.Lineage": "which record arose from which",
    "records.Silence": "who must not learn of it: each outward act asks it of the whole path, and one that is not seen tips somebody off",
    "identifiers.Identifier": "an account or address, and not whose case: found again by whoever meets it, to learn of a crossing",
    "intake.GuessBudget": "a count",
    "triage.OnCall": "a rota",
    "triage.LooksDuty": "a rota",
    "triage.LookLimits": "an agency's numbers",
    "takedown.Host": "an address book",
    "takedown.Contact": "an address book",
    "takedown.WrongLinks": "a count",
    "prevention.School": "an address book",
    "prevention.SchoolContact": "an address book",
    "safeguarding.CensusImport": "a file's digest, its council and counts",
    "safeguarding.ConferenceRoom": "an agency's rooms",
    "safeguarding.Sitting": "an agency's hours",
    "safeguarding.ChairsWeek": "a rota",
    "safeguarding.Away": "a rota",
    "safeguarding.ConferencePlan": "how a plan was made; its rows name the cases, and are locked",
    "safeguarding.CalendarFeed": "whose calendar: by its own queryset, and by the digest of its address",
    "safeguarding.WrongCalendar": "a count",
    "lists.DailyBatch": "a day and a count",
    "retention.JournalLine": "references and times",
    "retention.Restoration": "hours that were lost",
    "accountability.AccessRequest": "sealed to the agency that was asked; by its own queryset",
    "accountability.Breach": "an agency's own register, by its own queryset",
    "accountability.Raised": "that supervisors were written to",
    "recognition.Asker": "a count",
    "recognition.Told": "numbers of entries, for machines with a key; no screen shows them",
    "recognition.TakenBack": "the same",
    "recognition.Pause": "that a key was paused, by its own queryset",
    "accountability.Told": "whom a breach was told to",
}
OPEN_ROOMS = {"ledger", "sealing", "people", "work", "post"}

# Which column leads to the record, where the first foreign key that could is not the one.
LEADS_BY = {"retention.Erasure": ("record",), "identifiers.Enquiry": ("asked_from", "sighting"), "accountability.Choice": ("record",)}
# Lists stand beside files: who keeps one, whom it lets see it, and oversight are shown it. By the column that leads to the list.
LISTS = {
    "lists.KnownList": "id",
    "lists.ListReader": "known_list_id",
    "lists.ListEntry": "known_list_id",
    "lists.ListChange": "known_list_id",
    "lists.ListImport": "known_list_id",
    "list_exchange.Source": "known_list_id",
    "list_exchange.Reading": "known_list_id",
    "list_exchange.Edition": "known_list_id",
}
GLASS = "records.BrokenGlass"  # also whoever asks to see a record that is not theirs yet, and every auditor, who reviews it
# Seen with their record, and also by whoever sees what names them: the report of a notice that police hold (what was told in it is sealed),
# the referral that a child's case came from.
ALSO_THROUGH = {
    "intake.Report": ("takedown_notice", "report_id"),
    "intake.ReportedItem": ("takedown_noticeitem", "item_id"),
    "handover.HandOver": ("safeguarding_childcase", "referral_id"),
}
# Children and households stand beside files: their area's social care keeps them, and who sees a file on the child sees them.
CHILD, HOUSEHOLD = "safeguarding.Child", "safeguarding.Household"
# A person's own, whatever agency they act in. A supervisor sees how much each of theirs has looked at, and no more of it.
OWN, ALSO_SUPERVISED = {"triage.Wellbeing", "triage.Look", "triage.CheckIn"}, {"triage.Look"}
# Shown to nobody else, not even to a rule that looks past the person, nor to the worker or the command line.
NOBODY_ELSES = {"triage.CheckIn"}
KEPT_BY_AREA = {"safeguarding.ErasedCensusChild"}  # and what hangs on no file any more, by that area alone

ACT = """
CREATE OR REPLACE FUNCTION havenline_act(membership bigint, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acts record;
BEGIN
    SELECT m.id, m.agency_id, m.role, may.kinds, may.supervised = a.kind AS supervises, may.breaks INTO acts
        FROM people_membership m
        JOIN people_person p ON p.id = m.person_id AND p.is_active
        JOIN people_agency a ON a.id = m.agency_id
        JOIN (VALUES {roles}) AS may(role, kinds, supervised, breaks) ON may.role = m.role
        WHERE m.id = membership AND (m.until IS NULL OR m.until > at);
    IF NOT FOUND THEN
        RETURN set_config('havenline.acting', '', true);
    END IF;
    PERFORM set_config('havenline.agency', acts.agency_id::text, true), set_config('havenline.kinds', acts.kinds, true),
        set_config('havenline.supervises', acts.supervises::text, true), set_config('havenline.breaks', acts.breaks::text, true),
        set_config('havenline.role', acts.role, true), set_config('havenline.at', at::text, true);
    RETURN set_config('havenline.acting', acts.id::text, true);
END $$
"""

# As Record.objects.visible_to says it, but of what was erased, too: its tombstone is read. Who broke the glass reads, and the first lock
# lets them do no more.
SEES = """
CREATE OR REPLACE FUNCTION havenline_sees(file bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acting text := current_setting('havenline.acting', true);
    moment timestamptz;
    person bigint;
BEGIN
    IF acting = 'all' THEN
        RETURN true;
    ELSIF acting IS NULL OR acting = '' THEN
        RETURN false;
    END IF;
    person := acting::bigint;
    moment := current_setting('havenline.at')::timestamptz;
    RETURN EXISTS (
        SELECT FROM records_record r
        WHERE r.id = file AND r.kind = ANY (current_setting('havenline.kinds')::text[]) AND (
            EXISTS (
                SELECT FROM records_party p
                WHERE p.record_id = file AND p.agency_id = current_setting('havenline.agency')::bigint
                    AND (p.until IS NULL OR p.until > moment)
            ) AND (r.restricted_at IS NULL OR person IN (r.owner_id, r.cover_id) OR current_setting('havenline.supervises')::boolean)
            OR current_setting('havenline.breaks')::boolean AND EXISTS (
                SELECT FROM records_brokenglass g WHERE g.record_id = file AND g.by_id = person AND g.ends_at > moment
            )
        )
    );
END $$
"""

KEEPS = """
CREATE OR REPLACE FUNCTION havenline_keeps(area bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT current_setting('havenline.acting', true) <> '' AND current_setting('havenline.agency', true) = area::text
        AND 'child_case' = ANY (nullif(current_setting('havenline.kinds', true), '')::text[])
$$
"""

# A search by words asks its index first, and each record that fits after, the newest first and no more than are wanted: a policy on the
# table would be asked of every document before, and a word that stands in most of them would be asked of all.
FOUND = """
CREATE OR REPLACE FUNCTION havenline_found(wanted tsquery, before bigint, most integer, kinds text[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH fitting AS MATERIALIZED (SELECT record_id FROM search_document WHERE vector @@ wanted AND record_id < before)
    SELECT record_id FROM (SELECT record_id FROM fitting ORDER BY record_id DESC OFFSET 0) newest
    WHERE (SELECT kind FROM records_record WHERE id = record_id) = ANY (kinds) AND havenline_sees(record_id)
    LIMIT most
$$
"""
# As KnownList.objects.visible_to says it. A set that is asked once in a statement: a list has a million entries.
LISTS_SEEN = """
CREATE OR REPLACE FUNCTION havenline_lists() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acting text := current_setting('havenline.acting', true);
    mine bigint;
    moment timestamptz;
BEGIN
    IF acting IS NULL OR acting IN ('', 'all') THEN
        RETURN;
    ELSIF current_setting('havenline.role') = {auditor} THEN
        RETURN QUERY SELECT id FROM lists_knownlist;
    ELSIF current_setting('havenline.role') = ANY ({readers}) THEN
        mine := current_setting('havenline.agency')::bigint;
        moment := current_setting('havenline.at')::timestamptz;
        RETURN QUERY SELECT id FROM lists_knownlist WHERE agency_id = mine
            UNION SELECT known_list_id FROM lists_listreader
                WHERE agency_id = mine AND may_see AND since <= moment AND (until IS NULL OR until > moment);
    END IF;
END $$
"""
# A list that is being made is in no set yet: by the agency that keeps it.
KEEPS_LISTS = """
CREATE OR REPLACE FUNCTION havenline_keeps_lists(agency bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT current_setting('havenline.acting', true) <> '' AND current_setting('havenline.agency', true) = agency::text
        AND current_setting('havenline.role', true) = ANY ({readers})
$$
"""
NO_LONGER = ("havenline_found(tsquery)",)

FUNCTIONS = (
    "havenline_act(bigint, timestamptz)",
    "havenline_sees(bigint)",
    "havenline_keeps(bigint)",
    "havenline_found(tsquery, bigint, integer, text[])",
    "havenline_lists()",
    "havenline_keeps_lists(bigint)",
)


def file_models() -> Iterator[type[models.Model]]:
    """Every table of ours that is locked."""
    for model in apps.get_models():
        if model.__module__.startswith("havenline.") and model._meta.app_label not in OPEN_ROOMS and model._meta.label not in OPEN:
            yield model


class NoWayToARecord(Exception):
    """A table hangs on no record: name it in OPEN with the reason, or let it hang on one."""


def rows_seen(model: type[models.Model]) -> str:
    """The condition under which whoever acts is shown a row of this table. Raises NoWayToARecord."""
    if model._meta.label in NOBODY_ELSES:
        return _way(model)
    ways = ["(SELECT current_setting('havenline.acting', true) = 'all')", _way(model)]
    if model._meta.label in ALSO_THROUGH:
        table, column = ALSO_THROUGH[model._meta.label]
        ways.append(f"EXISTS (SELECT FROM {table} also WHERE also.{column} = {model._meta.db_table}.{model._meta.pk.column})")
    return " OR ".join(ways)


def _way(model: type[models.Model]) -> str:
    """Straight by a column that holds a record's number, else by the row that this one belongs to, which has its own lock."""
    table = model._meta.db_table
    if model._meta.label == CHILD:
        return f"havenline_keeps({table}.agency_id) OR EXISTS (SELECT FROM safeguarding_childcase c WHERE c.child_id = {table}.id)"
    if model._meta.label == HOUSEHOLD:
        of_child = f"SELECT FROM safeguarding_child c WHERE {table}.id IN (c.household_id, c.other_household_id)"
        return f"havenline_keeps({table}.agency_id) OR EXISTS ({of_child})"
    if model._meta.label in OWN:
        acting = "current_setting('havenline.acting', true)"
        own = f"EXISTS (SELECT FROM people_membership m WHERE m.id::text = {acting} AND m.person_id = {table}.person_id)"
        if model._meta.label not in ALSO_SUPERVISED:
            return own
        supervised = "current_setting('havenline.supervises', true) = 'true'"
        return f"{own} OR {acting} <> '' AND {supervised} AND {table}.agency_id::text = current_setting('havenline.agency', true)"
    if model._meta.label in KEPT_BY_AREA:
        return f"havenline_keeps({table}.agency_id)"
    if model._meta.label == GLASS:
        acting = "current_setting('havenline.acting', true)"
        reviews = f"({acting} <> '' AND current_setting('havenline.role', true) = '{Role.AUDITOR}')"
        return f"{table}.by_id::text = {acting} OR havenline_sees({table}.record_id) OR {reviews}"
    if column := LISTS.get(model._meta.label):
        keeps = f"havenline_keeps_lists({table}.agency_id) OR " if column == "id" else ""
        return f"{keeps}{table}.{column} IN (SELECT havenline_lists())"
    keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    if names := LEADS_BY.get(model._meta.label):
        keys = [field for field in keys if field.name in names]
        return " OR ".join(_through(table, field) for field in keys)
    keys.sort(key=lambda field: (field.null, not _is_record(field.related_model)))
    for field in keys:
        if _is_record(field.related_model) or field.related_model in _locked():
            return _through(table, field)
    raise NoWayToARecord(f"{model._meta.label} hangs on no record: say in site/row_security.py why it stands open.")


def _through(table: str, field: "models.ForeignKey[models.Model]") -> str:
    parent = field.related_model
    if _is_record(parent):
        return f"havenline_sees({table}.{field.column})"
    return f"EXISTS (SELECT FROM {parent._meta.db_table} up WHERE up.{parent._meta.pk.column} = {table}.{field.column})"


def _is_record(model: type[models.Model]) -> bool:
    """A record, or a room's own row on one: their primary keys are the same number."""
    pk = model._meta.pk
    return model._meta.label == "records.Record" or (
        isinstance(pk, models.OneToOneField) and pk.related_model._meta.label == "records.Record"
    )


def _locked() -> set[type[models.Model]]:
    return set(file_models())


def lock(connection: BaseDatabaseWrapper, *, app: str, others: Sequence[str]) -> None:
    """Put the lock on: functions, and a policy on each table that is there. Run by the owner after each migration, who is not held by it.

    `app`: the role that is held. `others`: roles of which each right names its table; they have it on every row.
    """
    roles = sql.SQL(", ").join(
        sql.SQL("({}, {}, {}, {})").format(
            sql.Literal(str(role)),
            sql.Literal("{" + ",".join(sorted(map(str, kinds))) + "}"),
            sql.Literal(next((str(kind) for kind, supervisor in SUPERVISORS.items() if supervisor == role), "")),
            sql.SQL("true" if role in BREAKERS else "false"),
        )
        for role, kinds in MAY_SEE.items()
    )
    with connection.cursor() as cursor:

        def run(text: str, **names: sql.Composable) -> None:
            cursor.execute(sql.SQL(text).format(**names).as_string(cursor.connection))

        run(ACT, roles=roles)
        for function in NO_LONGER:
            cursor.execute(f"DROP FUNCTION IF EXISTS {function}")
        for function in (SEES, KEEPS, FOUND):
            cursor.execute(function)
        readers = sql.SQL("{}::text[]").format(sql.Literal("{" + ",".join(sorted(map(str, READ_LISTS))) + "}"))
        run(LISTS_SEEN, auditor=sql.Literal(str(Role.AUDITOR)), readers=readers)
        run(KEEPS_LISTS, readers=readers)
        for function in FUNCTIONS:
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            run(f"GRANT EXECUTE ON FUNCTION {function} TO {{app}}", app=sql.Identifier(app))
        tables = set(connection.introspection.table_names(cursor))
        for model in file_models():
            if model._meta.db_table in tables:
                _lock_table(run, model, app, others)


def _lock_table(run: Callable[..., None], model: type[models.Model], app: str, others: Sequence[str]) -> None:
    table, seen = sql.Identifier(model._meta.db_table), sql.SQL(rows_seen(model).replace("{", "{{").replace("}", "}}"))
    run("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", table=table)
    every_row = sql.SQL("true")
    for role, rows in ((app, seen), *((other, every_row) for other in others)):
        policy = sql.Identifier(POLICY if role == app else f"{POLICY}_{role}")
        run("DROP POLICY IF EXISTS {policy} ON {table}", policy=policy, table=table)
        made = "CREATE POLICY {policy} ON {table} TO {role} USING ({rows}) WITH CHECK ({rows})"
        run(made, policy=policy, table=table, role=sql.Identifier(role), rows=rows)
