from django.db import migrations

from chaos.journal import triggers


class Migration(migrations.Migration):
    """The database refuses to change what was recorded."""

    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: triggers.install(editor.connection),
            lambda apps, editor: triggers.remove(editor.connection),
        )
    ]
