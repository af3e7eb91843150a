"""The alerts' process as a child of ``serve``: started, started anew if it dies, and ended with the portal."""

import asyncio
import contextlib
import logging
import sys

logger = logging.getLogger(__name__)

RESTART_PAUSE = 1.0
LONGEST_RESTART_PAUSE = 60.0
# What is being sent when the portal ends may take its 15 seconds.
SECONDS_TO_FINISH = 18.0


async def send_alerts_for_ever() -> None:
    """Keep the process running until cancelled; then let it finish what it is sending."""
    pause = RESTART_PAUSE
    while True:
        began = asyncio.get_running_loop().time()
        try:
            # -P: what lies in the working directory is not to be imported.
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "tc_portal.alerts", stdin=asyncio.subprocess.PIPE
            )
        except OSError as error:
            logger.error("the process that sends alerts does not start: %s", error)
        else:
            await _outlived(process)
            logger.error("the process that sends alerts has ended; starting it anew")
        has_lasted = asyncio.get_running_loop().time() - began > LONGEST_RESTART_PAUSE
        pause = RESTART_PAUSE if has_lasted else min(pause * 2, LONGEST_RESTART_PAUSE)
        await asyncio.sleep(pause)


async def _outlived(process: asyncio.subprocess.Process) -> None:
    try:
        await process.wait()
    except asyncio.CancelledError:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(TimeoutError, ProcessLookupError):
            async with asyncio.timeout(SECONDS_TO_FINISH):
                await process.wait()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        raise
