"""Create what the judge needs: settings, starts, transitions, incidents, calendars, blind times."""

from django.db import migrations, models

from tc_portal.jobs.tables_by_sql import reference, tables_of, unmanaged


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_jobs")]
    operations = [
        tables_of("judging"),
        unmanaged(
            "JobSettingsRow",
            "job_settings",
            ("job", reference("Job", "settings_rows")),
            ("in_force_from", models.DateTimeField()),
            ("definition", models.TextField()),
            ("changed_by", models.TextField(null=True)),
        ),
        unmanaged(
            "RunStart",
            "run_start",
            ("job", reference("Job", "starts")),
            ("run_id", models.TextField()),
            ("started_at", models.DateTimeField(null=True)),
            ("received_at", models.DateTimeField()),
            ("extensions", models.TextField()),
            ("host", models.TextField(null=True)),
        ),
        unmanaged(
            "Transition",
            "transition",
            ("job", reference("Job", "transitions")),
            ("at", models.DateTimeField()),
            ("verdict_before", models.TextField()),
            ("verdict", models.TextField()),
            ("is_bad", models.BooleanField()),
            ("reasons", models.TextField()),
        ),
        unmanaged(
            "Incident",
            "incident",
            ("job", reference("Job", "incidents")),
            ("opened_at", models.DateTimeField()),
            ("resolved_at", models.DateTimeField(null=True)),
            ("verdict", models.TextField()),
        ),
        unmanaged("CalendarRow", "calendar", ("name", models.TextField(unique=True))),
        unmanaged(
            "CalendarRevision",
            "calendar_revision",
            ("calendar", reference("CalendarRow", "revisions", null=True)),
            ("made_at", models.DateTimeField()),
            ("definition", models.TextField()),
            ("changed_by", models.TextField(null=True)),
        ),
        unmanaged(
            "BlindTime",
            "blind_time",
            ("started_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField()),
            ("drained_at", models.DateTimeField()),
        ),
        unmanaged(
            "MaintenanceRow",
            "maintenance",
            ("title", models.TextField()),
            ("definition", models.TextField()),
            ("over_at", models.DateTimeField(null=True)),
            ("created_at", models.DateTimeField()),
            ("created_by", models.TextField(null=True)),
        ),
        unmanaged(
            "JobTag",
            "job_tag",
            ("pk", models.CompositePrimaryKey("job_id", "tag", primary_key=True, serialize=False)),
            ("job", reference("Job", "tags")),
            ("tag", models.TextField()),
        ),
        unmanaged(
            "Heartbeat",
            "heartbeat",
            ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
            ("beat_at", models.DateTimeField()),
        ),
        unmanaged(
            "SecondMonitor",
            "second_monitor",
            ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
            ("ping_at", models.DateTimeField()),
        ),
    ]
