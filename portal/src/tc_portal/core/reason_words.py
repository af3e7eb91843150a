"""Each reason as one sentence, in Japanese and in English."""

from datetime import datetime

from .reason import (
    AnyReason,
    Failed,
    NeverRan,
    NoHeartbeat,
    NoReport,
    Paused,
    PortalWasAway,
    Running,
    RunsTooLong,
    Succeeded,
    TooFast,
)
from .wording import Wording


def reason_in_words(reason: AnyReason, wording: Wording, since: datetime | None = None) -> str:
    """Why a job is as it is. ``since`` is when its present streak of one result began, where that is known."""
    match reason:
        case NeverRan():
            return _never_ran(reason, wording)
        case Succeeded():
            return _succeeded(reason, wording)
        case Failed():
            return _failed(reason, wording, since)
        case TooFast():
            return _too_fast(reason, wording)
        case NoReport():
            return _no_report(reason, wording)
        case Running():
            return _running(reason, wording)
        case RunsTooLong():
            return _runs_too_long(reason, wording)
        case NoHeartbeat():
            return _no_heartbeat(reason, wording)
        case PortalWasAway():
            return _portal_was_away(reason, wording)
        case Paused():
            since_then = wording.moment(reason.since)
            return wording.say(ja=f"{since_then} から一時停止しています", en=f"Paused since {since_then}")


def _never_ran(reason: NeverRan, wording: Wording) -> str:
    if reason.due is None:
        return wording.say(ja="まだ一度も報告がありません", en="Nothing has been reported yet")
    due = wording.when(reason.due)
    if reason.due <= wording.now:
        return wording.say(
            ja=f"まだ一度も実行されていません（{due} の予定の報告を待っています）",
            en=f"It has not run yet (waiting for the report of the run due {due})",
        )
    return wording.say(
        ja=f"まだ一度も実行されていません（次の予定: {due}）", en=f"It has not run yet (next due {due})"
    )


def _succeeded(reason: Succeeded, wording: Wording) -> str:
    finished = wording.when(reason.finished_at)
    if reason.late_for is None:
        return wording.say(ja=f"最後の実行は {finished} に成功しました", en=f"The last run succeeded {finished}")
    due = wording.when(reason.late_for)
    return wording.say(
        ja=f"{due} の予定の報告が、期限を過ぎてから届きました（遅着、{finished} に成功）",
        en=f"The report of the run due {due} came late; the run succeeded {finished}",
    )


def _failed(reason: Failed, wording: Wording, since: datetime | None) -> str:
    finished = wording.when(reason.finished_at)
    has_lasted = since is not None and since < reason.finished_at
    begun = wording.moment(since) if since is not None and has_lasted else ""
    if reason.failures > 1:
        from_then_ja, from_then_en = (f"{begun} から ", f" since {begun}") if begun else ("", "")
        return wording.say(
            ja=f"{from_then_ja}{reason.failures} 回続けて失敗しています（最終: {finished}）",
            en=f"It has failed {reason.failures} times in a row{from_then_en}, last {finished}",
        )
    if begun:
        return wording.say(
            ja=f"{begun} から失敗が続いています（最終: {finished}）",
            en=f"It has been failing since {begun}, last {finished}",
        )
    return wording.say(ja=f"{finished} に終わった実行が失敗しました", en=f"The run that ended {finished} failed")


def _too_fast(reason: TooFast, wording: Wording) -> str:
    finished, took, minimum = wording.when(reason.finished_at), wording.span(reason.took), wording.span(reason.minimum)
    return wording.say(
        ja=f"{finished} に成功と報告されましたが、所要時間 {took}が最小実行時間 {minimum}より短く、正しく動いていないおそれがあります",
        en=f"A success was reported {finished}, but it took {took}, less than the minimum runtime of {minimum}",
    )


def _no_report(reason: NoReport, wording: Wording) -> str:
    due, grace = wording.when(reason.due), wording.span(reason.grace)
    has_grace = bool(reason.grace)
    silent_ja = (
        f"{due} の予定から猶予 {grace}を過ぎても報告がありません" if has_grace else f"{due} の予定の報告がありません"
    )
    silent_en = f"The run due {due} has not been reported" + (
        f", even after its grace of {grace}" if has_grace else ""
    )
    if reason.slots > 1:
        silent_ja += f"。{reason.slots} 回続けて未報告です"
        silent_en += f"; {reason.slots} runs in a row are missed"
    if reason.last_success is None:
        return wording.say(
            ja=f"{silent_ja}（成功した実行はまだありません）", en=f"{silent_en} (it has never succeeded yet)"
        )
    success = wording.moment(reason.last_success)
    return wording.say(ja=f"{silent_ja}（前回の成功: {success}）", en=f"{silent_en} (last success: {success})")


def _running(reason: Running, wording: Wording) -> str:
    started = wording.moment(reason.started_at)
    if reason.limit is None:
        return wording.say(ja=f"{started} から実行中です", en=f"Running since {started}")
    limit = wording.moment(reason.limit)
    return wording.say(ja=f"{started} から実行中です（上限: {limit}）", en=f"Running since {started} (limit: {limit})")


def _runs_too_long(reason: RunsTooLong, wording: Wording) -> str:
    started, limit = wording.when(reason.started_at), wording.moment(reason.limit)
    allowed = wording.span(reason.limit - reason.started_at)
    return wording.say(
        ja=f"{started} に始まった実行が、上限の {allowed}（{limit}）を過ぎても終わっていません",
        en=f"The run that began {started} has not ended by its limit of {allowed} ({limit})",
    )


def _no_heartbeat(reason: NoHeartbeat, wording: Wording) -> str:
    started, heard, every = (
        wording.when(reason.started_at),
        wording.moment(reason.heard_at),
        wording.span(reason.every),
    )
    return wording.say(
        ja=f"{started} に始まった実行から、{heard} を最後にハートビート（{every}ごと）が届いていません。"
        "強制終了されたか、ネットワークから切り離されています",
        en=f"The run that began {started} has sent no heartbeat since {heard}, though it promised one every {every}: "
        "it was killed, or is cut off from the network",
    )


def _portal_was_away(reason: PortalWasAway, wording: Wording) -> str:
    due, drained = wording.when(reason.due), wording.moment(reason.drained_at)
    away = wording.between(reason.away_from, reason.away_until)
    return wording.say(
        ja=f"{due} の予定は監視停止（{away}）と重なりました。たまった報告が {drained} まで届くことがあるため、判定はその後です",
        en=f"The run due {due} fell into a time when the portal was away ({away}); reports kept meanwhile may "
        f"still arrive until {drained}, and it is judged then",
    )
