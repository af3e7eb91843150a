"""The verdicts that a job can stand at."""

from typing import Literal

Verdict = Literal["waiting", "running", "ok", "error", "missed", "overdue", "paused", "unknown"]
