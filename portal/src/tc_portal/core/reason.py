"""Why a job is judged as it is: facts, not words, so that they can be kept and told in either language."""

from datetime import datetime, timedelta

import msgspec


class Reason(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """The base of all reasons. Instants are aware UTC."""


class NeverRan(Reason, frozen=True):
    """No run is known, and none is late yet. ``due`` is the next slot, if there is a schedule."""

    due: datetime | None = None


class Succeeded(Reason, frozen=True):
    """The last run ended well. ``late_for`` is the slot whose deadline had passed when that became known: 遅着."""

    finished_at: datetime
    late_for: datetime | None = None


class Failed(Reason, frozen=True):
    """The last run ended in an error, as did ``failures`` runs in a row."""

    finished_at: datetime
    failures: int = 1


class TooFast(Reason, frozen=True):
    """The last run said that it succeeded, sooner than it can have."""

    finished_at: datetime
    took: timedelta
    minimum: timedelta


class NoReport(Reason, frozen=True):
    """No run began, or reported, by the deadline of the slot at ``due``. ``slots`` were missed in a row."""

    due: datetime
    grace: timedelta
    slots: int = 1
    last_success: datetime | None = None


class Running(Reason, frozen=True):
    """A run has started and may go on until ``limit``."""

    started_at: datetime
    limit: datetime | None = None


class RunsTooLong(Reason, frozen=True):
    """A run has not ended by its limit."""

    run_id: str
    started_at: datetime
    limit: datetime


class NoHeartbeat(Reason, frozen=True):
    """A run that promised a heartbeat each ``every`` has given none since ``heard_at``, up to ``limit``."""

    run_id: str
    started_at: datetime
    heard_at: datetime
    every: timedelta
    limit: datetime


class PortalWasAway(Reason, frozen=True):
    """The slot at ``due`` fell into a time in which the portal could not receive. Reports kept meanwhile may arrive
    until ``drained_at``; only then is the slot judged."""

    due: datetime
    away_from: datetime
    away_until: datetime
    drained_at: datetime


class Paused(Reason, frozen=True):
    """A person has paused the job."""

    since: datetime


AnyReason = (
    NeverRan | Succeeded | Failed | TooFast | NoReport | Running | RunsTooLong | NoHeartbeat | PortalWasAway | Paused
)
