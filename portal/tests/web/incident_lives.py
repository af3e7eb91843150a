"""Incidents as they come about: through the real store, followed as in life."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from databases import Database
from django.db import connections
from tc_portal.alerts.following import follow
from tc_portal.core.incident_now import IncidentNow
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.report import Report
from tc_portal.jobs.models import Incident
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.database import open_store

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


class Life:
    """Jobs that report, and a follower that hands on what it finds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.told: list[IncidentNow] = []

    def report(
        self, minute: float, status: Any = "error", message: str | None = "A", key: str = "nightly", **more: Any
    ) -> None:
        more = {"run_id": f"run of {key} at {minute}", "host": "PC-1", **more}
        report = Report(key, f"{key} の題", status, at(minute), at(minute), message=message, **more)
        self.store.record([report])

    def expect(self, minute: float, key: str = "nightly", **settings: Any) -> None:
        self.store.change_settings([SettingsChange(key, JobSettings(**settings), f"{key} の題")], at(minute), "hanako")

    def follow(self, minute: float = 1000) -> list[IncidentNow]:
        """All that the follower finds until nothing is left to look at."""
        self.told = []
        while follow(at(minute), self._plan):
            pass
        return self.told

    def _plan(self, found: Sequence[IncidentNow], now: datetime) -> None:
        self.told += found


@contextmanager
def a_life(database: Database) -> Iterator[Life]:
    connections["default"].close()
    with closing(open_store(database.as_django_has_it())) as store:
        yield Life(store)


def the_incident(key: str = "nightly") -> Incident:
    """The job's last incident."""
    return Incident.objects.select_related("job").filter(job__job_key=key).order_by("-opened_at")[0]
