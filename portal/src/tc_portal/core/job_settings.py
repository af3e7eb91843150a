"""A job's settings: what a person expects of it, as it is kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from .history import Terms
from .judge import Expectation


class JobSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """See ``core.judge.Expectation`` for the times."""

    grace: timedelta = timedelta(minutes=30)
    early: timedelta = timedelta(minutes=15)
    max_runtime: timedelta | None = None
    min_runtime: timedelta | None = None
    tolerance: int = 1
    is_paused: bool = False


_read = msgspec.json.Decoder(JobSettings).decode


def read_terms(definition: str, in_force_from: datetime, calendars: Mapping[str, str]) -> Terms:
    """What the judge goes by. ``definition`` is JSON; ``calendars`` are definitions, JSON too, by their names."""
    settings = _read(definition)
    expected = Expectation(
        in_force_from,
        settings.grace,
        settings.early,
        settings.max_runtime,
        settings.min_runtime,
        settings.tolerance,
        settings.is_paused,
    )
    return Terms(expected, None)
