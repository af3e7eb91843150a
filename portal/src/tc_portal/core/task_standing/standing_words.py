"""A task's verdict and its reason, in Japanese and in English."""

from ..task_scheduler.words import length_in_words
from ..wording import Wording
from .event_meanings import BY_ITS_LIMIT, event_in_words
from .result_codes import code_in_words
from .standing import TaskStanding, TaskVerdict

_VERDICTS: dict[TaskVerdict, tuple[str, str]] = {
    "could_not_start": ("起動できず", "Could not start"),
    "killed": ("強制終了", "Killed"),
    "never_triggered": ("未実行", "Never run"),
    "not_triggered": ("起動されず", "Not started"),
    "report_missing": ("報告なし", "No report"),
    "code_hides_error": ("失敗が見えない", "Failure hidden"),
    "code_hides_success": ("コードが不一致", "Codes differ"),
    "failed": ("失敗", "Failed"),
    "disabled": ("無効", "Disabled"),
    "unmonitored": ("監視なし", "Not monitored"),
    "waiting": ("報告待ち", "Waiting"),
    "unknown": ("不明", "Unknown"),
    "running": ("実行中", "Running"),
    "ok": ("正常", "OK"),
}


def verdict_in_words(verdict: TaskVerdict, language: str) -> str:
    """「起動できず」 or "Could not start"."""
    return _VERDICTS[verdict][0 if language.startswith("ja") else 1]


def standing_in_words(standing: TaskStanding, wording: Wording) -> str:
    """Why the task is judged so, as one or two sentences."""
    code = "" if standing.code is None else code_in_words(standing.code, wording.language)
    at = "" if standing.at is None else wording.when(standing.at)
    match standing.verdict:
        case "could_not_start":
            return _could_not_start(standing, wording, at, code)
        case "killed":
            return _killed(standing, wording, at)
        case "never_triggered":
            return _never_triggered(standing, wording)
        case "not_triggered":
            due = "" if standing.due is None else wording.when(standing.due)
            return wording.say(
                ja=f"{due} に起動される予定でしたが、起動されていません（前回の実行: {at or 'なし'}）",
                en=f"It was due {due}, and was not started (last run: {at or 'none'})",
            )
        case "disabled":
            said = wording.say(ja="タスクが無効になっています", en="The task is disabled")
            if not standing.is_bad:
                return said
            return said + wording.say(
                ja="。監視しているジョブは一時停止されていません", en="; the job that monitors it is not paused"
            )
        case "running":
            since = wording.say(ja=f"{at} から", en=f" since {at}") if at else ""
            return wording.say(ja=f"{since}実行中です", en=f"It is running{since}")
        case "waiting":
            return _waiting(standing, wording)
        case "unknown":
            return wording.say(ja="前回いつ実行されたかがわかりません", en="It is not known when it ran last")
        case "unmonitored":
            return _unmonitored(standing, wording, at, code)
        case _:
            return _by_reports(standing, wording, at, code)


def _could_not_start(standing: TaskStanding, wording: Wording, at: str, code: str) -> str:
    what = (
        wording.say(ja="起動できませんでした", en="it could not be started")
        if standing.event is None
        else event_in_words(standing.event, wording.language)
    )
    with_code = f": {code}" if code else ""
    return wording.say(
        ja=f"{at}{' に' if at else ''}{what}{with_code}", en=_sentence(f"{at + ' ' if at else ''}{what}{with_code}")
    )


def _killed(standing: TaskStanding, wording: Wording, at: str) -> str:
    limit = "" if standing.limit is None else length_in_words(standing.limit, wording.language)
    if standing.event is not None:
        what = event_in_words(standing.event, wording.language)
        if standing.event == BY_ITS_LIMIT and limit:
            what += wording.say(ja=f"（上限 {limit}）", en=f" ({limit})")
        return wording.say(ja=f"{at} に、{what}", en=_sentence(f"{at}, {what}"))
    by_whom = wording.say(ja="利用者の操作、または実行時間の上限", en="by a user or by its time limit")
    if limit:
        by_whom += wording.say(ja=f" {limit}", en=f" of {limit}")
    started = wording.say(ja=f"{at} に始まった実行が", en=f"the run that began {at} ") if at else ""
    return wording.say(
        ja=f"{started}終了させられました（{by_whom}）", en=_sentence(f"{started or 'it '}was terminated ({by_whom})")
    )


def _never_triggered(standing: TaskStanding, wording: Wording) -> str:
    due = "" if standing.due is None else wording.when(standing.due)
    if standing.is_bad:
        return wording.say(
            ja=f"一度も実行されていません。{due} に起動される予定でした",
            en=f"It has never been started, though it was due {due}",
        )
    if due:
        return wording.say(
            ja=f"まだ一度も実行されていません（次の予定: {due}）", en=f"It has not run yet (next due {due})"
        )
    return wording.say(
        ja="まだ一度も実行されていません（予定の時刻がわかるトリガーがありません）",
        en="It has not run yet (no trigger of it says when)",
    )


def _waiting(standing: TaskStanding, wording: Wording) -> str:
    due = "" if standing.due is None else wording.when(standing.due)
    due_ja, due_en = (f"（次の予定: {due}）", f" (next due {due})") if due else ("", "")
    return wording.say(
        ja=f"ジョブができてから、まだ実行されていません{due_ja}",
        en=f"It has not run since there is a job for it{due_en}",
    )


def _unmonitored(standing: TaskStanding, wording: Wording, at: str, code: str) -> str:
    last_ja = f"前回の実行: {at}" if at else "前回の実行: 不明"
    last_en = f"last run {at}" if at else "last run unknown"
    if code:
        last_ja, last_en = f"{last_ja}、結果 {code}", f"{last_en}, result {code}"
    return wording.say(
        ja=f"実行されていますが、どのジョブも監視していません（{last_ja}）",
        en=f"It runs, and no job monitors it ({last_en})",
    )


def _by_reports(standing: TaskStanding, wording: Wording, at: str, code: str) -> str:
    ended = "" if standing.heard is None else wording.when(standing.heard.ended_at)
    match standing.verdict:
        case "report_missing":
            with_code = wording.say(ja=f"（結果 {code}）", en=f" (result {code})") if code else ""
            kept = ""
            if standing.held_back:
                kept = wording.say(
                    ja=f"。この PC には報告が {standing.held_back} 件残っています",
                    en=f"; {standing.held_back} reports are still kept on this PC",
                )
            return wording.say(
                ja=f"{at} に実行されましたが{with_code}、スクリプトからの報告がありません{kept}",
                en=f"It ran {at}{with_code}, and its script has not reported{kept}",
            )
        case "code_hides_error":
            return wording.say(
                ja=f"スクリプトは {ended} に失敗を報告しましたが、タスクの結果は 0（成功）です。スクリプトが終了コードを返していません",
                en=f"Its script reported an error {ended}, but the task's result is 0 (success): the script returns no exit code",
            )
        case "code_hides_success":
            return wording.say(
                ja=f"スクリプトは {ended} に成功を報告しましたが、タスクの結果は {code} です。報告の後で失敗したおそれがあります",
                en=f"Its script reported a success {ended}, but the task's result is {code}: it may have failed after its report",
            )
        case "failed":
            with_code = wording.say(ja=f"（結果 {code}）", en=f" (result {code})") if code else ""
            return wording.say(ja=f"{ended} に失敗しました{with_code}", en=f"It failed {ended}{with_code}")
        case _:
            return wording.say(ja=f"{ended} に成功しました", en=f"It succeeded {ended}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
