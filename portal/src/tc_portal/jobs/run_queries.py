"""What is known of one run, and of the PCs that report. Every query here says what bounds its cost as data grows."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from tc_portal.core.text import storable
from tc_portal.core.unnamed_run import is_unnamed

from .models import Host, Job, Run, RunLogLine, RunMetric, RunOutput, RunStart

METRICS_SHOWN = 200
LOG_LINES_SHOWN = 1_000


def output_of(run: Run) -> RunOutput | None:
    """What the run printed, on the index ``run_output_of_run``."""
    return RunOutput.objects.filter(job_id=run.job_id, run_id=run.run_id).first()


def metrics_of(run: Run) -> list[RunMetric]:
    """The numbers that the run told, by name, on the index ``run_metric_of_run``."""
    return list(RunMetric.objects.filter(job_id=run.job_id, run_id=run.run_id).order_by("name")[:METRICS_SHOWN])


def log_of(run: Run) -> list[RunLogLine]:
    """The last lines that the run told, in their order, on the index ``run_log_of_run``."""
    lines = RunLogLine.objects.filter(job_id=run.job_id, run_id__in=_names_of(run))
    return list(lines.order_by("at", "id")[:LOG_LINES_SHOWN])


def _names_of(run: Run) -> list[str]:
    """What the run is called in what it told: the start of one that was ended without a name is known by when it was, on the
    index ``run_start_latest``."""
    if run.started_at is None or not is_unnamed(run.run_id):
        return [run.run_id]
    starts = RunStart.objects.filter(job_id=run.job_id, started_at=run.started_at).values_list("run_id", flat=True)
    return [run.run_id, *filter(is_unnamed, starts)]


def starts_of(job: Job, run_ids: Collection[str]) -> dict[str, RunStart]:
    """What these runs told on their way, by run, on the index ``run_start_of_job``."""
    return {start.run_id: start for start in RunStart.objects.filter(job=job, run_id__in=run_ids)}


def hosts_matching(text: str = "") -> QuerySet[Host]:
    """PCs whose name holds ``text``, by name: one pass over the host table, a row a PC; to be sliced by the caller."""
    found = Host.objects.order_by("name")
    return found.filter(name__icontains=storable(text)) if text else found


def job_counts_of(hosts: Collection[str]) -> dict[str, int]:
    """How many jobs' last results came from each of these PCs, on the index ``job_host``."""
    rows = Job.objects.filter(host__in=hosts).order_by("host").values_list("host").annotate(jobs=Count("id"))
    return dict(rows)


def jobs_on(host: str) -> QuerySet[Job]:
    """The jobs whose last result came from this PC, by title, on the index ``job_host``; to be sliced by the caller."""
    return Job.objects.select_related("tool", "settings_row").filter(host=host).order_by("title", "id")
