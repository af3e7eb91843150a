"""What a proposal is made from: when the runs were."""

from datetime import datetime, timedelta

import msgspec


class RunSeen(msgspec.Struct, frozen=True):
    """A run: ``at`` is its start (aware UTC), or its end where the job does not say when it starts; ``took`` is None then."""

    at: datetime
    took: timedelta | None = None
