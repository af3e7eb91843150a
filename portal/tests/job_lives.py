"""Lives of jobs for property tests: what scripts tell, when it arrives, and what is left of it in the tables."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from databases import Database
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from tc_portal.core.heard import read_heard
from tc_portal.core.history import Judged, RunTold, StartTold, Transition, replay
from tc_portal.core.job_settings import JobSettings, read_settings, terms_of
from tc_portal.core.judge import BlindTime
from tc_portal.core.reason import AnyReason
from tc_portal.core.report import Extension, Heartbeat, Report, Start, Telling
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.unnamed_run import unnamed
from tc_portal.store.batches import Store
from tc_portal.store.past import read_extensions

# TC_PORTAL_TEST_EXAMPLES=2000 looks deeper than each run of the tests has time for.
EXAMPLES = int(os.environ.get("TC_PORTAL_TEST_EXAMPLES", "0"))

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DRAIN = 15 * MINUTE
HOURLY = JobSchedule(Interval(60 * MINUTE, NOON))
YEAR = 365 * 24 * 60

read_reasons = msgspec.json.Decoder(tuple[AnyReason, ...]).decode


def examples(usual: int) -> settings:
    """Settings of a property test that touches a database shared by its examples."""
    return settings(
        max_examples=EXAMPLES or usual,
        deadline=None,
        # Shrinking takes minutes where each try is a hundred commits.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


job_settings = st.builds(
    JobSettings,
    grace=st.sampled_from([0, 5, 20]).map(lambda minutes: minutes * MINUTE),
    max_runtime=st.sampled_from([None, 15, 40]).map(lambda minutes: minutes and minutes * MINUTE),
    min_runtime=st.sampled_from([None, None, 2]).map(lambda minutes: minutes and minutes * MINUTE),
    tolerance=st.integers(1, 3),
    is_paused=st.sampled_from([False, False, False, True]),
    schedules=st.sampled_from([(HOURLY,), (HOURLY,), ()]),
)


@st.composite
def runs_told(draw: st.DrawFn, jobs: Sequence[str], minutes: int) -> list[Telling]:
    """One run as scripts tell it: in whole or in part, late, twice, by a wrong clock."""
    job = draw(st.sampled_from(jobs))
    run_id = f"r{draw(st.integers(0, 6))}"
    began = draw(st.integers(0, minutes))
    took = draw(st.integers(0, 70))
    wrong = draw(st.sampled_from([0, 0, 0, 0, -30, 7, YEAR]))
    told: list[Telling] = []

    def arrives(minute: int) -> datetime:
        return at(min(minute + draw(st.sampled_from([0, 0, 0, 1, 45])), minutes))

    if draw(st.booleans()):
        every = draw(st.sampled_from([None, None, 60, 240]))
        told.append(Start(job, "題", run_id, at(began + wrong), arrives(began), heartbeat_seconds=every))
    for minute in draw(st.lists(st.integers(0, 60), max_size=4)):
        told.append(
            Heartbeat(job, run_id, arrives(began + minute), progress=draw(st.sampled_from([None, "甲", "乙"])))
        )
    for asked in draw(st.lists(st.integers(0, 60), max_size=2)):
        told.append(Extension(job, run_id, at(began + asked + draw(st.integers(0, 90))), arrives(began + asked)))
    if draw(st.sampled_from([True, True, True, False])):
        result: Any = draw(st.sampled_from(["success", "success", "error"]))
        started = at(began + wrong) if draw(st.booleans()) else None
        message = draw(st.sampled_from([None, "甲", "乙"]))
        report = Report(
            job, "題", result, at(began + took + wrong), arrives(began + took), run_id, message, started_at=started
        )
        told.append(report)
        if draw(st.sampled_from([False, False, True])):
            told.append(msgspec.structs.replace(report, received_at=arrives(began + took + 3)))
    return told


@st.composite
def unnamed_run_told(draw: st.DrawFn, jobs: Sequence[str], minutes: int) -> list[Telling]:
    """What a client tells that names neither the start of a run nor its end: each that arrives is one by itself."""
    job = draw(st.sampled_from(jobs))
    name = f"{draw(st.integers(0, 2**60)):031x}"
    began, took = draw(st.integers(0, minutes)), draw(st.integers(0, 70))
    told: list[Telling] = []
    if draw(st.sampled_from([True, True, True, False])):
        ahead = draw(st.sampled_from([0, 0, -3, YEAR]))
        told.append(Start(job, "題", unnamed(f"a{name}"), at(began + ahead), at(began)))
    if draw(st.sampled_from([True, True, True, False])):
        result: Any = draw(st.sampled_from(["success", "success", "error"]))
        ended = at(min(began + took, minutes))
        own = at(began + 0.1) if draw(st.sampled_from([False, False, True])) else None
        told.append(Report(job, "題", result, ended, ended, unnamed(f"b{name}"), started_at=own))
    return told


def lives(jobs: Sequence[str], minutes: int, size: int = 6) -> st.SearchStrategy[list[Telling]]:
    runs = st.one_of(runs_told(jobs, minutes), runs_told(jobs, minutes), unnamed_run_told(jobs, minutes))
    return st.lists(runs, max_size=size).map(lambda runs: [each for run in runs for each in run])


def record(store: Store, told: Sequence[Telling], sizes: Iterable[int]) -> None:
    start = 0
    for size in sizes:
        if start >= len(told):
            return
        store.record(told[start : start + size])
        start += size


TABLES = {
    "jobs": "SELECT job_key, title, host, verdict, since, is_bad, reasons, known, deadline, due FROM job ORDER BY job_key",
    "status": "SELECT job_key, title, last_status, last_finished_at, last_message, updated_at FROM job_status ORDER BY 1",
    "runs": "SELECT job_key, run_id, result, started_at, finished_at, received_at, message FROM run"
    " JOIN job ON job.id = job_id ORDER BY job_key, run_id",
    "starts": "SELECT job_key, run_id, started_at, received_at, extensions, heartbeat_seconds, heartbeat_at, heard,"
    " progress, progress_at FROM run_start"
    " JOIN job ON job.id = job_id WHERE started_at IS NOT NULL ORDER BY job_key, run_id",
    "transitions": "SELECT job_key, at, verdict_before, transition.verdict, transition.is_bad, transition.reasons"
    " FROM transition JOIN job ON job.id = job_id ORDER BY job_key, at, transition.id",
    "incidents": "SELECT job_key, opened_at, resolved_at, incident.verdict FROM incident JOIN job ON job.id = job_id"
    " ORDER BY job_key, opened_at",
}


def left_in(tables: Database) -> dict[str, list[Any]]:
    """What the tables hold of all jobs, in an order of its own."""
    return {name: tables.rows(query) for name, query in TABLES.items()}


def instant(stored: Any) -> Any:
    """An instant as either database gives it."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return stored.astimezone(UTC) if stored is not None else None


def beat_until(tables: Database, minute: float) -> None:
    """The portal was there, and beat each few seconds, until ``minute``: only the last of these beats is left."""
    stored = f"'{at(minute).replace(tzinfo=None)}'" + (
        "" if tables.kind == "sqlite" else "::timestamp AT TIME ZONE 'UTC'"
    )
    tables.execute(f"UPDATE heartbeat SET beat_at = {stored}")


def runs_and_starts_in(tables: Database, job_key: str) -> tuple[list[RunTold], list[StartTold]]:
    mine = f"JOIN job ON job.id = job_id WHERE job_key = '{job_key}'"
    runs = [
        RunTold(run_id, result, instant(finished), instant(received), instant(started), message)
        for run_id, result, finished, received, started, message in tables.rows(
            f"SELECT run_id, result, finished_at, received_at, started_at, message FROM run {mine}"
        )
    ]
    starts = [
        StartTold(run_id, instant(started), instant(received), read_extensions(extensions), seconds, read_heard(heard))
        for run_id, started, received, extensions, seconds, heard in tables.rows(
            "SELECT run_id, started_at, received_at, extensions, heartbeat_seconds, heard FROM run_start"
            f" {mine} AND started_at IS NOT NULL"
        )
    ]
    return runs, starts


def told_again(tables: Database, job_key: str, until: datetime) -> tuple[Judged, list[Transition]]:
    """What ``replay`` makes of all that the tables hold of the job's runs, starts, settings and blind times."""
    mine = f"JOIN job ON job.id = job_id WHERE job_key = '{job_key}'"
    runs, starts = runs_and_starts_in(tables, job_key)
    terms = [
        terms_of(read_settings(definition), instant(since), {})
        for definition, since in tables.rows(
            f"SELECT definition, in_force_from FROM job_settings {mine} ORDER BY in_force_from, job_settings.id"
        )
    ]
    blind_times = [
        BlindTime(instant(a), instant(b), instant(c))
        for a, b, c in tables.rows("SELECT started_at, ended_at, drained_at FROM blind_time ORDER BY started_at")
    ]
    return replay(terms, runs, starts, blind_times, until)


def transitions_in(tables: Database, job_key: str) -> list[Transition]:
    return [
        Transition(instant(when), before, verdict, bool(is_bad), read_reasons(reasons))
        for when, before, verdict, is_bad, reasons in tables.rows(
            "SELECT at, verdict_before, transition.verdict, transition.is_bad, transition.reasons FROM transition"
            f" JOIN job ON job.id = job_id WHERE job_key = '{job_key}' ORDER BY at, transition.id"
        )
    ]
