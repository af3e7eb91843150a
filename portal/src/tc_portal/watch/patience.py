"""Trouble that comes again each second is told once, and asked about ever less often until it is over."""

import logging

logger = logging.getLogger(__name__)


class Patience:
    """Says how many seconds to wait after each try, and logs the first of the tries that fail and the next that works."""

    def __init__(self, task: str, between_tries: float, longest: float) -> None:
        """``task`` is what is tried, as it reads after "cannot": "judge what is due"."""
        self._task = task
        self._between_tries = between_tries
        self._longest = longest
        self._failures = 0

    def after_success(self) -> float:
        if self._failures:
            logger.warning("can %s again", self._task)
        self._failures = 0
        return self._between_tries

    def after_failure(self, error: Exception) -> float:
        if not self._failures:
            reason = " ".join(str(error).split())
            logger.warning("cannot %s; trying until it works: %s", self._task, reason)
        self._failures += 1
        return min(self._between_tries * 2.0 ** min(self._failures, 16), self._longest)
