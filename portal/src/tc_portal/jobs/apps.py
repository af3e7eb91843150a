from django.apps import AppConfig
from django.db.models.signals import post_migrate

from .row_security import close_tables_to_outside_roles


class JobsConfig(AppConfig):
    name = "tc_portal.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # It looks at the tables of every app; the last app's signal comes when all of them are there.
        post_migrate.connect(close_tables_to_outside_roles, dispatch_uid="close_tables_to_outside_roles")
