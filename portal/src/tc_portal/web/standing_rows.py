"""The scheduled tasks of a PC as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from tc_portal.core.task_standing.standing_words import standing_in_words, verdict_in_words
from tc_portal.core.wording import Wording
from tc_portal.jobs.host_tasks import StandingTask

_ICONS = {
    "could_not_start": "circle-x",
    "killed": "circle-x",
    "never_triggered": "clock-alert",
    "not_triggered": "clock-alert",
    "report_missing": "clock-alert",
    "code_hides_error": "circle-x",
    "code_hides_success": "circle-x",
    "failed": "circle-x",
    "disabled": "circle-pause",
    "unmonitored": "eye-off",
    "waiting": "circle-dashed",
    "unknown": "circle-question-mark",
    "running": "circle-play",
    "ok": "circle-check",
}
_KINDS = {"ok": "ok", "running": "running", "unmonitored": "unsure", "unknown": "unsure"}


@dataclass
class StandingRow:
    """A task on the page: its verdict, with the icon and the kind of state that it is shown as, and why it is so."""

    one: StandingTask
    verdict: str
    icon: str
    kind: str
    why: str
    may_be: str


def standing_rows(tasks: Iterable[StandingTask], wording: Wording) -> list[StandingRow]:
    """A row for each task, in their order."""
    return [_row(task, wording) for task in tasks]


def _row(task: StandingTask, wording: Wording) -> StandingRow:
    verdict = task.standing.verdict
    return StandingRow(
        task,
        verdict_in_words(verdict, wording.language),
        _ICONS[verdict],
        "bad" if task.standing.is_bad else _KINDS.get(verdict, ""),
        standing_in_words(task.standing, wording),
        wording.say(ja="、", en=", ").join(task.may_be),
    )
