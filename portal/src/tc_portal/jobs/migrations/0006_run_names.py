"""Have the index of runs' names grow at its end."""

from django.db import migrations

from tc_portal.jobs.tables_by_sql import tables_of


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_host_tasks")]
    operations = [tables_of("run_names")]
