import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0007_drafts'),
        ('safeguarding', '0008_conferences'),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasedCensusChild',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('erased_on', models.DateField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agency')),
            ],
            options={
                'verbose_name': 'erased child of a census',
                'verbose_name_plural': 'erased children of a census',
                'constraints': [models.UniqueConstraint(fields=('agency', 'digest'), name='an_erased_child_of_the_census_once')],
            },
        ),
    ]
