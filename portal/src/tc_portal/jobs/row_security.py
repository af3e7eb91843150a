"""Row level security, where the database has roles of the outside world (Supabase: ``anon``, ``authenticated``).

Supabase serves every table of its ``public`` schema to those roles over HTTP unless row level security is on. The
portal reads and writes as the tables' owner, whom it does not concern.
"""

from typing import Any

from django.apps import apps
from django.db import connections

# The guide's own tables are as the guide has them.
FIND_OPEN_TABLES = """
SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables
WHERE schemaname = current_schema() AND tableowner = current_user AND NOT rowsecurity AND tablename = ANY (%s)
  AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname IN ('anon', 'authenticated'))
"""
GUIDES_OWN = {"tools", "job_status"}


def close_tables_to_outside_roles(using: str, **_: Any) -> None:
    """After a migration: enable row level security, without a policy, on every table that is the portal's own."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    ours |= {"django_migrations", "heartbeat", "second_monitor"}
    with connection.cursor() as cursor:
        cursor.execute(FIND_OPEN_TABLES, [sorted(ours - GUIDES_OWN)])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
