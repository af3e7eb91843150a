"""Create what the judge needs: settings, starts, transitions, incidents, calendars, blind times."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SCHEMA = Path(__file__).parent.parent / "schema"


def create_tables(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema = (SCHEMA / f"judging.{vendor}.sql").read_text(encoding="utf-8")
    # Django's cursor runs one statement at a time on SQLite; no statement of ours holds a semicolon inside.
    for statement in schema.split(";") if vendor == "sqlite" else [schema]:
        if statement.strip():
            schema_editor.execute(statement, params=None)


def _of(model, related_name, null=False):
    return models.ForeignKey(
        f"jobs.{model}", on_delete=django.db.models.deletion.DO_NOTHING, related_name=related_name, null=null
    )


def _of_job(related_name):
    return _of("Job", related_name)


def _unmanaged(name, table, *fields):
    number = ("id", models.BigAutoField(primary_key=True, serialize=False))
    return migrations.CreateModel(name=name, fields=[number, *fields], options={"db_table": table, "managed": False})


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_jobs")]
    operations = [
        migrations.RunPython(create_tables, migrations.RunPython.noop),
        _unmanaged(
            "JobSettingsRow",
            "job_settings",
            ("job", _of_job("settings_rows")),
            ("in_force_from", models.DateTimeField()),
            ("definition", models.TextField()),
            ("changed_by", models.TextField(null=True)),
        ),
        _unmanaged(
            "RunStart",
            "run_start",
            ("job", _of_job("starts")),
            ("run_id", models.TextField()),
            ("started_at", models.DateTimeField(null=True)),
            ("received_at", models.DateTimeField()),
            ("extensions", models.TextField()),
            ("host", models.TextField(null=True)),
        ),
        _unmanaged(
            "Transition",
            "transition",
            ("job", _of_job("transitions")),
            ("at", models.DateTimeField()),
            ("verdict_before", models.TextField()),
            ("verdict", models.TextField()),
            ("is_bad", models.BooleanField()),
            ("reasons", models.TextField()),
        ),
        _unmanaged(
            "Incident",
            "incident",
            ("job", _of_job("incidents")),
            ("opened_at", models.DateTimeField()),
            ("resolved_at", models.DateTimeField(null=True)),
            ("verdict", models.TextField()),
        ),
        _unmanaged("CalendarRow", "calendar", ("name", models.TextField(unique=True))),
        _unmanaged(
            "CalendarRevision",
            "calendar_revision",
            ("calendar", _of("CalendarRow", "revisions", null=True)),
            ("made_at", models.DateTimeField()),
            ("definition", models.TextField()),
            ("changed_by", models.TextField(null=True)),
        ),
        _unmanaged(
            "BlindTime",
            "blind_time",
            ("started_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField()),
            ("drained_at", models.DateTimeField()),
        ),
        _unmanaged(
            "MaintenanceRow",
            "maintenance",
            ("title", models.TextField()),
            ("definition", models.TextField()),
            ("over_at", models.DateTimeField(null=True)),
            ("created_at", models.DateTimeField()),
            ("created_by", models.TextField(null=True)),
        ),
        migrations.CreateModel(
            name="JobTag",
            fields=[
                ("pk", models.CompositePrimaryKey("job_id", "tag", primary_key=True, serialize=False)),
                ("job", _of_job("tags")),
                ("tag", models.TextField()),
            ],
            options={"db_table": "job_tag", "managed": False},
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField()),
            ],
            options={"db_table": "heartbeat", "managed": False},
        ),
        migrations.CreateModel(
            name="SecondMonitor",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("ping_at", models.DateTimeField()),
            ],
            options={"db_table": "second_monitor", "managed": False},
        ),
    ]
