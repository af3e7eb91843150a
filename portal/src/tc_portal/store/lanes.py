"""Several writers side by side: while the database commits for one, the next batch of another is made ready."""

from collections.abc import Sequence
from zlib import crc32

from tc_portal.core.report import Report

from .recording import Recorded
from .writer import Store, Writer


class Lanes:
    """One ``Writer`` a store. A job's reports all go through one lane, so that lanes never wait for each other's jobs."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._writers = [Writer(store) for store in stores]

    def start(self) -> None:
        for writer in self._writers:
            writer.start()

    async def record(self, report: Report) -> Recorded:
        """Queue the report and wait until it is durable. Raises ``Refused`` or ``Unavailable``."""
        return await self._writers[crc32(report.job_key.encode()) % len(self._writers)].record(report)

    async def beat(self) -> None:
        """Commit a heartbeat in every lane, to prove that commits go through. Raises as ``record`` does."""
        for writer in self._writers:
            await writer.beat()

    async def close(self) -> None:
        """Commit what is queued, then let the database go."""
        for writer in self._writers:
            await writer.close()
