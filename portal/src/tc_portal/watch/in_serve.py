"""The watcher inside ``serve``: asks the process that writes, each second, to judge what is due."""

import asyncio
import logging
from datetime import UTC, datetime

from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.writer import Writer

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0


async def watch_for_ever(writer: Writer) -> None:
    """Have all that is due judged, again and again. Trouble passes or is told; the watching goes on."""
    while True:
        try:
            while await writer.watch(datetime.now(UTC)):
                pass
        except Unavailable as absence:
            logger.warning("what is due could not be judged: %s", absence)
        except Refused as refusal:
            logger.error("what is due could not be judged: %s", refusal)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
