"""The ledger takes no update and no delete: the database refuses them, whoever asks."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is never deleted'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is never changed and never deleted'; END $$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
"""
TABLES = ("ledger_entry", "ledger_link")


def put_up(apps, schema_editor):
    text = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for table in TABLES:
        for statement in _statements(text.format(table=table)):
            schema_editor.execute(statement)


def take_down(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            for name in ("no_change", "no_truncate"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
        else:
            for name in ("no_update", "no_delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")


def _statements(text):
    """Each CREATE ends where the next begins: the bodies hold semicolons of their own."""
    parts = text.strip().split("\nCREATE ")
    return [part if index == 0 else f"CREATE {part}" for index, part in enumerate(parts)]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
