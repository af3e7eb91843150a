"""Create the tokens that other monitors' clients carry."""

from django.db import migrations, models

from tc_portal.jobs.tables_by_sql import tables_of, unmanaged


class Migration(migrations.Migration):
    dependencies = [("jobs", "0006_run_names")]
    operations = [
        tables_of("ping_tokens"),
        unmanaged(
            "PingTokenRow",
            "ping_token",
            ("digest", models.TextField(unique=True)),
            ("kind", models.TextField()),
            ("job_key", models.TextField(null=True)),
            ("name", models.TextField()),
            ("created_at", models.DateTimeField()),
            ("created_by", models.TextField()),
            ("revoked_at", models.DateTimeField(null=True)),
            ("last_used_on", models.DateField(null=True)),
        ),
    ]
