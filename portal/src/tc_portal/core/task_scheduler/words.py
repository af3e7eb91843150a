"""Triggers, and a length of time, in words, as an operator would say it."""

from collections.abc import Iterable
from datetime import timedelta

from .task import AnyTrigger
from .words_en import length_in_english, trigger_in_english
from .words_ja import length_in_japanese, trigger_in_japanese

# A task may have 48; no more than this are told one by one.
MANY_TRIGGERS = 6


def trigger_in_words(trigger: AnyTrigger, language: str) -> str:
    """「2 週間ごと 月 08:00、そこから 15 分ごとに 8 時間（2026-12-31 まで）」 or "Every 2 weeks on Monday at 08:00, then …".

    Japanese where ``language`` begins with "ja", otherwise English. Times are those of the trigger's own clock, which is
    told where it is not the PC's.
    """
    return trigger_in_japanese(trigger) if language.startswith("ja") else trigger_in_english(trigger)


def triggers_in_words(triggers: Iterable[AnyTrigger], language: str, most: int = MANY_TRIGGERS) -> list[str]:
    """Each of the triggers once; of more than ``most``, how many more there are."""
    said = list(dict.fromkeys(trigger_in_words(trigger, language) for trigger in triggers))
    if len(said) <= most:
        return said
    more = len(said) - most + 1
    rest = f"ほか {more} 個のトリガー" if language.startswith("ja") else f"and {more} more triggers"
    return [*said[: most - 1], rest]


def length_in_words(length: timedelta, language: str) -> str:
    """「1 時間 30 分」 or "1 hour and 30 minutes"."""
    return length_in_japanese(length) if language.startswith("ja") else length_in_english(length)
