"""What an alert tells, as facts: who words it for a channel and a language needs nothing else."""

from datetime import datetime
from typing import Literal

import msgspec

from .reason import AnyReason
from .verdict import Verdict

Occasion = Literal[
    "failed",  # incidents have opened, or opened again
    "changed",  # an incident is another error now, or a graver one
    "reminder",  # still not recovered
    "escalation",  # nobody has acknowledged in time
    "recovered",  # all incidents that were told here are over
    "held_back",  # what quiet hours held back, in sum
    "too_many",  # what a channel's limit held back, in sum
    "not_delivered",  # another channel does not take alerts
    "digest",  # 朝の一覧
    "test",  # a person tries the channel
]
# By which rule incidents were put together into one alert.
GroupedBy = Literal["alone", "dependency", "fingerprint", "host", "tool"]


class IncidentTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One incident as it stands when the message is made. Instants are aware UTC; ``since`` is when the job went bad."""

    incident_id: int
    job_id: int
    job_key: str
    title: str
    verdict: Verdict
    since: datetime
    reasons: tuple[AnyReason, ...] = ()
    tool: str | None = None
    host: str | None = None
    # The error in one line.
    gist: str | None = None
    last_success: datetime | None = None
    output_tail: str | None = None
    recovered_at: datetime | None = None
    acknowledged_by: str | None = None


class JobCounted(msgspec.Struct, frozen=True, kw_only=True):
    """A job in a digest, with what is said of it."""

    job_id: int
    title: str
    verdict: Verdict
    since: datetime | None = None


class DigestTold(msgspec.Struct, frozen=True, kw_only=True):
    """The days from ``begin`` to ``end``: counts, and the jobs that are to be named, by verdict."""

    begin: datetime
    end: datetime
    ran: int
    failed: int
    missed: int
    unknown: int
    still_open: int
    named: tuple[JobCounted, ...] = ()
    # How many more there are than are named.
    unnamed: int = 0


class AlertMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One telling. ``count`` is how many incidents there are, of which ``incidents`` names the first; ``at`` is when it was
    owed. ``about`` is what an occasion of no incidents is about: the channel's name, or the person who tries it."""

    occasion: Occasion
    at: datetime
    incidents: tuple[IncidentTold, ...] = ()
    count: int = 0
    grouped_by: GroupedBy = "alone"
    # What they have in common: the host's, the tool's or the upstream job's name, or the error in one line.
    cause: str = ""
    about: str = ""
    digest: DigestTold | None = None


# How many incidents a message names; the others it counts.
INCIDENTS_NAMED = 10
