"""Which jobs a job runs after, as a person says it."""

from django.db import connection, transaction

from tc_portal.jobs.dependencies import upstream_of
from tc_portal.jobs.models import Job, JobDependency

MANY_DEPENDENCIES = 20


class DependencyRefused(Exception):
    """A job cannot run after that one. ``ja`` and ``en`` say why, and what to do instead."""

    def __init__(self, *, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


def run_after(job_id: int, after_job_id: int) -> None:
    """Say that the job runs after the other. Raises ``DependencyRefused`` where that would be a circle."""
    with transaction.atomic():
        _one_at_a_time()
        titles = dict(Job.objects.filter(id__in=(job_id, after_job_id)).values_list("id", "title"))
        if not {job_id, after_job_id} <= titles.keys():
            raise DependencyRefused(ja="そのジョブはもうありません。", en="That job is not there any more.")
        if job_id == after_job_id:
            raise DependencyRefused(
                ja="ジョブを自分自身の後には置けません。別のジョブを選んでください。",
                en="A job cannot run after itself. Choose another one.",
            )
        if job_id in upstream_of(after_job_id):
            raise DependencyRefused(
                ja=f"「{titles[after_job_id]}」はこのジョブの後に動くと設定されているため、循環します。先にその設定を外してください。",
                en=f"“{titles[after_job_id]}” runs after this job already, so that they would wait for each other. "
                "Remove that first.",
            )
        if JobDependency.objects.filter(job_id=job_id).count() >= MANY_DEPENDENCIES:
            raise DependencyRefused(
                ja=f"前に動くジョブは {MANY_DEPENDENCIES} 個までです。",
                en=f"A job runs after {MANY_DEPENDENCIES} others at most.",
            )
        JobDependency.objects.bulk_create(
            [JobDependency(job_id=job_id, after_job_id=after_job_id)], ignore_conflicts=True
        )


def do_not_run_after(job_id: int, after_job_id: int) -> None:
    JobDependency.objects.filter(job_id=job_id, after_job_id=after_job_id).delete()


def _one_at_a_time() -> None:
    """Two who each close half of a circle at once would both see none. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE job_dependency IN SHARE ROW EXCLUSIVE MODE")
