"""What the events of the log Microsoft-Windows-TaskScheduler/Operational say of how a task stands.

Source: the manifest of the provider Microsoft-Windows-TaskScheduler.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from .seen_task import TaskEvent

BEGUN = frozenset((100, 110, 114))
ENDED = frozenset((102, 201))
START_FAILED = frozenset((101, 103, 104, 105, 202, 203, 204))
BY_ITS_LIMIT = 329
KILLED = frozenset((111, 323, 327, 328, BY_ITS_LIMIT, 330))
# It was to start, and a condition was in the way.
HELD_UP = frozenset((112, 130, 131, 133, 135, 153, 326, 332))

# The list of tasks tells seconds, the log more than that.
ROUNDING = timedelta(seconds=2)

_WORDS: dict[int, tuple[str, str]] = {
    101: ("起動できませんでした", "it could not be started"),
    103: ("操作を開始できませんでした", "its action could not be started"),
    104: ("ログオンできませんでした", "the logon failed"),
    105: ("アカウントの権限を借用できませんでした", "the account could not be impersonated"),
    111: ("終了させられました", "it was terminated"),
    112: ("ネットワークがないため起動されませんでした", "it was not started: no network"),
    130: ("サービスが混み合って起動されませんでした", "it was not started: the service was busy"),
    131: ("タスクが多すぎて起動されませんでした", "it was not started: too many tasks"),
    133: ("アカウントのタスクが多すぎて起動されませんでした", "it was not started: too many tasks of the account"),
    135: ("アイドル状態でないため起動されませんでした", "it was not started: the PC was not idle"),
    153: ("予定の時刻に PC が動いておらず、起動されませんでした", "it missed its time: the PC was off or asleep"),
    202: ("操作が失敗しました", "its action failed"),
    203: ("操作を起動できませんでした", "its action could not be launched"),
    204: ("イベントによる起動に失敗しました", "it could not be started by its event"),
    323: ("新しい実行のために終了させられました", "it was stopped for the sake of a new run"),
    326: ("バッテリで動作中のため起動されませんでした", "it was not started: the PC ran on battery"),
    327: ("バッテリに切り替わったため終了させられました", "it was stopped: the PC switched to battery"),
    328: ("アイドル状態でなくなったため終了させられました", "it was stopped: the PC was idle no longer"),
    BY_ITS_LIMIT: ("実行時間の上限を超えたため終了させられました", "it was stopped by its time limit"),
    330: ("利用者が終了させました", "a user stopped it"),
    332: ("利用者がログオンしていないため起動されませんでした", "it was not started: its user was not logged on"),
}


def decisive_event(events: Sequence[TaskEvent], last_run_at: datetime | None) -> TaskEvent | None:
    """The latest event that says why the task did not start, or that it was stopped, unless it has begun anew or ended since.

    Of a run that was stopped, the event that says by what is told, before the one that says only that.
    """
    of_last_run = list(_since_it_began(events, last_run_at))
    for wanted in (KILLED - {111}, KILLED):
        killed = [event for event in of_last_run if event.number in wanted]
        if killed:
            return killed[0]
    if any(event.number in ENDED for event in of_last_run[:1]):
        return None
    with_code = sorted(of_last_run, key=lambda event: event.code is None)
    return next((event for event in with_code if event.number in START_FAILED | HELD_UP), None)


def event_in_words(number: int, language: str) -> str:
    """What the event says, as a clause."""
    ja, en = _WORDS.get(number, (f"イベント {number}", f"event {number}"))
    return ja if language.startswith("ja") else en


def _since_it_began(events: Sequence[TaskEvent], last_run_at: datetime | None) -> Iterator[TaskEvent]:
    """Latest first, back to the last beginning of a run, or to its last one as the list of tasks has it."""
    for event in sorted(events, key=lambda event: event.at, reverse=True):
        if event.number in BEGUN or (last_run_at is not None and event.at < last_run_at - ROUNDING):
            return
        yield event
