"""What a plan says of a task, in words."""

from ..job_settings import JobSettings
from .matching import Candidate, MatchReason
from .plan import Outcome
from .words import length_in_words

_OUTCOMES: dict[Outcome, tuple[str, str]] = {
    "new": ("新規", "new"),
    "changed": ("変更", "change"),
    "same": ("変更なし", "no change"),
    "unclear": ("要確認", "to decide"),
    "left_out": ("対象外", "left out"),
}


def outcome_in_words(outcome: Outcome, language: str) -> str:
    """「新規」 or "new"."""
    return _OUTCOMES[outcome][0 if language.startswith("ja") else 1]


def candidate_in_words(candidate: Candidate, language: str) -> str:
    """「名前が同じ（売上集計）、過去の実行 20 回のうち 19 回が予定の時刻」"""
    separator = "、" if language.startswith("ja") else "; "
    return separator.join(reason_in_words(reason, language) for reason in candidate.reasons)


def reason_in_words(reason: MatchReason, language: str) -> str:
    """Why a job may be the task's, or may not."""
    ja, en = _reason(reason)
    return ja if language.startswith("ja") else en


def _reason(reason: MatchReason) -> tuple[str, str]:
    name = reason.detail
    fitting, runs = (reason.fit.fitting, reason.fit.runs) if reason.fit is not None else (0, 0)
    match reason.by:
        case "imported":
            return (
                "前にこのタスクから取り込んだ" + (f"（{name}）" if name else ""),
                "was imported from this task" + (f" ({name})" if name else ""),
            )
        case "key_in_arguments":
            return f"タスクの引数が --key {name}", f"the task's arguments say --key {name}"
        case "same_name":
            return f"名前が同じ（{name}）", f"has the same name ({name})"
        case "script":
            return f"スクリプトの名前が同じ（{name}）", f"is named as its script ({name})"
        case "described":
            return f"タスクの説明が同じ（{name}）", f"is named as its description ({name})"
        case "within":
            return "名前の一方が他方を含む", "one name holds the other"
        case "alike":
            return "名前が似ている", "has a name much like it"
        case "times":
            return (
                f"過去の実行 {runs} 回のうち {fitting} 回が予定の時刻に合う",
                f"{fitting} of its last {runs} runs fell on the due times",
            )
        case "other_host":
            return f"ただし別の PC（{name}）から報告", f"but reports from another PC ({name})"
        case "other_task":
            return f"ただし別のタスク（{name}）から取り込んである", f"but was imported from another task ({name})"
        case "other_times":
            return (
                f"ただし過去の実行 {runs} 回のうち予定の時刻に合うのは {fitting} 回",
                f"but only {fitting} of its last {runs} runs fell on the due times",
            )


def limits_in_words(settings: JobSettings, language: str) -> str:
    """「猶予 30 分、最大実行時間 2 時間」 or "grace 30 minutes, maximum runtime 2 hours"."""
    is_ja = language.startswith("ja")
    grace = length_in_words(settings.grace, language) if settings.grace else ("なし" if is_ja else "none")
    said = [f"猶予 {grace}" if is_ja else f"grace {grace}"]
    if settings.max_runtime is not None:
        limit = length_in_words(settings.max_runtime, language)
        said.append(f"最大実行時間 {limit}" if is_ja else f"maximum runtime {limit}")
    if settings.is_paused:
        said.append("一時停止" if is_ja else "paused")
    return ("、" if is_ja else ", ").join(said)
