"""Sentry Crons by envelope, as the SDKs and sentry-cli send check-ins: ``<any path>/api/<project>/envelope/``.

The DSN's public key is the portal's token, its project any number. What is no check-in is answered and passed over, but for the
text of an error event, which becomes the message of the failed run of its trace: ``FAILURE_TEXTS`` remembers it for a minute.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.ping_token import PingToken
from tc_portal.core.report import Report, Telling
from tc_portal.ingest.ping_dialect import Ping, PingAnswer, PingDialect, PingRefused, PingRequest
from tc_portal.ingest.sentry.check_in import NotACheckIn, read_check_in, trace_id_of
from tc_portal.ingest.sentry.dsn import public_key_in, public_key_of
from tc_portal.ingest.sentry.envelope import Item, NotAnEnvelope, read_envelope
from tc_portal.ingest.sentry.failure_texts import FailureTexts, text_of_event
from tc_portal.store.recording import Recorded

logger = logging.getLogger(__name__)

FAILURE_TEXTS = FailureTexts()

_decode = msgspec.json.Decoder().decode


def json_answer(status: int, content: dict[str, Any]) -> PingAnswer:
    return PingAnswer(status, msgspec.json.encode(content), b"application/json")


def refusal(status: int, text: str) -> PingAnswer:
    """As Sentry words it: 401 without a key, 403 for an unknown one. Its clients log what ``detail`` says."""
    if status == 401:
        return json_answer(401, {"detail": "the request carries no DSN public key"})
    if status == 404:
        return json_answer(403, {"detail": "the DSN's public key is not a token of the portal"})
    return json_answer(status, {"detail": text})


def _key_in_body(request: PingRequest) -> str | None:
    try:
        return public_key_in(read_envelope(request).header.get("dsn"))
    except NotAnEnvelope:
        return None


def _read(request: PingRequest, token: PingToken) -> Ping:
    try:
        envelope = read_envelope(request)
    except NotAnEnvelope as reason:
        raise PingRefused(json_answer(reason.status, {"detail": str(reason)})) from None
    tellings: list[Telling] = []
    settings: list[ClientSettings] = []
    faults: list[str] = []
    for item in envelope.items:
        try:
            if item.type == "check_in":
                check_in = read_check_in(_members(item), envelope.header.get("sent_at"), request.received_at)
                trace = (token.digest, check_in.trace_id or "")
                tellings.append(_with_text(check_in.telling, trace))
                settings += [check_in.settings] if check_in.settings is not None else []
            elif item.type == "event":
                tellings += _failed_run(_decoded(item), token, request)
        except NotACheckIn as reason:
            faults.append(str(reason))
    if faults:
        logger.warning("%d Sentry check-ins were passed over: %s", len(faults), faults[0])
        if not tellings:
            raise PingRefused(json_answer(400, {"detail": faults[0]}))
    event_id = envelope.header.get("event_id")
    return Ping(tellings, partial(_taken, {"id": event_id} if isinstance(event_id, str) else {}), settings)


def _taken(content: dict[str, Any], _: Sequence[Recorded]) -> PingAnswer:
    return json_answer(200, content)


def _members(item: Item) -> dict[str, Any]:
    members = _decoded(item)
    if not isinstance(members, dict):
        raise NotACheckIn("the check_in item is not a JSON object")
    return members


def _decoded(item: Item) -> Any:
    try:
        return _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _with_text(telling: Telling, trace: tuple[str, str]) -> Telling:
    if not isinstance(telling, Report) or telling.status != "error" or not trace[1]:
        return telling
    return replace(telling, message=FAILURE_TEXTS.text_of(trace, telling))


def _failed_run(event: Any, token: PingToken, request: PingRequest) -> list[Telling]:
    """The failed run that the event tells of, told anew with what it says."""
    if not isinstance(event, dict):
        return []
    text, trace_id = text_of_event(event), trace_id_of(event)
    if text is None or trace_id is None:
        return []
    report = FAILURE_TEXTS.failed_run_of((token.digest, trace_id), text, request.received_at)
    return [] if report is None else [replace(report, message=text)]


SENTRY_ENVELOPE = PingDialect(
    name="sentry",
    token_of=public_key_of,
    read=_read,
    refusal=refusal,
    takes=frozenset({"portal"}),
    methods=frozenset({"POST"}),
    token_in_body=_key_in_body,
)
