"""``tc-portal demo``: an empty portal filled with a believable company's jobs, through the product's own store."""

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connections
from msgspec.structs import replace

from tc_portal.core.job_settings import JobSettings
from tc_portal.core.report import Report, Start, Telling
from tc_portal.jobs.models import CalendarRevision, CalendarRow, Incident, Job, Tool
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.database import open_store
from tc_portal.store.depending import run_after
from tc_portal.store.planning_quiet import add_maintenance
from tc_portal.store.tagging import tag_job
from tc_portal.terminal import Explained, say

from .people import care, follow_quietly
from .present import (
    AFTER,
    AWAY_SINCE,
    AWAY_UNTIL,
    CALENDAR,
    DRAIN,
    LATE,
    PAUSED,
    PLANNED,
    RUNNING,
    SILENT,
    TAGS,
    Present,
)
from .story import TOOLS
from .telling import runs_of

DAYS = 90
BATCH = 500
SEED = 20260125
A_PERSON = "admin"
BEAT = timedelta(seconds=10)


def fill() -> int:
    """Record some forty jobs and ninety days of their runs, ending now. Raises ``Explained`` if there are jobs."""
    if Job.objects.exists():
        raise Explained(
            ja="すでにジョブがあります。見本のデータは空のポータルにだけ入れられます（TC_PORTAL_DATA_DIR で別のフォルダーを指定できます）。",
            en="There are jobs already. Sample data goes into an empty portal only "
            "(TC_PORTAL_DATA_DIR can name another folder).",
        )
    present = Present(datetime.now(UTC).replace(second=0, microsecond=0), ZoneInfo(settings.TIME_ZONE))
    reports = _reports(present)
    calendar = _calendar(present.now)
    # The store has its own connection; SQLite would make it wait for an open one of Django's.
    connections.close_all()
    with closing(open_store(settings.DATABASES["default"])) as store:
        _expect(store, present, calendar)
        _record(store, sorted([*reports, *_starts(present)], key=lambda telling: telling.received_at), present.now)
        _live_on(store, present, calendar)
    _plan(present)
    follow_quietly(present.now)
    care(present.now)
    failing = Incident.objects.filter(resolved_at=None).count()
    say(
        ja=f"ジョブ {Job.objects.count()} 件（うち障害 {failing} 件）、実行 {len(reports)} 件の見本を入れました。tc-portal serve で起動して /incidents を開いてください。",
        en=f"Recorded {len(reports)} runs of {Job.objects.count()} sample jobs ({failing} failing). "
        "Start with tc-portal serve and open /incidents.",
    )
    return 0


def _reports(present: Present) -> list[Report]:
    tools = {name: Tool.objects.create(name=name).id for name in TOOLS}
    randomness = random.Random(SEED)
    reports: list[Report] = []
    for job in present.jobs():
        since = present.now - timedelta(days=DAYS)
        runs = runs_of(job, tools[job.tool], since, present.now, present.zone, randomness)
        _, silent = SILENT.get(job.key, (None, 0))
        runs = runs[: len(runs) - silent]
        if job.key in LATE:
            runs[-1] = replace(runs[-1], received_at=runs[-1].received_at + timedelta(hours=2))
        if job.key == PAUSED[0]:
            runs = [run for run in runs if run.received_at < present.now - PAUSED[1]]
        if job.key in RUNNING:
            # One that goes on began no other meanwhile, whatever hour it is.
            runs = [run for run in runs if run.received_at < present.now - RUNNING[job.key]]
        reports += [_arrived(run, present) for run in runs]
    return reports


def _arrived(report: Report, present: Present) -> Report:
    """The report; if the portal was away when it was sent, it was kept and arrived afterwards."""
    if not present.now - AWAY_SINCE <= report.received_at <= present.now - AWAY_UNTIL:
        return report
    return replace(report, received_at=present.now - AWAY_UNTIL + timedelta(seconds=5))


def _starts(present: Present) -> list[Start]:
    """The runs that have not ended."""
    titles = {job.key: job.title for job in present.jobs()}
    return [
        Start(key, titles[key], f"demo-open-{key}", present.now - long_ago, present.now - long_ago)
        for key, long_ago in RUNNING.items()
    ]


def _calendar(now: datetime) -> str:
    """Keep the company's calendar; the name that settings give it."""
    row = CalendarRow.objects.create(name=CALENDAR.name)
    made = {"made_at": now, "definition": msgspec.json.encode(CALENDAR).decode(), "changed_by": A_PERSON}
    return str(CalendarRevision.objects.create(calendar=row, **made).id)


def _expect(store: Store, present: Present, calendar: str) -> None:
    titles = {job.key: job.title for job in present.jobs()} | {PLANNED[0]: PLANNED[1]}
    changes = [SettingsChange(key, each, titles[key]) for key, each in present.settings(calendar).items()]
    store.change_settings(changes, present.now - timedelta(days=DAYS), A_PERSON)


def _record(store: Store, tellings: Sequence[Telling], now: datetime) -> None:
    for start in range(0, len(tellings), BATCH):
        store.record(tellings[start : start + BATCH])
        # As it goes on, or the runs of the first incidents would be long past.
        follow_quietly(now)


def _live_on(store: Store, present: Present, calendar: str) -> None:
    """Pause a job, be away for a while, and judge what is due until now."""
    key, long_ago = PAUSED
    paused = replace(present.settings(calendar).get(key) or JobSettings(), is_paused=True)
    store.change_settings([SettingsChange(key, paused)], present.now - long_ago, A_PERSON)
    store.beat(present.now - AWAY_SINCE, DRAIN)
    instant = present.now - AWAY_UNTIL
    while instant <= present.now:
        store.beat(instant, DRAIN)
        instant += BEAT
    while store.watch(present.now):
        pass


def _plan(present: Present) -> None:
    ids = dict(Job.objects.values_list("job_key", "id"))
    for key, job_id in ids.items():
        tag_job(job_id, [tag for tag, keys in TAGS.items() if key in keys])
    for key, before in AFTER.items():
        run_after(ids[key], ids[before])
    for title, plan in present.maintenances():
        add_maintenance(title, plan, present.now, A_PERSON)
