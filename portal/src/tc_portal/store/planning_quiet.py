"""Plans of maintenance, as people make them. None of it judges anything: judging goes on in them."""

from datetime import datetime

from django.db import transaction
from msgspec.structs import replace

from tc_portal.core.maintenance import Maintenance, maintenance_as_json, over_at, read_maintenance
from tc_portal.jobs.models import MaintenanceRow


def add_maintenance(title: str, plan: Maintenance, now: datetime, by: str | None) -> int:
    """Keep a new plan; its id."""
    row = MaintenanceRow.objects.create(
        title=title, definition=maintenance_as_json(plan), over_at=over_at(plan), created_at=now, created_by=by
    )
    return int(row.id)


def change_maintenance(plan_id: int, title: str, plan: Maintenance) -> None:
    """Keep the plan as it is now; one that has gone meanwhile is left gone."""
    MaintenanceRow.objects.filter(id=plan_id).update(
        title=title, definition=maintenance_as_json(plan), over_at=over_at(plan)
    )


def end_maintenance(plan_id: int, now: datetime) -> None:
    """End the window that ``now`` falls into, if any. A plan that recurs comes again."""
    with transaction.atomic():
        row = MaintenanceRow.objects.select_for_update().filter(id=plan_id).first()
        if row is not None:
            change_maintenance(row.id, row.title, replace(read_maintenance(row.definition), ended_at=now))


def remove_maintenance(plan_id: int) -> None:
    MaintenanceRow.objects.filter(id=plan_id).delete()
