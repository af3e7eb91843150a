"""How the company of the sample data stands at the moment that its story ends: whatever hour that is, something is late,
something runs, something is unknown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import EveryBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.maintenance import Maintenance, Once, OnHost, Recurring, Tagged
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule

from .story import StoryJob, jobs_of_the_story

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# The portal was away from 50 to 20 minutes ago; kept reports may arrive for two hours.
AWAY_SINCE, AWAY_UNTIL, DRAIN = 50 * MINUTE, 20 * MINUTE, 2 * HOUR
CALENDAR = Calendar("本社カレンダー", "JP", days_off=())

# Jobs whose daily time is this long ago, and how many of their last runs did not come.
SILENT = {
    "minpaku-cleaning-list": (3 * HOUR, 1),
    "acct-payroll-import": (5 * HOUR, 2),
    "stock-alert": (40 * MINUTE, 1),
}
LATE = {"web-news-clip": 4 * HOUR}
# Runs that began this long ago and have not ended.
RUNNING = {"backup-database": 8 * MINUTE, "sales-forecast": 150 * MINUTE}
PAUSED = ("notice-birthday", 3 * DAY)
TOLERATED = "web-competitor-price"
# A job that has a schedule and has never run.
PLANNED = ("notice-year-end", "年末調整の案内配信", "0 9 1 12 *")
DAILY = (
    "sales-daily",
    "minpaku-in-report",
    "minpaku-out-report",
    "backup-fileserver",
    "backup-nas-copy",
    "web-rank-check",
)
BY_BUSINESS_DAY = ("sales-weekly-mail", "acct-journal-export", "acct-expense-check")

TAGS = {
    "夜間バッチ": ("sales-daily", "backup-database", "backup-fileserver", "backup-nas-copy", "stock-barcode-master"),
    "経理": ("acct-journal-export", "acct-bank-fetch", "acct-month-close", "acct-invoice-pdf", "acct-payroll-import"),
    "月次": ("acct-month-close", "acct-invoice-pdf", "stock-inventory-diff", "backup-verify"),
    "重要": ("sales-daily", "acct-month-close", "backup-database", "minpaku-cleaning-list"),
}


# Which job runs after which.
AFTER = {
    "sales-daily": "sales-pos-import",
    "sales-weekly-mail": "sales-daily",
    "sales-forecast": "sales-daily",
    "backup-nas-copy": "backup-fileserver",
    "acct-month-close": "acct-journal-export",
}


@dataclass(frozen=True)
class Present:
    """The story's end at ``now`` (aware UTC), for a company whose clocks are in ``zone``."""

    now: datetime
    zone: ZoneInfo

    def jobs(self) -> Iterable[StoryJob]:
        """The jobs of the story, some of them with a time of the day that has to do with now."""
        ago = {key: long_ago for key, (long_ago, _) in SILENT.items()} | LATE
        ago["backup-database"] = RUNNING["backup-database"]
        for job in jobs_of_the_story():
            if job.key in ago:
                yield replace(job, every="daily", at=self._time(ago[job.key]))
            elif job.key == TOLERATED:
                yield replace(job, failing_for=1)
            else:
                yield job

    def settings(self, calendar: str) -> dict[str, JobSettings]:
        """What is expected, by job. ``calendar`` is the name that settings give the company's calendar."""
        jobs = {job.key: job for job in self.jobs()}
        times = {key: job.at for key, job in jobs.items()}
        # Its scripts report when they end: what takes long is waited for longer.
        graces = {key: 30 * MINUTE * (1 + job.seconds // 1200) for key, job in jobs.items()}
        expected = {
            key: JobSettings(grace=graces[key], schedules=(self._daily(times[key]),))
            for key in (*DAILY, *SILENT, *LATE)
        }
        for key in BY_BUSINESS_DAY:
            rule = BusinessDayRule(calendar, self.zone.key, (times[key],), EveryBusinessDay())
            expected[key] = JobSettings(schedules=(JobSchedule(rule),))
        _, _, line = PLANNED
        return expected | {
            "stock-alert": JobSettings(grace=10 * MINUTE, schedules=(self._daily(times["stock-alert"]),)),
            "backup-database": JobSettings(
                grace=HOUR, max_runtime=2 * HOUR, schedules=(self._daily(times["backup-database"]),)
            ),
            "sales-forecast": JobSettings(max_runtime=HOUR),
            TOLERATED: JobSettings(tolerance=2),
            PLANNED[0]: JobSettings(schedules=(JobSchedule(Cron((line,), self.zone.key)),)),
        }

    def maintenances(self) -> list[tuple[str, Maintenance]]:
        """One that is on, one that comes again and again, one that is over."""
        sundays = JobSchedule(Cron(("0 3 * * 0",), self.zone.key))
        return [
            ("基幹ネットワーク機器の交換", Maintenance(Tagged("経理"), Once(self.now - 20 * DAY, self.now - 20 * DAY + 4 * HOUR))),
            ("Windows Update 後の再起動", Maintenance(Tagged("夜間バッチ"), Recurring(sundays, 2 * HOUR))),
            ("倉庫 PC の入れ替え", Maintenance(OnHost("PC-SOUKO-01"), Once(self.now - HOUR, self.now + 3 * HOUR))),
        ]  # fmt: skip

    def _time(self, long_ago: timedelta) -> str:
        return f"{(self.now - long_ago).astimezone(self.zone):%H:%M}"

    def _daily(self, at: str) -> JobSchedule:
        hour, minute = at.split(":")
        return JobSchedule(Cron((f"{int(minute)} {int(hour)} * * *",), self.zone.key))
