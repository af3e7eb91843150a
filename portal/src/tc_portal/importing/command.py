"""Shows what an import will do, asks, does it."""

import argparse
import sys
from datetime import UTC, datetime

import msgspec
from django.conf import settings

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.task_scheduler.found_tasks import FoundTasks, tasks_in
from tc_portal.core.task_scheduler.matching import Jobs
from tc_portal.core.task_scheduler.plan import Plan, Terms, plan_of
from tc_portal.jobs.calendar_queries import calendars_named, newest_revisions
from tc_portal.jobs.known_jobs import known_jobs
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.terminal import Explained, in_japanese, say

from .asked import chosen_tasks, contents, decisions
from .saving import save_settings
from .shown import plan_in_lines

CHANGED_BY = "tc-portal import-tasks"
# Done, or shown, but for some tasks.
SOME_LEFT = 3


def import_tasks(options: argparse.Namespace) -> int:
    """0 when every task is in, or would be; 3 when some were not read or wait to be decided; 1 when nothing was done."""
    found = tasks_in(contents(options.files), with_windows_own=options.with_windows_tasks)
    found = msgspec.structs.replace(found, tasks=tuple(chosen_tasks(found.tasks, options.only)))
    now = datetime.now(UTC)
    try:
        plan = _plan(options, found, now)
    except Unschedulable as refusal:
        raise Explained(ja=refusal.ja, en=refusal.en) from refusal
    _show(plan, found, now)
    if not plan.tasks:
        raise Explained(ja="取り込めるタスクがありません。", en="There is no task to import.")
    outcome = SOME_LEFT if found.unread or any(one.outcome == "unclear" for one in plan.tasks) else 0
    if not plan.changes:
        say(ja="変えるものはありません。", en="There is nothing to change.")
        return outcome
    if options.dry_run or not _agreed(options):
        return outcome
    _save(plan)
    return outcome


def _plan(options: argparse.Namespace, found: FoundTasks, now: datetime) -> Plan:
    time_zone = options.time_zone or settings.TIME_ZONE
    decided, of_all, of_one = decisions(
        found.tasks, options.map, options.calendar, options.on_day_off, time_zone, newest_revisions()
    )
    jobs = Jobs(known_jobs())
    terms = Terms(time_zone, options.host.strip(), options.key_prefix, options.grace, of_all, of_one)
    return plan_of(found.tasks, jobs, terms, decided, now)


def _show(plan: Plan, found: FoundTasks, now: datetime) -> None:
    named = {one.narrowed.calendar for one in plan.tasks if one.narrowed is not None}
    calendars: dict[str, Calendar] = calendars_named(named)
    language = "ja" if in_japanese() else "en"
    lines = "\n".join(plan_in_lines(plan, found, calendars, now, language))
    say(ja=lines, en=lines)


def _agreed(options: argparse.Namespace) -> bool:
    if options.yes:
        return True
    if "-" in options.files or not sys.stdin.isatty():
        say(
            ja="表示しただけで、何も保存していません。保存するには --yes を付けて実行してください。",
            en="Nothing was saved. To save it, run this again with --yes.",
        )
        return False
    say(ja="保存しますか？ [y/N]", en="Save this? [y/N]")
    if sys.stdin.readline().strip().lower() in ("y", "yes", "はい"):
        return True
    say(ja="保存しませんでした。", en="Nothing was saved.")
    return False


def _save(plan: Plan) -> None:
    changes = [SettingsChange(each.job_key, each.settings, each.title) for each in plan.changes]
    save_settings(changes, CHANGED_BY)
    say(ja=f"ジョブ {len(changes)} 件を保存しました。", en=f"Saved {len(changes)} jobs.")
