from typing import Any

from django.db import migrations, models


def carried_over(apps: Any, _schema: Any) -> None:
    """What names an earlier grade was carried over from the same SHA-256: there was no other way."""
    apps.get_model("triage", "Assessment").objects.filter(carried_over_from__isnull=False).update(how="carried")


class Migration(migrations.Migration):

    dependencies = [
        ('triage', '0004_alarms_that_are_open'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='distance',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Bits of 256, of what was accepted unseen.', null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='how',
            field=models.CharField(choices=[('looked', 'Looked at'), ('carried', 'Carried over, the same exactly'), ('unseen', 'Accepted unseen, similar')], default='looked', max_length=8),
        ),
        migrations.RunPython(carried_over, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('carried_over_from', None), ('distance', None), ('how', 'looked')), models.Q(('carried_over_from__isnull', False), ('distance', None), ('how', 'carried')), models.Q(('carried_over_from__isnull', False), ('distance__isnull', False), ('distance__lte', 31), ('how', 'unseen')), _connector='OR'), name='an_assessment_says_how_it_came'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('how', 'unseen'), _negated=True), ('grade__in', ['A', 'B', 'C']), _connector='OR'), name='a_likeness_is_never_not_illegal'),
        ),
    ]
