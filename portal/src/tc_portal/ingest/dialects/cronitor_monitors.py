"""Cronitor's monitors, as its SDKs describe them: ``PUT /api/monitors``, ``DELETE /api/monitors/<key>`` and
``/api/monitors/<key>/pause/<hours>``, with the portal's token as the user name.

A client deletes nothing here: what it deletes is paused, and its runs stay.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Sequence
from typing import Any

import msgspec

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.ping_token import PingToken
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.ingest.cronitor.monitor import SOURCE, pause_of, settings_of_monitor
from tc_portal.ingest.ping_dialect import Ping, PingAnswer, PingDialect, PingRefused, PingRequest
from tc_portal.store.recording import Recorded

MANY_MONITORS = 200

_decode = msgspec.json.Decoder().decode


def _json(status: int, content: Any) -> PingAnswer:
    return PingAnswer(status, msgspec.json.encode(content), b"application/json")


def _refusal(status: int, text: str) -> PingAnswer:
    if status in (401, 404):
        return _json(401, {"error": "the API key is not a token of the portal"})
    return _json(status, {"error": text})


def _key_of(request: PingRequest) -> str | None:
    """The user name of HTTP Basic."""
    scheme, _, credentials = request.headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return b64decode(credentials).decode().partition(":")[0] or None
    except (Error, ValueError):
        return None


def _read(request: PingRequest, _: PingToken) -> Ping:
    key, *pause = request.parts[1:] or ("",)
    if key and pause[0]:
        is_paused = pause[1] != "" and int(pause[1]) == 0
        return _answered({"key": key}, [pause_of(key, not is_paused, request.received_at)])
    if key and request.method == "DELETE":
        return Ping((), lambda _: PingAnswer(204, b""), [pause_of(key, True, request.received_at)])
    if not key and request.method in ("PUT", "POST"):
        return _put(request)
    raise PingRefused(_json(404, {"error": "the portal does not tell of monitors here"}))


def _put(request: PingRequest) -> Ping:
    told = _monitors(request)
    monitors = told["monitors"]
    settings, faults = [], []
    for monitor in monitors:
        try:
            if not isinstance(monitor, dict):
                raise Unschedulable(ja="モニターはオブジェクトにしてください。", en="A monitor is an object.")
            settings.append(settings_of_monitor(monitor, request.received_at))
        except Unschedulable as reason:
            key = monitor.get("key") if isinstance(monitor, dict) else None
            faults.append({"key": key, "error": reason.en})
    if faults:
        raise PingRefused(_json(400, {"errors": faults}))
    # Asked to roll back, Cronitor only says whether it would have taken them.
    return _answered({"monitors": monitors}, [] if told.get("rollback") is True else settings)


def _monitors(request: PingRequest) -> dict[str, Any]:
    try:
        told = _decode(request.body.head) if request.body.is_whole else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("monitors"), list):
        raise PingRefused(_json(400, {"error": 'the body must be JSON: {"monitors": [{"key": …}, …]}'}))
    if len(told["monitors"]) > MANY_MONITORS:
        raise PingRefused(_json(400, {"error": f"send at most {MANY_MONITORS} monitors at once"}))
    return told


def _answered(content: Any, settings: Sequence[ClientSettings]) -> Ping:
    def answer(_: Sequence[Recorded]) -> PingAnswer:
        return _json(200, content)

    return Ping((), answer, settings)


CRONITOR_MONITORS = PingDialect(
    name=SOURCE,
    token_of=_key_of,
    read=_read,
    refusal=_refusal,
    takes=frozenset({"portal"}),
    methods=frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"}),
)
