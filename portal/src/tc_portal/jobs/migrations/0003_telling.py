"""Create what runs tell besides their result: output, metrics, log, heartbeats; and the PCs that tell it."""

from django.db import migrations, models

from tc_portal.jobs.tables_by_sql import reference, tables_of, unmanaged


def _of_run(name, table, related_name, *fields):
    return unmanaged(name, table, ("job", reference("Job", related_name)), ("run_id", models.TextField()), *fields)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_judging")]
    operations = [
        tables_of("telling"),
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
        unmanaged(
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
