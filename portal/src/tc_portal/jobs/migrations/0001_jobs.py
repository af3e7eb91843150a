"""Create tools, job_status, job and run; adopt the guide's two tables where they exist with rows in them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from tc_portal.jobs.tables_by_sql import execute_schema

POLICY = """
CREATE POLICY "Authenticated users can view job_status"
  ON job_status FOR SELECT
  TO authenticated
  USING (true)
"""


def create_tables(apps, schema_editor):
    connection = schema_editor.connection
    tools_is_the_guides = "tools" in connection.introspection.table_names()
    execute_schema(schema_editor)
    if connection.vendor == "postgresql":
        if not tools_is_the_guides:
            # Nobody else's queries are to go on working: closed to outside roles like the portal's other tables.
            schema_editor.execute("ALTER TABLE tools ENABLE ROW LEVEL SECURITY", params=None)
        _allow_authenticated_to_read(connection)


def _allow_authenticated_to_read(connection):
    """The guide's policy, where its role exists (Supabase makes it) and the policy does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'authenticated'")
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "SELECT 1 FROM pg_policy WHERE polrelid = 'job_status'::regclass AND polname = %s",
            ["Authenticated users can view job_status"],
        )
        if cursor.fetchone() is None:
            cursor.execute(POLICY)


def adopt_results(apps, schema_editor):
    """Give each result that the guide's own portal left behind its job and the run that it speaks of."""
    from tc_portal.core.report import run_id_of

    JobStatus, Job, Run = (apps.get_model("jobs", name) for name in ("JobStatus", "Job", "Run"))
    for status in JobStatus.objects.iterator():
        job = Job.objects.create(
            job_key=status.job_key,
            title=status.title,
            tool_id=status.tool_id,
            tool_stated_at=status.last_finished_at if status.tool_id else None,
            verdict="error" if status.last_status == "error" else "ok",
            since=status.last_finished_at,
            created_at=status.created_at,
        )
        Run.objects.create(
            job_id=job.id,
            run_id=run_id_of(status.job_key, status.last_finished_at, status.last_status, status.last_message),
            result=status.last_status,
            finished_at=status.last_finished_at,
            received_at=status.updated_at,
            message=status.last_message,
            source="adopted",
        )


def _unmanaged(name, table, *fields):
    return migrations.CreateModel(name=name, fields=list(fields), options={"db_table": table, "managed": False})


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        _unmanaged(
            "Tool",
            "tools",
            ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
            ("name", models.TextField()),
        ),
        _unmanaged(
            "JobStatus",
            "job_status",
            ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
            ("job_key", models.TextField(unique=True)),
            ("title", models.TextField()),
            (
                "tool",
                models.ForeignKey(
                    "jobs.Tool", on_delete=django.db.models.deletion.DO_NOTHING, null=True, related_name="+"
                ),
            ),
            ("last_status", models.TextField()),
            ("last_finished_at", models.DateTimeField()),
            ("last_message", models.TextField(null=True)),
            ("created_at", models.DateTimeField()),
            ("updated_at", models.DateTimeField()),
        ),
        _unmanaged(
            "Job",
            "job",
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("job_key", models.TextField(unique=True)),
            ("title", models.TextField()),
            (
                "tool",
                models.ForeignKey(
                    "jobs.Tool", on_delete=django.db.models.deletion.DO_NOTHING, null=True, related_name="jobs"
                ),
            ),
            ("tool_stated_at", models.DateTimeField(null=True)),
            ("verdict", models.TextField()),
            ("since", models.DateTimeField(null=True)),
            ("created_at", models.DateTimeField()),
        ),
        _unmanaged(
            "Run",
            "run",
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "job",
                models.ForeignKey("jobs.Job", on_delete=django.db.models.deletion.DO_NOTHING, related_name="runs"),
            ),
            ("run_id", models.TextField()),
            ("result", models.TextField()),
            ("started_at", models.DateTimeField(null=True)),
            ("finished_at", models.DateTimeField()),
            ("received_at", models.DateTimeField()),
            ("exit_code", models.BigIntegerField(null=True)),
            ("message", models.TextField(null=True)),
            ("host", models.TextField(null=True)),
            ("source", models.TextField()),
        ),
        migrations.CreateModel(
            name="JobStatusWithTool",
            fields=[],
            options={"proxy": True},
            bases=("jobs.jobstatus",),
        ),
        migrations.RunPython(create_tables, migrations.RunPython.noop),
        migrations.RunPython(adopt_results, migrations.RunPython.noop),
    ]
