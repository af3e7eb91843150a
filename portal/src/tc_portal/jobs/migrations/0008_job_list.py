"""Create what the list of jobs is in order of (when jobs are due, how much attention they ask for), and the index of recoveries."""

from django.db import migrations

from tc_portal.jobs.tables_by_sql import tables_of


class Migration(migrations.Migration):
    dependencies = [("jobs", "0007_ping_tokens")]
    operations = [tables_of("job_list"), tables_of("recovered")]
