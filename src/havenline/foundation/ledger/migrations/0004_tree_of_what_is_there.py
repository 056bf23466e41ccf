"""The tree and its checkpoints are never changed and never deleted, as the entries; and what was chained before gets its hashes."""

from importlib import import_module

from django.db import migrations

from havenline.engines import proof

triggers = import_module("havenline.foundation.ledger.migrations.0002_never_changed")
TABLES = ("ledger_subtree", "ledger_checkpoint", "ledger_cosignature")
PIECE = 65_536


def put_up(apps, schema_editor):
    text = triggers.POSTGRESQL if schema_editor.connection.vendor == "postgresql" else triggers.SQLITE
    for table in TABLES:
        for statement in triggers._statements(text.format(table=table)):
            schema_editor.execute(statement)


def take_down(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            for name in ("no_change", "no_truncate"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
        else:
            for name in ("no_update", "no_delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")


def fill(apps, schema_editor):
    link, subtree = apps.get_model("ledger", "Link"), apps.get_model("ledger", "Subtree")

    def read(level, first, last):
        if level:
            rows = subtree.objects.filter(level=level, index__gte=first, index__lt=last).order_by("index").values_list("hash", flat=True)
        else:
            rows = link.objects.filter(sequence__gt=first, sequence__lte=last).order_by("sequence").values_list("entry__hash", flat=True)
        return [bytes.fromhex(one) for one in rows]

    last = link.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    for first in range(0, last, PIECE):
        full = proof.grown(first, read(0, first, min(first + PIECE, last)), read)
        subtree.objects.bulk_create([subtree(level=level, index=index, hash=one.hex()) for level, index, one in full], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_tree_and_checkpoints")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(put_up, take_down),
    ]
