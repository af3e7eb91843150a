"""Histories of runs to propose schedules from: by the clock of a zone, with all that happens to real jobs."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tc_portal.core.schedule_proposal.run_seen import RunSeen

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TOKYO = "Asia/Tokyo"


def days(first: date, count: int, is_on: Callable[[date], bool] = lambda _: True) -> Iterator[date]:
    for number in range(count):
        if is_on(day := first + number * DAY):
            yield day


def runs_on(
    which: Iterator[date],
    *times: str,
    chance: Random,
    zone: str = TOKYO,
    jitter: float = 3,
    missed: float = 0.0,
    late: float = 0.0,
    reruns: float = 0.0,
    took: float | None = 4,
) -> list[RunSeen]:
    """A run at each time of each day; ``jitter`` and ``took`` in minutes, the others as shares of the runs."""
    runs = []
    for day in which:
        for time in times:
            if chance.random() < missed:
                continue
            hour, minute = map(int, time.split(":"))
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
            at = local.astimezone(UTC) + chance.uniform(0.005, jitter) * MINUTE
            if chance.random() < late:
                at += chance.uniform(120, 400) * MINUTE
            length = None if took is None else took * chance.uniform(0.8, 1.3) * MINUTE
            runs.append(RunSeen(at, length))
            if chance.random() < reruns:
                runs.append(RunSeen(at + chance.uniform(8, 30) * MINUTE, length))
    return runs


def chaos(chance: Random, kind: str) -> list[RunSeen]:
    """Runs that keep to nothing: by hand, at all hours, in bursts, at office hours, on some days."""
    begin, runs = datetime(2026, 1, 5, tzinfo=UTC), list[RunSeen]()
    for number in range(chance.randint(4, 90)):
        day = begin + chance.randrange(120) * DAY
        match kind:
            case "at all hours":
                at = day + chance.uniform(0, 1440) * MINUTE
            case "at office hours":
                at = begin + number * chance.choice([1, 1, 2]) * DAY + chance.uniform(0, 9 * 60) * MINUTE
            case "in bursts":
                at = day + chance.gauss(300, 40) * MINUTE
            case "at one time of some days":
                at = day + chance.uniform(0, 15) * MINUTE
            case _:
                at = (runs[-1].at if runs else begin) + chance.expovariate(1 / 600) * MINUTE
        runs.append(RunSeen(at, chance.uniform(1, 50) * MINUTE if chance.random() < 0.7 else None))
    return runs


CHAOS = ["at all hours", "at office hours", "in bursts", "at one time of some days", "one after another"]
