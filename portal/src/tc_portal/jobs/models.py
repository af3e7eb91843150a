"""The tables that jobs live in.

``jobs/schema/*.sql`` creates them, column by column as the set-up guide has them; Django reads and
names them here. Runs, results and verdicts are written by ``tc_portal.store`` alone.
"""

import uuid
from datetime import UTC, datetime
from typing import Literal

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

JobStatusValue = Literal["success", "error"]


class Tool(models.Model):
    """ツール: what a job belongs to. The guide's table; only ``id`` and ``name`` are relied upon."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()

    class Meta:
        db_table = "tools"
        managed = False

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    """判定: what the portal says of a job now."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    OK = "ok", _("OK")
    ERROR = "error", _("Failed")
    MISSED = "missed", _("Missed")
    OVERDUE = "overdue", _("Overdue")
    PAUSED = "paused", _("Paused")
    UNKNOWN = "unknown", _("Unknown")


# The verdicts, the one that asks for most attention first: a verdict's place is the ``gravity`` of its jobs.
BY_GRAVITY = ("error", "overdue", "missed", "unknown", "running", "waiting", "paused", "ok")
# Of a job of which nothing is due, in ``due_or_never``.
NEVER = datetime(9999, 12, 30, tzinfo=UTC)


class Result(models.TextChoices):
    """結果: how a run ended."""

    SUCCESS = "success", _("Success")
    ERROR = "error", _("Error")


class Job(models.Model):
    """ジョブ: what should run, and where it stands."""

    id = models.BigAutoField(primary_key=True)
    job_key = models.TextField(unique=True)
    title = models.TextField()
    tool = models.ForeignKey(Tool, models.DO_NOTHING, null=True, related_name="jobs")
    tool_stated_at = models.DateTimeField(null=True)
    verdict = models.TextField(choices=Verdict.choices)
    since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    settings_row = models.ForeignKey(
        "JobSettingsRow", models.DO_NOTHING, null=True, related_name="+", db_column="settings_id"
    )
    is_bad = models.BooleanField(default=False)
    reasons = models.TextField(null=True)
    known = models.TextField(null=True)
    judged_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    host = models.TextField(null=True)
    due = models.DateTimeField(null=True)
    # The database makes these two of the others: schema/job_list.*.sql.
    due_or_never = models.GeneratedField(
        expression=Coalesce("due", Value(NEVER)), output_field=models.DateTimeField(), db_persist=True
    )
    gravity = models.GeneratedField(
        expression=models.Case(
            *(models.When(verdict=verdict, then=Value(rank)) for rank, verdict in enumerate(BY_GRAVITY)),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    class Meta:
        db_table = "job"
        managed = False

    def __str__(self) -> str:
        return self.title


class JobStatus(models.Model):
    """The last finished result of each job: the guide's ``JobStatus``, nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job_key = models.TextField(unique=True)
    title = models.TextField()
    tool = models.ForeignKey(Tool, models.DO_NOTHING, null=True, related_name="+")
    last_status = models.TextField(choices=Result.choices)
    last_finished_at = models.DateTimeField()
    last_message = models.TextField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "job_status"
        managed = False

    def __str__(self) -> str:
        return self.title


class JobStatusWithTool(JobStatus):
    """A job's last result together with its tool, as the guide's ``JobStatusWithTool``."""

    class Meta:
        proxy = True

    @property
    def tools(self) -> Tool | None:
        """The job's tool (id and name), under the name that the guide's query gives it."""
        return self.tool


class Run(models.Model):
    """実行: one execution of a job."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="runs")
    run_id = models.TextField()
    result = models.TextField(choices=Result.choices)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField()
    received_at = models.DateTimeField()
    exit_code = models.BigIntegerField(null=True)
    message = models.TextField(null=True)
    host = models.TextField(null=True)
    source = models.TextField()
    exit_meaning = models.TextField(null=True)

    class Meta:
        db_table = "run"
        managed = False

    def __str__(self) -> str:
        return self.run_id


class JobSettingsRow(models.Model):
    """What was expected of a job from an instant on; the newest row is in force."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="settings_rows")
    in_force_from = models.DateTimeField()
    definition = models.TextField()
    changed_by = models.TextField(null=True)

    class Meta:
        db_table = "job_settings"
        managed = False


class RunStart(models.Model):
    """A run's start, as the script told it. ``started_at`` is None while only the run's asking for time has arrived."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="starts")
    run_id = models.TextField()
    started_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    extensions = models.TextField()
    host = models.TextField(null=True)
    heartbeat_seconds = models.IntegerField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    heard = models.TextField(default="[]")
    progress = models.TextField(null=True)
    progress_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "run_start"
        managed = False


class RunOutput(models.Model):
    """出力: what a run printed, its beginning and its end. ``size`` is of all of it, in bytes."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="outputs")
    run_id = models.TextField()
    ended_at = models.DateTimeField()
    head = models.TextField()
    tail = models.TextField()
    size = models.BigIntegerField()
    is_cut = models.BooleanField()

    class Meta:
        db_table = "run_output"
        managed = False


class RunMetric(models.Model):
    """A number that a run told, as it was told last."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="metrics")
    run_id = models.TextField()
    name = models.TextField()
    value = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "run_metric"
        managed = False


class RunLogLine(models.Model):
    """A line that a run told, with when it was written by the script's clock."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="log_lines")
    run_id = models.TextField()
    at = models.DateTimeField()
    digest = models.TextField()
    text = models.TextField()

    class Meta:
        db_table = "run_log"
        managed = False


class Host(models.Model):
    """ホスト: a PC that reports. ``skew_ms`` is how far its clock runs ahead of ours."""

    name = models.TextField(unique=True)
    last_reported_at = models.DateTimeField()
    last_sent_at = models.DateTimeField(null=True)
    skew_ms = models.BigIntegerField(null=True)
    reporter = models.TextField(null=True)
    held_back = models.BigIntegerField(null=True)
    tasks_read_at = models.DateTimeField(null=True)
    tasks_received_at = models.DateTimeField(null=True)
    event_log = models.TextField(null=True)
    tasks_left_out = models.IntegerField(default=0)

    class Meta:
        db_table = "host"
        managed = False

    def __str__(self) -> str:
        return self.name


class HostTask(models.Model):
    """A scheduled task of a PC, as its Task Scheduler said last. ``first_seen_at`` is when that told of it first, by the PC's clock."""

    host = models.ForeignKey(Host, models.DO_NOTHING, related_name="tasks")
    path = models.TextField()
    first_seen_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    next_run_at = models.DateTimeField(null=True)
    last_result = models.BigIntegerField(null=True)
    definition = models.TextField(null=True)
    events = models.TextField(default="[]")

    class Meta:
        db_table = "host_task"
        managed = False

    def __str__(self) -> str:
        return self.path


class Transition(models.Model):
    """A change of verdict, with its reasons."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="transitions")
    at = models.DateTimeField()
    verdict_before = models.TextField(choices=Verdict.choices)
    verdict = models.TextField(choices=Verdict.choices)
    is_bad = models.BooleanField()
    reasons = models.TextField()

    class Meta:
        db_table = "transition"
        managed = False


class Incident(models.Model):
    """障害: from a job's going bad to its recovery."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="incidents")
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    verdict = models.TextField(choices=Verdict.choices)
    fingerprint = models.TextField(null=True)
    gist = models.TextField(null=True)
    error_since = models.DateTimeField(null=True)
    host = models.TextField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(null=True)
    acknowledged_until = models.DateTimeField(null=True)
    acknowledgement_note = models.TextField(null=True)
    assigned_to = models.TextField(null=True)
    muted_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    class Meta:
        db_table = "incident"
        managed = False


class IncidentAction(models.Model):
    """What somebody did about an incident, which is named by its job and when it opened."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="incident_actions")
    incident_opened_at = models.DateTimeField()
    at = models.DateTimeField()
    definition = models.TextField()

    class Meta:
        db_table = "incident_action"
        managed = False


class IncidentNotice(models.Model):
    """A job of which something has happened that somebody may have to be told."""

    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="+")

    class Meta:
        db_table = "incident_notice"
        managed = False


class JobDependency(models.Model):
    """``job`` runs after ``after_job``. The pair is the key."""

    pk = models.CompositePrimaryKey("job_id", "after_job_id")
    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="dependencies")
    after_job = models.ForeignKey(Job, models.DO_NOTHING, related_name="dependents")

    class Meta:
        db_table = "job_dependency"
        managed = False


class CalendarRow(models.Model):
    """営業日カレンダー, by name. What it says is in its newest revision."""

    name = models.TextField(unique=True)

    class Meta:
        db_table = "calendar"
        managed = False


class CalendarRevision(models.Model):
    """A calendar as it was made or changed to; settings name the revision that they go by."""

    calendar = models.ForeignKey(CalendarRow, models.DO_NOTHING, null=True, related_name="revisions")
    made_at = models.DateTimeField()
    definition = models.TextField()
    changed_by = models.TextField(null=True)

    class Meta:
        db_table = "calendar_revision"
        managed = False


class BlindTime(models.Model):
    """監視停止: when the portal itself could not receive or judge."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    drained_at = models.DateTimeField()

    class Meta:
        db_table = "blind_time"
        managed = False


class MaintenanceRow(models.Model):
    """メンテナンス: planned quiet."""

    title = models.TextField()
    definition = models.TextField()
    over_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.TextField(null=True)

    class Meta:
        db_table = "maintenance"
        managed = False


class JobTag(models.Model):
    """タグ of a job. The pair is the key."""

    pk = models.CompositePrimaryKey("job_id", "tag")
    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="tags")
    tag = models.TextField()

    class Meta:
        db_table = "job_tag"
        managed = False


class Heartbeat(models.Model):
    """One row: until when the portal was seen to receive and commit."""

    id = models.SmallIntegerField(primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "heartbeat"
        managed = False


class SecondMonitor(models.Model):
    """One row: when the second monitor is to be told next that this portal lives."""

    id = models.SmallIntegerField(primary_key=True)
    ping_at = models.DateTimeField()

    class Meta:
        db_table = "second_monitor"
        managed = False


class PingTokenRow(models.Model):
    """トークン: what another monitor's client carries in its address (``core.ping_token``). ``last_used_on`` is a day in UTC."""

    digest = models.TextField(unique=True)
    kind = models.TextField()
    job_key = models.TextField(null=True)
    name = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.TextField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        db_table = "ping_token"
        managed = False

    def __str__(self) -> str:
        return self.name
