"""``tc-portal demo``: an empty portal filled with a believable company's jobs, through the product's own store."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections

from tc_portal.core.report import Report
from tc_portal.jobs.models import Job, Tool
from tc_portal.store.database import open_store
from tc_portal.terminal import Explained, say

from .story import TOOLS, jobs_of_the_story
from .telling import runs_of

DAYS = 90
BATCH = 500
SEED = 20260125


def fill() -> int:
    """Record some forty jobs and ninety days of their runs, ending now. Raises ``Explained`` if there are jobs."""
    if Job.objects.exists():
        raise Explained(
            ja="すでにジョブがあります。見本のデータは空のポータルにだけ入れられます（TC_PORTAL_DATA_DIR で別のフォルダーを指定できます）。",
            en="There are jobs already. Sample data goes into an empty portal only "
            "(TC_PORTAL_DATA_DIR can name another folder).",
        )
    now = datetime.now(UTC)
    reports = _reports(now)
    # The store has its own connection; SQLite would make it wait for an open one of Django's.
    connections.close_all()
    _record(reports)
    failing = sum(verdict == "error" for verdict in Job.objects.values_list("verdict", flat=True))
    say(
        ja=f"ジョブ {Job.objects.count()} 件（うち障害 {failing} 件）、実行 {len(reports)} 件の見本を入れました。tc-portal serve で起動して /incidents を開いてください。",
        en=f"Recorded {len(reports)} runs of {Job.objects.count()} sample jobs ({failing} failing). "
        "Start with tc-portal serve and open /incidents.",
    )
    return 0


def _reports(now: datetime) -> list[Report]:
    tools = {name: Tool.objects.create(name=name).id for name in TOOLS}
    randomness = random.Random(SEED)
    zone = ZoneInfo(settings.TIME_ZONE)
    reports = [
        report
        for job in jobs_of_the_story()
        for report in runs_of(job, tools[job.tool], now - timedelta(days=DAYS), now, zone, randomness)
    ]
    return sorted(reports, key=lambda report: report.finished_at)


def _record(reports: list[Report]) -> None:
    store = open_store(settings.DATABASES["default"])
    try:
        for start in range(0, len(reports), BATCH):
            store.record(reports[start : start + BATCH])
    finally:
        store.close()
