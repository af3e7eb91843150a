"""Dead Man's Snitch: ``/snitch/<token>?m=<message>&s=<exit status>``, in the query or as a form."""

import re
from collections.abc import Sequence

from tc_portal.core.ping_token import PingToken
from tc_portal.ingest.ping_body import NO_BODY
from tc_portal.ingest.ping_dialect import (
    Ping,
    PingAnswer,
    PingDialect,
    PingRequest,
    job_of,
    pairs_in,
    run_ended,
    text_answer,
)
from tc_portal.store.recording import Recorded

_FORM = re.compile(rb"[ms]=")
_EXIT_CODE = re.compile(r"-?\d{1,18}", re.ASCII)


def _taken(_: Sequence[Recorded]) -> PingAnswer:
    return text_answer(200, "Got it, thanks!")


def _read(request: PingRequest, token: PingToken) -> Ping:
    """What the query says comes first, then what a form does. A body that is no form is the run's output."""
    if request.body.is_whole and _FORM.match(request.body.head):
        request = request._replace(query=request.query + pairs_in(request.body.head), body=NO_BODY)
    status = request.asked("s")
    exit_code = int(status) if _EXIT_CODE.fullmatch(status) else None
    has_failed = status != "" and exit_code != 0
    report = run_ended(
        request,
        job_of(token),
        "error" if has_failed else "success",
        DEAD_MANS_SNITCH.name,
        message=request.asked("m") or None,
        exit_code=exit_code,
    )
    return Ping((report,), _taken)


DEAD_MANS_SNITCH = PingDialect(
    name="dead-mans-snitch", token_of=lambda request: request.parts[0], read=_read, refusal=text_answer
)
