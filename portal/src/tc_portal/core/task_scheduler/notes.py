"""What to know of a task before its job is made: what cannot be predicted, what follows from what."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from ..business_days.local_time import instant_of, time_zone_of
from ..schedule.unschedulable import Unschedulable
from .task import USUAL_LIMIT, Monthly, MonthlyByWeekday, Task, Trigger, Unpredictable, Weekly
from .windows_schedule import WindowsSchedule, unpredictable
from .words import trigger_in_words

# A task that is due on 29 February only may pause for eight years; this is far enough to say that one has ended.
FAR = timedelta(days=9 * 366)


class Said(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    ja: str
    en: str

    def in_language(self, language: str) -> str:
        return self.ja if language.startswith("ja") else self.en


def said_by(refusal: Unschedulable) -> Said:
    return Said(refusal.ja, refusal.en)


def is_over(schedule: WindowsSchedule, now: datetime) -> bool:
    """Whether the task was due by the clock, and never will be again, though nothing else starts it."""
    if unpredictable(schedule) or not any(_tells_times(each) and each.is_enabled for each in schedule.triggers):
        return False
    as_enabled = msgspec.structs.replace(schedule, is_task_enabled=True)
    return next(iter(as_enabled.slots(now, now + FAR)), None) is None


def notes_of(task: Task, schedule: WindowsSchedule, now: datetime) -> Iterator[Said]:
    """What a person should know of the task, each once."""
    yield from dict.fromkeys(_notes(task, schedule, now))


def _notes(task: Task, schedule: WindowsSchedule, now: datetime) -> Iterator[Said]:
    if not task.is_enabled:
        yield Said("タスクは無効です。ジョブは一時停止にします。", "The task is disabled: its job is paused.")
    elif task.triggers and not any(trigger.is_enabled for trigger in task.triggers):
        yield Said(
            "トリガーがすべて無効です。ジョブは一時停止にします。", "All its triggers are disabled: its job is paused."
        )
    for trigger in unpredictable(schedule):
        yield Said(
            f"いつ動くか予測できません: {trigger_in_words(trigger, 'ja').replace('（予測できません）', '')}",
            f"Cannot be predicted: {trigger_in_words(trigger, 'en').replace(' (cannot be predicted)', '')}",
        )
    if not any(_tells_times(trigger) and trigger.is_enabled for trigger in task.triggers):
        why_ja = "時刻で動くトリガーがない" if task.triggers else "トリガーがない"
        why_en = "no trigger goes by the clock" if task.triggers else "it has no trigger"
        yield Said(
            f"{why_ja}ので、予定なしのジョブになります。未報告にはならず、失敗の報告だけが障害になります。",
            f"As {why_en}, its job has no schedule: it is never missed, and only a failure that it reports is an incident.",
        )
    elif is_over(schedule, now):
        yield Said("もう動く予定がありません。", "It has no run to come.")
    if any(_counts_days_elsewhere(trigger, schedule.time_zone) for trigger in task.triggers):
        yield Said(
            "開始日時に時差の指定があり、その時計では曜日や日がこの PC と違います。予定の日を確かめてください。",
            "Its start has an offset, and on that clock the weekday or day is another than on the PC. Check the due days.",
        )
    if _may_overlap(task):
        yield Said(
            "繰り返しの間隔より長く動くことがあります。前の実行が続いている間の回は、Windows が動かさないか、遅らせます。",
            "It may run longer than the interval at which it repeats. Windows leaves out or delays what falls into a run.",
        )


def _tells_times(trigger: Trigger) -> bool:
    return not isinstance(trigger, Unpredictable)


def _counts_days_elsewhere(trigger: Trigger, time_zone: str) -> bool:
    start = trigger.start
    if not isinstance(trigger, Weekly | Monthly | MonthlyByWeekday) or start is None or start.offset is None:
        return False
    local = start.local
    if not 1900 <= local.year <= 9900:
        return False
    instant = instant_of(local - start.offset, time_zone_of("UTC"))
    return instant.astimezone(time_zone_of(time_zone)).date() != local.date()


def _may_overlap(task: Task) -> bool:
    if task.multiple_instances not in ("ignore_new", "queue"):
        return False
    return any(
        trigger.is_enabled
        and trigger.repetition is not None
        and (limit := trigger.execution_time_limit or task.execution_time_limit) not in (None, USUAL_LIMIT)
        and limit > trigger.repetition.interval
        for trigger in task.triggers
    )
