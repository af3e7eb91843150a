"""Create what runs tell besides their result: output, metrics, log, heartbeats; and the PCs that tell it."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SCHEMA = Path(__file__).parent.parent / "schema"


def create_tables(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema = (SCHEMA / f"telling.{vendor}.sql").read_text(encoding="utf-8")
    # Django's cursor runs one statement at a time on SQLite; no statement of ours holds a semicolon inside.
    for statement in schema.split(";") if vendor == "sqlite" else [schema]:
        if statement.strip():
            schema_editor.execute(statement, params=None)


def _of_run(name, table, related_name, *fields):
    job = models.ForeignKey("jobs.Job", on_delete=django.db.models.deletion.DO_NOTHING, related_name=related_name)
    return _unmanaged(name, table, ("job", job), ("run_id", models.TextField()), *fields)


def _unmanaged(name, table, *fields):
    number = ("id", models.BigAutoField(primary_key=True, serialize=False))
    return migrations.CreateModel(name=name, fields=[number, *fields], options={"db_table": table, "managed": False})


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_judging")]
    operations = [
        migrations.RunPython(create_tables, migrations.RunPython.noop),
        _of_run(
            "RunOutput",
            "run_output",
            "outputs",
            ("ended_at", models.DateTimeField()),
            ("head", models.TextField()),
            ("tail", models.TextField()),
            ("size", models.BigIntegerField()),
            ("is_cut", models.BooleanField()),
        ),
        _of_run(
            "RunMetric",
            "run_metric",
            "metrics",
            ("name", models.TextField()),
            ("value", models.FloatField()),
            ("at", models.DateTimeField()),
        ),
        _of_run(
            "RunLogLine",
            "run_log",
            "log_lines",
            ("at", models.DateTimeField()),
            ("digest", models.TextField()),
            ("text", models.TextField()),
        ),
        _unmanaged(
            "Host",
            "host",
            ("name", models.TextField(unique=True)),
            ("last_reported_at", models.DateTimeField()),
            ("last_sent_at", models.DateTimeField(null=True)),
            ("skew_ms", models.BigIntegerField(null=True)),
            ("reporter", models.TextField(null=True)),
            ("held_back", models.BigIntegerField(null=True)),
        ),
    ]
