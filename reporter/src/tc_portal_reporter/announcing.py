"""Tell the portal that a run has begun, and how it is getting on: never kept, and hardly ever waited for."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Callable, Dict, Optional

from .report import run_members
from .settings import Settings, read_settings

if TYPE_CHECKING:
    from .run import Run

# A portal that answers at all does so in less. The script then begins with nothing of ours still running.
START_WAIT_SECONDS = 0.5
START_SECONDS = 2.0
NEWS_SECONDS = 10.0


class Announcer:
    """Sends a run's start and its news. Nothing here raises."""

    def __init__(self, job_key: Optional[str], title: Optional[str]) -> None:
        self._job_key = job_key
        self._title = title
        self._last_news = float("-inf")
        self._is_sending = False
        self._lines_sent = 0

    def start(self, run: Run) -> None:
        """Tell that ``run`` has begun, and wait for the answer, but only half a second."""
        self._send("job-start", lambda: {"started_at": run.started_at, "run_id": run.run_id}, START_WAIT_SECONDS)

    def news(self, run: Run) -> None:
        """Tell what is new, in the background, unless that was done a moment ago or is being done."""
        now = monotonic()
        if self._is_sending or now - self._last_news < NEWS_SECONDS:
            return
        self._is_sending = True
        self._last_news = now
        self._send("job-heartbeat", lambda: self._news_members(run), 0.0)

    def _news_members(self, run: Run) -> Dict[str, object]:
        from .run import log_members

        members: Dict[str, object] = {"run_id": run.run_id}
        if run.progress_told is not None:
            members["progress"] = run.progress_told
        if run.metrics:
            members["metrics"] = dict(run.metrics)
        lines = run.lines(after=self._lines_sent)
        if lines:
            members["log"] = log_members(lines, len(lines))
            self._lines_sent = lines[-1].number
        return members

    def _send(self, name: str, members: Callable[[], Dict[str, object]], wait_seconds: float) -> None:
        try:
            settings = read_settings()
            if settings.is_complete:
                self._send_with(settings, name, members, wait_seconds)
        except Exception:
            # The report will tell all that matters.
            self._is_sending = False

    def _send_with(
        self, settings: Settings, name: str, members: Callable[[], Dict[str, object]], wait_seconds: float
    ) -> None:
        from .delivery import deliver
        from .sending import connect, in_background

        brief = settings._replace(timeout_seconds=min(START_SECONDS, settings.timeout_seconds))
        all_members = {**run_members(settings, self._job_key, self._title), **members()}
        if settings.mask_patterns:
            from .own_words import masked_words

            all_members = masked_words(settings.mask_patterns, all_members)

        # Have all imported that it takes: a fork while another thread is importing would hang the child.
        connect(brief).close()

        def send() -> None:
            try:
                deliver(brief, name, all_members, keep=False)
            finally:
                self._is_sending = False

        in_background(send)(wait_seconds)
