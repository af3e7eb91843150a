"""Create what the Task Schedulers of PCs tell of their tasks."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SCHEMA = Path(__file__).parent.parent / "schema"


def create_tables(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema = (SCHEMA / f"host_tasks.{vendor}.sql").read_text(encoding="utf-8")
    # Django's cursor runs one statement at a time on SQLite; no statement of ours holds a semicolon inside.
    for statement in schema.split(";") if vendor == "sqlite" else [schema]:
        if statement.strip():
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_incidents")]
    operations = [
        migrations.RunPython(create_tables, migrations.RunPython.noop),
        migrations.CreateModel(
            name="HostTask",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "host",
                    models.ForeignKey(
                        "jobs.Host", on_delete=django.db.models.deletion.DO_NOTHING, related_name="tasks"
                    ),
                ),
                ("path", models.TextField()),
                ("first_seen_at", models.DateTimeField()),
                ("last_run_at", models.DateTimeField(null=True)),
                ("next_run_at", models.DateTimeField(null=True)),
                ("last_result", models.BigIntegerField(null=True)),
                ("definition", models.TextField(null=True)),
                ("events", models.TextField(default="[]")),
            ],
            options={"db_table": "host_task", "managed": False},
        ),
    ]
