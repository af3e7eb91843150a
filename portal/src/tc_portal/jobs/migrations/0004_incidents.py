"""Create what incidents are known by and what people do about them, and the notices of what has happened."""

from django.db import migrations, models

from tc_portal.jobs.tables_by_sql import reference, tables_of, unmanaged


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_telling")]
    operations = [
        tables_of("incidents"),
        unmanaged(
            "IncidentAction",
            "incident_action",
            ("job", reference("Job", "incident_actions")),
            ("incident_opened_at", models.DateTimeField()),
            ("at", models.DateTimeField()),
            ("definition", models.TextField()),
        ),
        unmanaged("IncidentNotice", "incident_notice", ("job", reference("Job", "+"))),
        unmanaged(
            "JobDependency",
            "job_dependency",
            ("pk", models.CompositePrimaryKey("job_id", "after_job_id", primary_key=True, serialize=False)),
            ("job", reference("Job", "dependencies")),
            ("after_job", reference("Job", "dependents")),
        ),
    ]
