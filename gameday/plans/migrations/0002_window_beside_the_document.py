from datetime import datetime

from django.db import migrations, models


def fill(apps, schema_editor):
    Plan = apps.get_model("plans", "Plan")
    for plan in Plan.objects.all():
        window = plan.document["window"]
        plan.opens_at = datetime.fromisoformat(window["opens"].upper())
        plan.closes_at = datetime.fromisoformat(window["closes"].upper())
        plan.save(update_fields=["opens_at", "closes_at"])


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]
    operations = [
        migrations.AddField("plan", "opens_at", models.DateTimeField(null=True)),
        migrations.AddField("plan", "closes_at", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("plan", "opens_at", models.DateTimeField()),
        migrations.AlterField("plan", "closes_at", models.DateTimeField(db_index=True)),
    ]
