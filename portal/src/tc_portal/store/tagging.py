"""Which tags a job has, as a person says it."""

from collections.abc import Collection

from django.db import transaction

from tc_portal.jobs.models import Job, JobTag


def tag_job(job_id: int, tags: Collection[str]) -> None:
    """Give the job these tags and no others. A job that has gone meanwhile is left gone."""
    with transaction.atomic():
        if not Job.objects.select_for_update().filter(id=job_id).exists():
            return
        JobTag.objects.filter(job_id=job_id).exclude(tag__in=tags).delete()
        JobTag.objects.bulk_create([JobTag(job_id=job_id, tag=tag) for tag in tags], ignore_conflicts=True)
