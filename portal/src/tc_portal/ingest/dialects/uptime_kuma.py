"""Uptime Kuma's push: ``/api/push/<token>?status=up&msg=OK&ping=``, by any method."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from tc_portal.core.ping_token import PingToken
from tc_portal.core.report import Metric
from tc_portal.ingest.ping_body import NO_BODY
from tc_portal.ingest.ping_dialect import Ping, PingAnswer, PingDialect, PingRefused, PingRequest, job_of, run_ended
from tc_portal.store.recording import Recorded

# In milliseconds, as Uptime Kuma has it.
LONGEST_PING = 1e11
# What Uptime Kuma's own answer says of every token that it does not take.
UNKNOWN = "Monitor not found or not active."

# What JavaScript's parseFloat reads of a text.
_NUMBER = re.compile(r"\s*([+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))", re.ASCII)


def _json(status: int, content: dict[str, Any]) -> PingAnswer:
    return PingAnswer(status, msgspec.json.encode(content), b"application/json; charset=utf-8")


def _taken(_: Sequence[Recorded]) -> PingAnswer:
    return _json(200, {"ok": True})


def _refusal(status: int, text: str) -> PingAnswer:
    return _json(status, {"ok": False, "msg": UNKNOWN if status == 404 else text})


def _read(request: PingRequest, token: PingToken) -> Ping:
    """Only ``up``, or no status at all, is up: ``ok`` and ``UP`` are down. The body is passed over."""
    is_up = request.asked("status") in ("", "up")
    report = run_ended(
        request._replace(body=NO_BODY),
        job_of(token),
        "success" if is_up else "error",
        UPTIME_KUMA.name,
        message=request.asked("msg") or "OK",
        metrics=_metrics(request.asked("ping")),
    )
    return Ping((report,), _taken)


def _metrics(ping: str) -> tuple[Metric, ...]:
    number = _NUMBER.match(ping)
    if number is None or (value := float(number[1])) == 0:
        return ()
    if not 0 < value <= LONGEST_PING:
        raise PingRefused(_json(404, {"ok": False, "msg": "Invalid ping value"}))
    return (Metric("ping", value),)


UPTIME_KUMA = PingDialect(
    name="uptime-kuma",
    token_of=lambda request: request.parts[0],
    read=_read,
    refusal=_refusal,
    methods=frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}),
)
