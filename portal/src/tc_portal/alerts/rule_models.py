"""Who is told what, as people set it up: routes, rosters, digests."""

from django.db import models


class RouteRow(models.Model):
    """通知ルール. They are looked at by ``position``; what each says is in ``definition``, JSON: core.route.Route."""

    name = models.CharField(max_length=100)
    position = models.IntegerField()
    definition = models.TextField()
    is_enabled = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.TextField(null=True)

    class Meta:
        db_table = "route"

    def __str__(self) -> str:
        return self.name


class RosterRow(models.Model):
    """当番表. ``definition`` is JSON: core.roster.Roster."""

    name = models.CharField(max_length=100, unique=True)
    definition = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField(null=True)

    class Meta:
        db_table = "roster"

    def __str__(self) -> str:
        return self.name


class DigestRow(models.Model):
    """朝の一覧: when, and to whom. ``definition`` is JSON: core.digest.Digest."""

    name = models.CharField(max_length=100)
    definition = models.TextField()
    is_enabled = models.BooleanField(default=True)
    # Before this none was due: when it was set up or switched on.
    made_at = models.DateTimeField()
    changed_by = models.TextField(null=True)

    class Meta:
        db_table = "digest"

    def __str__(self) -> str:
        return self.name


class DigestSent(models.Model):
    """That a digest was owed: once a business day, as the constraint has it."""

    digest = models.ForeignKey(DigestRow, on_delete=models.CASCADE, related_name="sent")
    day = models.DateField()
    begin = models.DateTimeField()
    end = models.DateTimeField()
    # JSON: the ids of the deliveries.
    deliveries = models.TextField(default="[]")

    class Meta:
        db_table = "digest_sent"
        constraints = [models.UniqueConstraint(fields=["digest", "day"], name="digest_once_a_day")]
