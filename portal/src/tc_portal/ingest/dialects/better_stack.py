"""Better Stack's heartbeat: ``/api/v1/heartbeat/<token>``, ``…/fail`` and ``…/<exit code>``. A body is the run's output."""

from collections.abc import Sequence

from tc_portal.core.ping_token import PingToken
from tc_portal.ingest.ping_dialect import Ping, PingAnswer, PingDialect, PingRequest, job_of, run_ended, text_answer
from tc_portal.store.recording import Recorded


def _taken(_: Sequence[Recorded]) -> PingAnswer:
    return text_answer(200, "OK")


def _read(request: PingRequest, token: PingToken) -> Ping:
    ending = request.parts[1]
    exit_code = None if ending in ("", "fail") else int(ending)
    has_failed = ending == "fail" or bool(exit_code)
    report = run_ended(
        request, job_of(token), "error" if has_failed else "success", BETTER_STACK.name, exit_code=exit_code
    )
    return Ping((report,), _taken)


BETTER_STACK = PingDialect(
    name="better-stack", token_of=lambda request: request.parts[0], read=_read, refusal=text_answer
)
