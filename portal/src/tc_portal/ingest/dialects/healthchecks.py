"""Healthchecks' pings: ``/ping/<token>`` and ``/ping/<token of the portal>/<job key>``, with ``/start``, ``/fail``, ``/log`` or an exit
status behind, and the run's name in ``?rid=``. A body is the run's output; what ``/start`` and ``/log`` bring goes to the run's log.
"""

import re
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from tc_portal.core.ping_token import PingToken
from tc_portal.core.report import MICROSECOND, Heartbeat, LogLine, Telling
from tc_portal.core.text import JOB_KEY_LIMIT, TITLE_LIMIT, cut
from tc_portal.ingest.details import LOG_LINE_LIMIT, LOG_LINES_LIMIT, OUTPUT_HEAD_BYTES, OUTPUT_TAIL_BYTES
from tc_portal.ingest.ping_body import output_of
from tc_portal.ingest.ping_dialect import (
    Ping,
    PingAnswer,
    PingDialect,
    PingRefused,
    PingRequest,
    job_of,
    new_unnamed_run_id,
    run_began,
    run_ended,
    text_answer,
)
from tc_portal.store.recording import Recorded

SOURCE = "healthchecks"
LARGEST_EXIT_STATUS = 255
# Clients that send what a run printed send this much of it.
BODY_LIMIT_TOLD = (b"ping-body-limit", str(OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES).encode())

_RUN_NAME = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _read_by_uuid(request: PingRequest, token: PingToken) -> Ping:
    _, signal = request.parts
    return Ping(_told(request, job_of(token), signal, makes_job=True), _taken)


def _read_by_slug(request: PingRequest, token: PingToken) -> Ping:
    """Where there is no such job, it is made only if the ping asks for that."""
    _, slug, signal = request.parts
    if slug != slug.lower():
        raise PingRefused(text_answer(400, "invalid url format"))
    is_to_be_made = request.asked("create") == "1"
    told = _told(request, (slug, slug), signal, makes_job=is_to_be_made)
    return Ping(told, partial(_taken_by_slug, tells_creation=is_to_be_made))


def _told(request: PingRequest, job: tuple[str, str], signal: str, makes_job: bool) -> list[Telling]:
    exit_status = int(signal) if signal.isdecimal() else None
    if exit_status is not None and exit_status > LARGEST_EXIT_STATUS:
        raise PingRefused(text_answer(400, "invalid url format"))
    run_id = _run_name(request)
    if signal == "start":
        start = run_began(request, job, run_id, makes_job)
        lines = _lines(request)
        return [start, Heartbeat(start.job_key, start.run_id, start.received_at, log=lines)] if lines else [start]
    if signal == "log":
        name = run_id or new_unnamed_run_id(request.received_at)
        title = cut(job[1], TITLE_LIMIT) if makes_job else None
        return [Heartbeat(job[0][:JOB_KEY_LIMIT], name, request.received_at, log=_lines(request), title=title)]
    has_failed = signal == "fail" or bool(exit_status)
    return [
        run_ended(
            request,
            job,
            "error" if has_failed else "success",
            SOURCE,
            run_id=run_id,
            exit_code=exit_status,
            ends_newest=True,
            makes_job=makes_job,
        )
    ]


def _run_name(request: PingRequest) -> str | None:
    if not any(name == "rid" for name, _ in request.query):
        return None
    name = request.asked("rid")
    if not _RUN_NAME.fullmatch(name):
        raise PingRefused(text_answer(400, "invalid uuid format"))
    return str(UUID(name))


def _lines(request: PingRequest) -> tuple[LogLine, ...]:
    """The lines of the body for the run's log, in their order; of many the last ones."""
    output = output_of(request.body, request.headers.get(b"content-type"))
    if output is None:
        return ()
    lines = [line for line in (output.head + output.tail).splitlines() if line.strip()][-LOG_LINES_LIMIT:]
    return tuple(
        LogLine(request.received_at + number * MICROSECOND, cut(line, LOG_LINE_LIMIT))
        for number, line in enumerate(lines)
    )


def _taken(_: Sequence[Recorded]) -> PingAnswer:
    return text_answer(200, "OK")._replace(headers=(BODY_LIMIT_TOLD,))


def _taken_by_slug(recorded: Sequence[Recorded], tells_creation: bool) -> PingAnswer:
    job_is = recorded[0].job_is
    if job_is == "unknown":
        return text_answer(404, "not found")
    if job_is == "new" and tells_creation:
        return text_answer(201, "Created")._replace(headers=(BODY_LIMIT_TOLD,))
    return _taken(recorded)


def _token(request: PingRequest) -> str:
    return request.parts[0]


HEALTHCHECKS_BY_UUID = PingDialect(SOURCE, _token, _read_by_uuid, text_answer)
HEALTHCHECKS_BY_SLUG = PingDialect(SOURCE, _token, _read_by_slug, text_answer, takes=frozenset({"portal"}))
