"""Which tool a job belongs to, as a person says it."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tc_portal.jobs.models import Job, JobStatus


def assign_tool(job_ids: Collection[int], tool_id: UUID | None) -> None:
    """Put the jobs under the tool, or under none. A report that names another tool later on moves its job there."""
    with transaction.atomic():
        jobs = Job.objects.filter(id__in=job_ids)
        keys = list(jobs.select_for_update().order_by("job_key").values_list("job_key", flat=True))
        jobs.update(tool_id=tool_id, tool_stated_at=timezone.now())
        JobStatus.objects.filter(job_key__in=keys).update(tool_id=tool_id)
