from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('safeguarding', '0009_erased_is_not_brought_back'),
    ]

    operations = [
        migrations.AlterField(
            model_name='toldatonce',
            name='why',
            field=models.CharField(choices=[('holder', 'Holds the case'), ('cover', 'Covers for them'), ('manager', 'Manager'), ('duty', 'Emergency duty team'), ('partner', 'Asked to act with us')], max_length=10),
        ),
    ]
