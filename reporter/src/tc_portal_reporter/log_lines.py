"""A handler for ``logging`` whose lines go with the run's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .active_runs import current_run

if TYPE_CHECKING:
    from logging import Handler, LogRecord


def log_handler(level: int = 0) -> Handler:
    """A ``logging.Handler`` that adds each record to the log of the run that goes on; the last lines are kept.

    ``logging.getLogger().addHandler(log_handler())``, or in ``dictConfig`` as ``"()": "tc_portal_reporter.log_handler"``.
    """
    import logging
    from datetime import datetime, timezone

    class RunLogHandler(logging.Handler):
        def emit(self, record: LogRecord) -> None:
            try:
                at = datetime.fromtimestamp(record.created, timezone.utc).isoformat()
                current_run().log_at(at, self.format(record))
            except Exception:
                self.handleError(record)

    handler = RunLogHandler(level)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    return handler
