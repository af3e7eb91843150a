"""Generated outages: incidents with causes that are known, in the order in which a portal hears of them."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from alert_lives import MINUTE, NOON
from tc_portal.core.grouping import Surroundings
from tc_portal.core.incident_now import IncidentNow
from tc_portal.core.verdict import Verdict

SECOND = timedelta(seconds=1)


@dataclass
class Outage:
    """``causes`` says of each job which cause brought it down."""

    incidents: list[IncidentNow] = field(default_factory=list)
    causes: dict[int, str] = field(default_factory=dict)
    upstreams: dict[int, tuple[int, ...]] = field(default_factory=dict)
    last_reported: dict[str, datetime] = field(default_factory=dict)

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(self.upstreams, self.last_reported)

    def add(self, cause: str, opened_at: datetime, verdict: Verdict = "error", **known: object) -> IncidentNow:
        number = len(self.incidents) + 1
        told = {"tool_id": tool(1000 + number), "host": f"PC-{number}", **known}
        one = IncidentNow(
            incident_id=number, job_id=number, opened_at=opened_at, news_at=opened_at, verdict=verdict, **told
        )  # type: ignore[arg-type]
        self.incidents.append(one)
        self.causes[number] = cause
        return one


def tool(number: int) -> UUID:
    return UUID(int=number)


def host_dies(
    outage: Outage, jobs: int, chance: random.Random, host: str = "SV-BATCH", begin: datetime = NOON
) -> None:
    """Its jobs are missed, each when it is due, over the next hours; what ran on it is overdue."""
    outage.last_reported[host] = begin - 12 * MINUTE
    for _ in range(jobs):
        late = chance.uniform(0, 240) * MINUTE
        verdict: Verdict = "overdue" if chance.random() < 0.1 else "missed"
        outage.add(f"host {host}", begin + late, verdict, host=host, tool_id=tool(chance.randint(1, 40)))


def database_fails(outage: Outage, jobs: int, chance: random.Random, begin: datetime = NOON) -> None:
    """Jobs of many tools on many hosts fail alike, within half an hour."""
    for _ in range(jobs):
        opened_at = begin + chance.uniform(0, 25) * MINUTE
        outage.add("database", opened_at, fingerprint="psycopg.OperationalError", gist="connection refused")


def chain_breaks(outage: Outage, length: int, begin: datetime = NOON) -> None:
    """A job fails, and each after it is missed when it would have been due."""
    before: list[int] = []
    for place in range(length):
        verdict: Verdict = "missed" if place else "error"
        incident = outage.add("chain", begin + place * 20 * MINUTE, verdict)
        outage.upstreams[incident.job_id] = tuple(reversed(before))
        before.append(incident.job_id)


def fail_independently(outage: Outage, jobs: int, begin: datetime = NOON) -> None:
    """Jobs of different tools on different hosts fail at once, each with an error of its own."""
    for number in range(jobs):
        outage.add(f"alone {number}", begin + number * SECOND, fingerprint=f"error {number}")
