from django.db import migrations, models


def as_their_notes(apps, schema_editor):
    """A finding that was made of a note for the organisers is for them as well."""
    entries = apps.get_model("journal", "JournalEntry").objects.filter(kind="note", audience="organisers")
    findings = apps.get_model("debriefs", "Finding").objects.exclude(note_seq=None)
    for finding in findings.select_related("plan"):
        if entries.filter(stream__name=f"plan:{finding.plan.slug}", seq=finding.note_seq).exists():
            finding.audience = "organisers"
            finding.save(update_fields=["audience"])


class Migration(migrations.Migration):
    dependencies = [("debriefs", "0001_findings"), ("journal", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="audience",
            field=models.CharField(
                choices=[("everyone", "Everyone"), ("organisers", "Organisers")],
                default="everyone",
                max_length=20,
            ),
        ),
        migrations.RunPython(as_their_notes, migrations.RunPython.noop),
    ]
