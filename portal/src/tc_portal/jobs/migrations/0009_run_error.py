"""Index the runs that failed, so that they are found and counted among very many others."""

from django.db import migrations

from tc_portal.jobs.tables_by_sql import tables_of


class Migration(migrations.Migration):
    dependencies = [("jobs", "0008_job_list")]
    operations = [tables_of("run_error")]
