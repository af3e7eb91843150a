"""Forgetting a job."""

from django.db import transaction

from tc_portal.jobs.models import Job, JobStatus, Run


def remove_job(job_id: int) -> None:
    """Delete the job with its runs and its last result; its next report makes it anew."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(id=job_id).first()
        if job is not None:
            JobStatus.objects.filter(job_key=job.job_key).delete()
            Run.objects.filter(job_id=job.id).delete()
            # The rest of it goes with it by the database's own ON DELETE CASCADE.
            Job.objects.filter(id=job.id).delete()
