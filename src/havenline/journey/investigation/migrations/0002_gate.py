"""A case closes only where the rows say what its columns say: the database looks itself, whoever asks.

SQLite drops a trigger with its table, so a later migration that rebuilds `investigation_case` must put this one up again
(tests/journey/investigation/test_gate_in_the_database.py fails where it is missing).
"""

from django.db import migrations

CASE = "investigation_case"
OF_CASE = "s.case_id = NEW.record_id"
# What must not be there when a case ends in this way. Each is the inside of an EXISTS.
MUST_NOT_BE = {
    "a subject without a reviewed assessment of access": f"""
        SELECT 1 FROM investigation_subject s WHERE NEW.ending = 'subject' AND {OF_CASE} AND NOT EXISTS (
            SELECT 1 FROM investigation_accessassessment a WHERE a.subject_id = s.id AND a.superseded_at IS NULL
            AND a.reviewed_by_id IS NOT NULL AND a.review_agrees AND a.finding <> 'not_yet_known')""",
    "a subject who was never identified": f"""
        SELECT 1 FROM investigation_subject s WHERE NEW.ending = 'subject' AND {OF_CASE}
        AND s.identified_at IS NULL AND s.emergency_at IS NULL""",
    "an obliged referral without an answer": f"""
        SELECT 1 FROM investigation_obligation o JOIN investigation_subject s ON s.id = o.subject_id
        LEFT JOIN handover_handover h ON h.record_id = o.hand_over_id
        WHERE NEW.ending IN ('subject', 'no_subject') AND {OF_CASE} AND o.settled_at IS NULL AND (h.state IS NULL
            OR NOT (h.state = 'answered' OR (o.what = 'correct' AND h.state = 'accepted')))""",
    "a subject of whom nothing is recorded on contact abuse": f"""
        SELECT 1 FROM investigation_subject s WHERE NEW.ending = 'subject' AND NEW.kind <> 'contact' AND {OF_CASE}
        AND NOT EXISTS (SELECT 1 FROM investigation_contactabusefinding f WHERE f.subject_id = s.id)""",
    "an identified subject": f"""
        SELECT 1 FROM investigation_subject s WHERE NEW.ending = 'no_subject' AND {OF_CASE} AND s.identified_at IS NOT NULL""",
    "an identifier without a watch": """
        SELECT 1 FROM identifiers_sighting i WHERE NEW.ending = 'no_subject' AND i.record_id = NEW.record_id AND NOT EXISTS (
            SELECT 1 FROM investigation_watch w WHERE w.case_id = NEW.record_id AND w.identifier_id = i.identifier_id AND w.until IS NULL)""",
}
# What must be there. Each is the inside of an EXISTS, and when it is asked for.
MUST_BE = {
    "a subject": (f"SELECT 1 FROM investigation_subject s WHERE {OF_CASE}", "NEW.ending = 'subject'"),
    "an identification step": (
        "SELECT 1 FROM investigation_identificationstep p WHERE p.case_id = NEW.record_id",
        "NEW.ending = 'no_subject'",
    ),
    "another force that accepted": (
        "SELECT 1 FROM handover_handover h WHERE h.record_id = NEW.accepted_elsewhere_id AND h.source_id = NEW.record_id "
        "AND h.purpose = 'to_another_force' AND h.state IN ('accepted', 'answered')",
        "NEW.ending = 'another_force'",
    ),
}


def conditions():
    """Message, and the condition under which the closing is refused."""
    for what, inside in MUST_NOT_BE.items():
        yield f"a case is not closed with {what}", f"EXISTS ({inside})"
    for what, (inside, when) in MUST_BE.items():
        yield f"a case is not closed without {what}", f"{when} AND NOT EXISTS ({inside})"


def put_up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        checks = "\n".join(
            f"IF {refused} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF;" for message, refused in conditions()
        )
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION investigation_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n{checks}\nRETURN NEW; END $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {CASE}_gate BEFORE UPDATE ON {CASE} FOR EACH ROW "
            "WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION investigation_gate()",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {CASE}_gate_insert BEFORE INSERT ON {CASE} FOR EACH ROW "
            "WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION investigation_gate()",
            params=None,
        )
        return
    checks = "\n".join(f"SELECT RAISE(ABORT, '{message}') WHERE {refused};" for message, refused in conditions())
    schema_editor.execute(
        f"CREATE TRIGGER {CASE}_gate BEFORE UPDATE ON {CASE} WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL BEGIN\n{checks}\nEND",
        params=None,
    )
    schema_editor.execute(
        f"CREATE TRIGGER {CASE}_gate_insert BEFORE INSERT ON {CASE} WHEN NEW.closed_at IS NOT NULL BEGIN\n{checks}\nEND", params=None
    )


def take_down(apps, schema_editor):
    on = f" ON {CASE}" if schema_editor.connection.vendor == "postgresql" else ""
    for name in (f"{CASE}_gate", f"{CASE}_gate_insert"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    if on:
        schema_editor.execute("DROP FUNCTION IF EXISTS investigation_gate()")


class Migration(migrations.Migration):
    dependencies = [
        ("investigation", "0001_initial"),
        ("handover", "0001_initial"),
        ("identifiers", "0001_initial"),
    ]
    operations = [migrations.RunPython(put_up, take_down)]
