"""A trigger in words, as an operator would say it."""

from .task import AnyTrigger
from .words_en import trigger_in_english
from .words_ja import trigger_in_japanese


def trigger_in_words(trigger: AnyTrigger, language: str) -> str:
    """「2 週間ごと 月 08:00、そこから 15 分ごとに 8 時間（2026-12-31 まで）」 or "Every 2 weeks on Monday at 08:00, then …".

    Japanese where ``language`` begins with "ja", otherwise English. Times are those of the trigger's own clock, which is
    told where it is not the PC's.
    """
    return trigger_in_japanese(trigger) if language.startswith("ja") else trigger_in_english(trigger)
