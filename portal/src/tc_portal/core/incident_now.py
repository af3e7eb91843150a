"""An incident as it stands now: what the deciding of who is to be told needs to know of it."""

from datetime import datetime
from uuid import UUID

import msgspec

from .verdict import Verdict


class IncidentNow(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, named by its job and when it opened. Instants are aware UTC.

    ``news_at`` is since when it is what it is: when it opened, became another error or opened again after somebody had
    closed it. Whoever was told before then has not been told of this. ``over_at`` is when the job recovered or somebody
    closed the incident; None while it lasts. ``silent_until`` is until when nobody is to be told because somebody has
    acknowledged or muted it; None where nobody has, ``instant.LATEST`` where that has no end.
    """

    incident_id: int
    job_id: int
    opened_at: datetime
    verdict: Verdict
    news_at: datetime
    over_at: datetime | None = None
    silent_until: datetime | None = None
    acknowledged_by: str | None = None
    tool_id: UUID | None = None
    host: str | None = None
    # Of the error, where it is a failure whose message says something.
    fingerprint: str | None = None
    gist: str | None = None
