import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Case, OuterRef, Subquery, Value, When

URGENCY = Case(When(danger="now", then=Value(0)), When(child_known=True, then=Value(1)), When(youngest_age__lt=18, then=Value(2)), default=Value(3))


def fill(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Each report waits in the queue of the agency that owns its record, as urgent as it says."""
    report, record = apps.get_model("intake", "Report"), apps.get_model("records", "Record")
    owner = record._default_manager.filter(pk=OuterRef("record")).values("agency")
    report._default_manager.update(hotline=Subquery(owner), urgency=URGENCY)


class Migration(migrations.Migration):
    """A report says in whose queue it waits, and its urgency in a column of its own. Required in the next: PostgreSQL wants it apart."""

    dependencies = [("intake", "0002_urgency")]

    operations = [
        migrations.RemoveIndex(model_name="report", name="report_queue"),
        migrations.RemoveField(model_name="report", name="urgency"),
        migrations.AddField(
            model_name="report",
            name="urgency",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Danger now"), (1, "A child is known"), (2, "A child’s age is given"), (3, "Everything else")], null=True
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="hotline",
            field=models.ForeignKey(
                db_index=False,
                help_text="In whose queue it waits: its record’s agency.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.agency",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
