"""Sentry Crons without an SDK: ``<any path>/api/<project>/cron/<slug>/<public key>/?status=ok``, or the same as JSON."""

from collections.abc import Sequence
from typing import Any

import msgspec

from tc_portal.core.ping_token import PingToken
from tc_portal.ingest.ping_dialect import Ping, PingAnswer, PingDialect, PingRefused, PingRequest, text_answer
from tc_portal.ingest.sentry.check_in import SOURCE, NotACheckIn, read_check_in
from tc_portal.ingest.sentry.dsn import public_key_of
from tc_portal.store.recording import Recorded

from .sentry_envelope import json_answer, refusal

_ASKED = ("status", "check_in_id", "environment", "duration")
_decode = msgspec.json.Decoder().decode


def _read(request: PingRequest, _: PingToken) -> Ping:
    try:
        members = _members(request) | {"monitor_slug": request.parts[0]}
        check_in = read_check_in(members, None, request.received_at)
    except NotACheckIn as reason:
        raise PingRefused(json_answer(400, {"detail": str(reason)})) from None
    settings = () if check_in.settings is None else (check_in.settings,)
    return Ping((check_in.telling,), _taken, settings)


def _taken(_: Sequence[Recorded]) -> PingAnswer:
    return text_answer(202, "")


def _members(request: PingRequest) -> dict[str, Any]:
    """What the body says where it is JSON, else what the query does."""
    if not request.headers.get(b"content-type", b"").lower().startswith(b"application/json"):
        asked: dict[str, Any] = {name: value for name in _ASKED if (value := request.asked(name))}
        if "duration" in asked:
            asked["duration"] = _number(asked["duration"])
        return asked
    try:
        members = _decode(request.body.head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise NotACheckIn("the body is not a JSON object")
    return members


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise NotACheckIn("duration must be a number of seconds, not below 0") from None


SENTRY_CRON = PingDialect(
    name=SOURCE,
    token_of=lambda request: request.parts[1] or public_key_of(request),
    read=_read,
    refusal=refusal,
    takes=frozenset({"portal"}),
    methods=frozenset({"GET", "HEAD", "POST", "PUT"}),
)
