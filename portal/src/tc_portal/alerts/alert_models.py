"""What is told as one: an alert, the incidents that are its members, and each time that somebody was told."""

from django.db import models
from django.db.models import Q

from tc_portal.jobs.models import Job


class Alert(models.Model):
    """Incidents of one cause. An open one always has ``next_look_at``: when something may be owed by the passing of time."""

    began_at = models.DateTimeField()
    # Until then it gathers members before anything is told.
    gather_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    # By which rule its members belong together, and what they share, in a word or two.
    rule = models.CharField(max_length=20, default="alone")
    cause = models.TextField(blank=True, default="")
    # JSON: core.routing.RouteTold by the route's id.
    told = models.TextField(default="{}")

    class Meta:
        db_table = "alert"
        indexes = [
            models.Index(fields=["next_look_at"], name="alert_next_look", condition=Q(next_look_at__isnull=False)),
            # The page of what was told, the latest first.
            models.Index(fields=["-began_at", "-id"], name="alert_latest"),
        ]

    def __str__(self) -> str:
        return f"alert:{self.pk}"


class AlertMember(models.Model):
    """An incident as a member of an alert: how it stood when it was looked at last, and what was told of it.

    It is named by its job and when it opened, as one that is judged anew is a new row and still the same incident. One that opens
    again after its alert was closed becomes a member of another; ``is_current`` is the latest of these.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="members")
    job = models.ForeignKey(Job, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    incident_opened_at = models.DateTimeField()
    incident_id = models.BigIntegerField()
    title = models.TextField()
    joined_at = models.DateTimeField()
    verdict = models.CharField(max_length=10)
    news_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    silent_until = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(null=True)
    tool_id = models.UUIDField(null=True)
    host = models.TextField(null=True)
    fingerprint = models.TextField(null=True)
    gist = models.TextField(null=True)
    rule = models.CharField(max_length=20, default="alone")
    cause = models.TextField(blank=True, default="")
    # JSON: core.routing.MemberTold by the route's id.
    told = models.TextField(default="{}")
    is_current = models.BooleanField(default=True)

    class Meta:
        db_table = "alert_member"
        constraints = [
            # Nothing is planned twice: an incident is in one alert at a time. Also the way from a job to its members.
            models.UniqueConstraint(
                fields=["job", "incident_opened_at"], name="alert_member_current", condition=Q(is_current=True)
            ),
        ]


class AlertTelling(models.Model):
    """One time that an alert was told, by which route and in which deliveries. ``route_id`` 0 is the default's."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="tellings")
    at = models.DateTimeField()
    occasion = models.CharField(max_length=20)
    route_id = models.BigIntegerField()
    # As it was called then.
    route_name = models.TextField(blank=True)
    # How many members it told of.
    count = models.IntegerField()
    # JSON: their ids.
    deliveries = models.TextField(default="[]")

    class Meta:
        db_table = "alert_telling"
