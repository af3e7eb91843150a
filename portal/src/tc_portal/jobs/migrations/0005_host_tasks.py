"""Create what the Task Schedulers of PCs tell of their tasks."""

from django.db import migrations, models

from tc_portal.jobs.tables_by_sql import reference, tables_of, unmanaged


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_incidents")]
    operations = [
        tables_of("host_tasks"),
        unmanaged(
            "HostTask",
            "host_task",
            ("host", reference("Host", "tasks")),
            ("path", models.TextField()),
            ("first_seen_at", models.DateTimeField()),
            ("last_run_at", models.DateTimeField(null=True)),
            ("next_run_at", models.DateTimeField(null=True)),
            ("last_result", models.BigIntegerField(null=True)),
            ("definition", models.TextField(null=True)),
            ("events", models.TextField(default="[]")),
        ),
    ]
