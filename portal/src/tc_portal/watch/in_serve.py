"""What goes on inside ``serve`` while nobody asks for anything: heartbeats, and, unless others do, watching."""

import asyncio
from datetime import UTC, datetime

from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.writer import Writer

from .patience import Patience
from .second_monitor import SecondMonitor

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_BEATS = 2.0
# Each beat that is late makes a blind time longer.
LONGEST_PAUSE = 4.0


async def beat_for_ever(writer: Writer) -> None:
    """Have it recorded, again and again, that the portal receives."""
    patience = Patience("commit to the database", SECONDS_BETWEEN_BEATS, LONGEST_PAUSE)
    while True:
        try:
            await writer.beat()
        except (Unavailable, Refused) as trouble:
            pause = patience.after_failure(trouble)
        else:
            pause = patience.after_success()
        await asyncio.sleep(pause)


async def watch_for_ever(writer: Writer, second_monitor: SecondMonitor | None) -> None:
    """Have all that is due judged, again and again. Trouble is told and passes; the watching goes on."""
    patience = Patience("judge what is due", SECONDS_BETWEEN_LOOKS, LONGEST_PAUSE)
    while True:
        try:
            while await writer.watch(datetime.now(UTC)):
                pass
        except (Unavailable, Refused) as trouble:
            pause = patience.after_failure(trouble)
        else:
            pause = patience.after_success()
            if second_monitor is not None:
                second_monitor.note_that_watching_works()
        await asyncio.sleep(pause)
