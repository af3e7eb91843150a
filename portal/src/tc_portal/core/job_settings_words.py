"""A job's settings in words, but for its schedules, which ``schedule.schedule_words`` tells."""

from .job_settings import JobSettings
from .wording import Wording


def settings_in_words(settings: JobSettings, wording: Wording) -> list[tuple[str, str]]:
    """What is expected, as pairs of a name and what it is, in the order in which people ask."""
    none = wording.say(ja="なし", en="none")
    minimum = (
        []
        if settings.min_runtime is None
        else [(wording.say(ja="最小実行時間", en="Minimum runtime"), wording.span(settings.min_runtime))]
    )
    return [
        (wording.say(ja="猶予", en="Grace"), wording.span(settings.grace) if settings.grace else none),
        (
            wording.say(ja="最大実行時間", en="Maximum runtime"),
            none if settings.max_runtime is None else wording.span(settings.max_runtime),
        ),
        *minimum,
        (
            wording.say(ja="障害とする連続失敗", en="Failures to an incident"),
            wording.say(
                ja=f"{settings.tolerance} 回",
                en=f"{settings.tolerance}" + (" in a row" if settings.tolerance > 1 else ""),
            ),
        ),
    ]
