"""Cronitor's telemetry: ``/p/<api key>/<monitor key>?state=run&series=…``, and the same below ``/ping/`` where the query says
``state`` or ``stamp``. The API key is the portal's token. A monitor's key may hold slashes. The body is passed over.
"""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from tc_portal.core.ping_token import PingToken
from tc_portal.core.report import Metric, Report, Result, Start, run_id_of
from tc_portal.core.text import HOST_LIMIT, RUN_ID_LIMIT, head_and_tail
from tc_portal.core.unnamed_run import unnamed
from tc_portal.ingest.cronitor.monitor import SOURCE, job_of_monitor
from tc_portal.ingest.ping_dialect import (
    Ping,
    PingAnswer,
    PingDialect,
    PingRefused,
    PingRequest,
    new_run_id,
    text_answer,
)
from tc_portal.store.recording import Recorded

LONGEST_DURATION = timedelta(days=366)
MANY_METRICS = 50
LONGEST_METRIC_NAME = 100

# ``tick`` and no state are heartbeats; ``ok`` says that the job is well again, by whoever saw to it.
_RESULTS: dict[str, Result] = {
    "": "success",
    "tick": "success",
    "ok": "success",
    "complete": "success",
    "fail": "error",
}
_BY_THEMSELVES = ("", "tick", "ok")
_EXIT_CODE = re.compile(r"-?\d{1,18}", re.ASCII)


def _taken(_: Sequence[Recorded]) -> PingAnswer:
    return text_answer(200, "OK")


def _read(request: PingRequest, _: PingToken) -> Ping:
    state = request.asked("state")
    job_key, title = job_of_monitor(request.parts[1], request.asked("env"))
    at = _stamped(request)
    host = request.asked("host")[:HOST_LIMIT] or None
    if state == "run":
        run_id = _run_id(request, state, job_key, at)
        return Ping((Start(job_key, title, run_id, at, request.received_at, host=host),), _taken)
    if state not in _RESULTS:
        raise PingRefused(text_answer(400, "state must be run, complete, fail, ok or tick"))
    told = dict(_metrics(request))
    duration = _duration(told.pop("duration", None) or _number(request.asked("duration")))
    message = request.asked("message") or request.asked("msg")
    status_code = request.asked("status_code")
    report = Report(
        job_key=job_key,
        title=title,
        status=_RESULTS[state],
        finished_at=at,
        received_at=request.received_at,
        run_id=_run_id(request, state, job_key, at),
        message=head_and_tail(message) or None,
        started_at=None if duration is None else at - duration,
        exit_code=int(status_code) if _EXIT_CODE.fullmatch(status_code) else None,
        host=host,
        source=SOURCE,
        metrics=tuple(Metric(name, value) for name, value in told.items()),
    )
    return Ping((report,), _taken)


def _run_id(request: PingRequest, state: str, job_key: str, at: datetime) -> str:
    """The series, where the run has one; without, an end is that of the newest run that was begun without. A ping that is sent
    again, as its stamp shows, is the same one."""
    series = request.asked("series")
    if series and state not in _BY_THEMSELVES:
        return series if len(series) <= RUN_ID_LIMIT else blake2b(series.encode(), digest_size=16).hexdigest()
    if request.asked("stamp"):
        run_id = run_id_of(job_key, at, _RESULTS.get(state, "success"), f"{state}\0{request.asked('message')}")
    else:
        run_id = new_run_id(request.received_at)
    return run_id if state in _BY_THEMSELVES else unnamed(run_id)


def _stamped(request: PingRequest) -> datetime:
    """When the client sent this by its clock, where it says so in seconds since 1970."""
    stamp = _number(request.asked("stamp"))
    if stamp is None or not 0 < stamp < 1e11:
        return request.received_at
    return datetime.fromtimestamp(stamp, UTC)


def _metrics(request: PingRequest) -> list[tuple[str, float]]:
    """What ``metric=<name>:<number>`` says, any number of times."""
    told = []
    for key, said in request.query:
        name, _, number = said.rpartition(":")
        if key == "metric" and 0 < len(name) <= LONGEST_METRIC_NAME and (value := _number(number)) is not None:
            told.append((name, value))
    return told[:MANY_METRICS]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _duration(seconds: float | None) -> timedelta | None:
    if seconds is None or not 0 <= seconds <= LONGEST_DURATION.total_seconds():
        return None
    return timedelta(seconds=seconds)


CRONITOR = PingDialect(
    name=SOURCE,
    token_of=lambda request: request.parts[0],
    read=_read,
    refusal=text_answer,
    takes=frozenset({"portal"}),
)
