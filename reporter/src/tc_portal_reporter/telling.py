"""What is printed of a report: first the guide's own line, then what the guide had no words for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from .console import say
from .settings import Settings
from .text import without_secrets

if TYPE_CHECKING:
    from .delivery import Delivery

WORDS = {
    "ja": {
        "kept": "報告をこの PC に保管しました。次の報告のときに送ります。",
        "lost": "報告を保管できませんでした: {why}",
        "refused": "受け付けられない報告なので、送り直さずに取り置きました: {why}",
        "caught_up": "保管していた報告を {count} 件送りました。",
    },
    "en": {
        "kept": "The report is kept on this PC and will be sent with the next one.",
        "lost": "The report could not be kept: {why}",
        "refused": "The report was refused; it is put aside and not sent again: {why}",
        "caught_up": "Sent {count} reports that had been kept.",
    },
}


def say_delivery(settings: Settings, status: str, delivery: Delivery) -> None:
    """Print what became of a report."""
    _say(settings, _guides_line(status, delivery))
    for line in _further_lines(delivery):
        _say(settings, line)
    say_config_problems(settings)


def say_error(settings: Settings, why: str) -> None:
    _say(settings, f"報告エラー: {why}")
    say_config_problems(settings)


def say_skipped(settings: Settings) -> None:
    """Print that there is no address or no secret."""
    _say(settings, "環境変数未設定のためスキップ")
    say_config_problems(settings)


def say_config_problems(settings: Settings) -> None:
    """Print what is wrong with the config file; the job goes on with what is left of it, and the variables."""
    if settings.config.problems:
        spoken = _language()
        for problem in settings.config.problems:
            _say(settings, problem.ja if spoken == "ja" else problem.en)


def _guides_line(status: str, delivery: Delivery) -> str:
    """The guide's line for this: its urllib took a status of 400 and above for an exception."""
    from .outcome import REDIRECTS

    answer = delivery.answer
    if answer is None:
        return f"報告エラー: {delivery.reason}"
    if delivery.is_recorded:
        return f"報告成功: {status}"
    if 200 <= answer.status < 300 or answer.status in REDIRECTS:
        return f"報告失敗: HTTP {answer.status}"
    return f"報告エラー: HTTP Error {answer.status}: {answer.reason}"


def _further_lines(delivery: Delivery) -> Iterator[str]:
    if delivery.is_recorded and not delivery.caught_up:
        return
    words = WORDS[_language()]
    if delivery.outcome == "lost" and delivery.not_kept:
        yield words["lost"].format(why=delivery.not_kept)
    elif delivery.outcome in ("kept", "refused"):
        yield words[delivery.outcome].format(why=delivery.reason)
    if delivery.caught_up:
        yield words["caught_up"].format(count=delivery.caught_up)


def _language() -> str:
    from .language import language

    return language()


def _say(settings: Settings, line: str) -> None:
    say("[TC Portal] " + without_secrets(line, settings.secret))
