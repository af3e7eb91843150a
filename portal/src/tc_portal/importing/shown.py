"""A plan as ``tc-portal import-tasks`` prints it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import get_args
from unicodedata import category

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.local_time import time_zone_of
from tc_portal.core.task_scheduler.coming import next_slots
from tc_portal.core.task_scheduler.found_tasks import FoundTasks
from tc_portal.core.task_scheduler.plan import Outcome, Plan, PlannedTask
from tc_portal.core.task_scheduler.plan_words import candidate_in_words, limits_in_words, outcome_in_words
from tc_portal.core.task_scheduler.task import Unpredictable
from tc_portal.core.task_scheduler.words import triggers_in_words

TIMES_SHOWN = 3
_ORDERS = ("Cc", "Cf", "Cs", "Zl", "Zp")


def plan_in_lines(
    plan: Plan, found: FoundTasks, calendars: Mapping[str, Calendar], now: datetime, language: str
) -> Iterator[str]:
    """Each task with what becomes of it, what was not read, and the sums."""
    is_ja = language.startswith("ja")
    for one in plan.tasks:
        yield from map(_printable, _task(one, calendars, now, language))
    for each in found.unread:
        where = f"{each.file} {each.unread.where}".rstrip()
        reason = each.unread.ja if is_ja else each.unread.en
        yield _printable(f"[{'読めません' if is_ja else 'not read'}] {where}: {reason}")
    if found.windows_own:
        number = found.windows_own
        yield (
            rf"\Microsoft の下のタスク {number} 件は除きました（--with-windows-tasks で含めます）。"
            if is_ja
            else rf"{number} tasks below \Microsoft were left out (--with-windows-tasks takes them in)."
        )
    yield _sum(plan, found, language)


def _sum(plan: Plan, found: FoundTasks, language: str) -> str:
    counted = Counter(one.outcome for one in plan.tasks)
    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    said = [f"{outcome_in_words(outcome, language)} {counted[outcome]}" for outcome in outcomes]
    said.append(f"{'読めません' if language.startswith('ja') else 'not read'} {len(found.unread)}")
    return ("、" if language.startswith("ja") else ", ").join(said)


def _task(one: PlannedTask, calendars: Mapping[str, Calendar], now: datetime, language: str) -> Iterator[str]:
    is_ja = language.startswith("ja")
    head = f"[{outcome_in_words(one.outcome, language)}] {one.task.path}"
    if one.outcome == "same":
        yield f"{head} → {one.job_key}"
        return
    if one.outcome in ("new", "changed"):
        title = "" if one.title == one.job_key else f"（{one.title}）" if is_ja else f" ({one.title})"
        head += f" → {one.job_key}{title}"
    yield head
    by_clock = [trigger for trigger in one.schedule.triggers if not isinstance(trigger, Unpredictable)]
    yield from (f"    {words}" for words in triggers_in_words(by_clock, language))
    yield from (f"    - {note.in_language(language)}" for note in one.notes)
    if one.why is not None:
        yield f"    ! {one.why.in_language(language)}"
    if one.outcome == "unclear":
        for candidate in one.match.candidates:
            yield f'      --map "{one.task.path}={candidate.job.job_key}"  {candidate_in_words(candidate, language)}'
        keys = {candidate.job.job_key for candidate in one.match.candidates}
        if keys and one.job_key not in keys:
            yield f'      --map "{one.task.path}={one.job_key}"  ' + ("新しいジョブ" if is_ja else "a new job")
        return
    if one.settings is not None:
        yield from _expected(one, calendars, now, language)


def _expected(one: PlannedTask, calendars: Mapping[str, Calendar], now: datetime, language: str) -> Iterator[str]:
    is_ja = language.startswith("ja")
    assert one.settings is not None
    zone = time_zone_of(one.schedule.time_zone)
    slots = next_slots(one.schedule, one.narrowed, calendars, now, TIMES_SHOWN)
    if slots:
        times = ("、" if is_ja else ", ").join(f"{slot.due.astimezone(zone):%Y-%m-%d %H:%M}" for slot in slots)
        late = max(slot.may_start_late_by for slot in slots)
        minutes = int(late.total_seconds() // 60)
        delay = ""
        if minutes:
            delay = f"（開始は最大 {minutes} 分遅れる）" if is_ja else f" (may start up to {minutes} minutes late)"
        yield f"    {'次の予定: ' if is_ja else 'next due: '}{times}{delay}"
    if one.narrowed is not None:
        name = calendars[one.narrowed.calendar].name
        yield f"    {'カレンダー: ' if is_ja else 'calendar: '}{name}"
    yield f"    {limits_in_words(one.settings, language)}"


def _printable(text: str) -> str:
    """The text without what a terminal would take for an order: control characters and those that turn the writing round."""
    return "".join("\N{REPLACEMENT CHARACTER}" if category(letter) in _ORDERS else letter for letter in text)
