"""Create what incidents are known by and what people do about them, and the notices of what has happened."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SCHEMA = Path(__file__).parent.parent / "schema"


def create_tables(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema = (SCHEMA / f"incidents.{vendor}.sql").read_text(encoding="utf-8")
    # Django's cursor runs one statement at a time on SQLite; no statement of ours holds a semicolon inside.
    for statement in schema.split(";") if vendor == "sqlite" else [schema]:
        if statement.strip():
            schema_editor.execute(statement, params=None)


def _of_job(related_name):
    return models.ForeignKey("jobs.Job", on_delete=django.db.models.deletion.DO_NOTHING, related_name=related_name)


def _unmanaged(name, table, *fields):
    number = ("id", models.BigAutoField(primary_key=True, serialize=False))
    return migrations.CreateModel(name=name, fields=[number, *fields], options={"db_table": table, "managed": False})


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_telling")]
    operations = [
        migrations.RunPython(create_tables, migrations.RunPython.noop),
        _unmanaged(
            "IncidentAction",
            "incident_action",
            ("job", _of_job("incident_actions")),
            ("incident_opened_at", models.DateTimeField()),
            ("at", models.DateTimeField()),
            ("definition", models.TextField()),
        ),
        _unmanaged("IncidentNotice", "incident_notice", ("job", _of_job("+"))),
        migrations.CreateModel(
            name="JobDependency",
            fields=[
                ("pk", models.CompositePrimaryKey("job_id", "after_job_id", primary_key=True, serialize=False)),
                ("job", _of_job("dependencies")),
                ("after_job", _of_job("dependents")),
            ],
            options={"db_table": "job_dependency", "managed": False},
        ),
    ]
