"""The hot path: plain ASGI for what scripts call, below ``/api/monitor/``. No login, JSON answers only."""

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from tc_portal.core.task_standing.seen_task import HostTasks
from tc_portal.core.webhook_secret import digest_of
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.recording import Recorded, RunIs
from tc_portal.store.writer import Writer

from .answer import Answer, Send, answer
from .body import BODY_LIMIT, Disconnected, Receive, TooLarge, read_body
from .echo import read_echo
from .host_tasks import read_host_tasks
from .job_extend import read_job_extend
from .job_heartbeat import read_job_heartbeat
from .job_report import read_job_report
from .job_start import read_job_start
from .members import Rejected

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
# The address and port of who asks, where they are known.
Client = tuple[str, int] | None

PREFIX = "/api/monitor/"
SECONDS_BETWEEN_NOTES = 60.0
RETRY_AFTER_SECONDS = b"5"
WARNINGS_TOLD = 20
READINGS_LIMIT = 50
SECRET_HEADER = b"x-tc-portal-webhook-secret"


class Dialect(NamedTuple):
    """How scripts tell something: ``read`` makes a telling of a body, and says what it put right; ``answer`` is what a
    script is told when that is durable, ``about_the_run`` what a warning says where that makes what was told useless."""

    read: Callable[[bytes, bytes | None, datetime], tuple[Any, list[str]]]
    answer: Callable[[Any, Recorded], dict[str, Any]]
    about_the_run: Mapping[RunIs, str] = {}


REPORT = Dialect(
    read_job_report,
    lambda report, recorded: {"success": True, "id": recorded.status_id, "job_key": report.job_key},
)
DIALECTS = {
    "job-report": REPORT,
    "job-start": Dialect(
        read_job_start,
        lambda start, _: {"success": True, "job_key": start.job_key, "run_id": start.run_id},
    ),
    "job-extend": Dialect(
        read_job_extend,
        lambda extension, _: {
            "success": True,
            "job_key": extension.job_key,
            "run_id": extension.run_id,
            "until": extension.until,
        },
        # An extension is of use to a run that is known to go on; no script should fail because it asked for time too late.
        {
            "unknown": "no run of this run_id is known: nothing is extended unless its start arrives",
            "ended": "the run of this run_id has ended: nothing is extended",
        },
    ),
    "job-heartbeat": Dialect(
        read_job_heartbeat,
        lambda heartbeat, _: {"success": True, "job_key": heartbeat.job_key, "run_id": heartbeat.run_id},
        {
            "unknown": "no run of this run_id is known: its heartbeat counts once its start arrives",
            "ended": "the run of this run_id has ended",
        },
    ),
}


RETRY_LATER = (b"retry-after", RETRY_AFTER_SECONDS)
UNAVAILABLE = Answer(503, {"error": "The report could not be stored now; send it again later"}, (RETRY_LATER,))

Respond = Callable[[Answer], None]


class Ingest:
    """Receives reports and hands them to the ``Writer``. ``secret_digests`` are those of the secrets that are valid now."""

    def __init__(self, writer: Writer, secret_digests: Iterable[str]) -> None:
        self._writer = writer
        self.accept_secrets(secret_digests)
        self._next_note = 0.0
        self._routes: dict[str, Callable[[bytes, bytes | None, Send], Awaitable[None]]] = {
            name: partial(self._tell_and_send, dialect) for name, dialect in DIALECTS.items()
        }
        self._routes["host-tasks"] = self._tell_tasks
        self._routes["echo"] = self._echo
        # Reading a PC's tasks takes its time, and their XML its room.
        self._one_reading = asyncio.Semaphore(1)
        self._readings = 0

    @property
    def names(self) -> frozenset[str]:
        """The last parts of the paths that are answered."""
        return frozenset(self._routes)

    def accept_secrets(self, digests: Iterable[str]) -> None:
        """From now on, these are the valid ones."""
        self._secret_digests = [digest.encode() for digest in digests]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get(scope["path"].removeprefix(PREFIX).rstrip("/"))
        if route is None:
            await answer(send, 404, {"error": "Not found"})
            return
        if scope["method"] != "POST":
            await answer(send, 405, {"error": "Method not allowed"}, (b"allow", b"POST"))
            return
        headers = dict(scope["headers"])
        refusal = self._refusal(headers, scope.get("client"))
        if refusal is not None:
            await answer(send, *refusal[:2])
            return
        try:
            body = await read_body(receive, headers.get(b"content-length"))
        except TooLarge:
            problem = {"error": f"Body must be at most {BODY_LIMIT} bytes"}
            await answer(send, 413, problem, (b"connection", b"close"))
            return
        except Disconnected:
            await answer(send, 408, {"error": "The body did not arrive whole"}, (b"connection", b"close"))
            return
        await route(body, headers.get(b"content-type"), send)

    def take_report(self, headers: Mapping[bytes, bytes], body: bytes, client: Client, respond: Respond) -> None:
        """Answer a ``job-report`` that has arrived whole and is within the limit: ``respond`` is called once, now or later."""
        refusal = self._refusal(headers, client)
        if refusal is None:
            self._tell(REPORT, body, headers.get(b"content-type"), respond)
        else:
            respond(refusal)

    def _refusal(self, headers: Mapping[bytes, bytes], client: Client) -> Answer | None:
        """What is answered to who may not tell anything, whatever it is."""
        if not self._secret_digests:
            logger.error("a report came in, but no webhook secret is configured: run tc-portal setup")
            return Answer(500, {"error": "Server configuration error"})
        if not self._is_valid(headers.get(SECRET_HEADER, b"")):
            self._note_refusal(client)
            return Answer(401, {"error": "Invalid or missing webhook secret"})
        return None

    def _is_valid(self, secret: bytes) -> bool:
        digest = digest_of(secret).encode()
        is_valid = False
        for known in self._secret_digests:
            is_valid |= hmac.compare_digest(digest, known)
        return is_valid

    def _note_refusal(self, client: Client) -> None:
        """Say where a wrong secret came from, in a line a minute at most, so that a forgotten PC can be found."""
        if time.monotonic() >= self._next_note:
            self._next_note = time.monotonic() + SECONDS_BETWEEN_NOTES
            address = client[0] if client else "?"
            logger.warning("a report from %s had no valid webhook secret and was answered 401", address)

    async def _tell_and_send(self, dialect: Dialect, body: bytes, content_type: bytes | None, send: Send) -> None:
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._tell(dialect, body, content_type, lambda found: None if answered.done() else answered.set_result(found))
        status, told, headers = await answered
        await answer(send, status, told, *headers)

    def _tell(self, dialect: Dialect, body: bytes, content_type: bytes | None, respond: Respond) -> None:
        """Have what the body tells recorded, and answer when it is durable."""
        try:
            telling, warnings = dialect.read(body, content_type, now())
            recorded = self._writer.record(telling)
        except Rejected as rejection:
            respond(Answer(400, {"error": str(rejection)}))
        else:
            recorded.add_done_callback(lambda done: respond(_answer_to(dialect, telling, warnings, done)))

    async def _tell_tasks(self, body: bytes, content_type: bytes | None, send: Send) -> None:
        """Have a PC's tasks recorded. They are read in a thread of their own, one body at a time, and reports go on meanwhile."""
        try:
            told, warnings = await self._read_tasks(body, content_type)
            await self._writer.take_tasks(told)
        except Rejected as rejection:
            await answer(send, 400, {"error": str(rejection)})
            return
        except Refused:
            await answer(send, 500, {"error": "Failed to record the tasks"})
            return
        except Unavailable:
            await answer(send, 503, {"error": "The tasks could not be stored now; send them again later"}, RETRY_LATER)
            return
        recorded: dict[str, Any] = {"success": True, "host": told.host, "tasks": len(told.tasks)}
        if warnings:
            recorded["warning"] = _joined(warnings)
        await answer(send, 200, recorded)

    async def _read_tasks(self, body: bytes, content_type: bytes | None) -> tuple[HostTasks, list[str]]:
        if self._readings >= READINGS_LIMIT:
            raise Unavailable("too many PCs tell of their tasks at once")
        self._readings += 1
        try:
            async with self._one_reading:
                return await asyncio.to_thread(read_host_tasks, body, content_type, now())
        finally:
            self._readings -= 1

    async def _echo(self, body: bytes, content_type: bytes | None, send: Send) -> None:
        try:
            text = read_echo(body, content_type)
        except Rejected as rejection:
            await answer(send, 400, {"error": str(rejection)})
            return
        await answer(send, 200, {"text": text, "charset": "utf-8", "received_at": now()})


def _answer_to(dialect: Dialect, telling: Any, warnings: list[str], done: "asyncio.Future[Recorded]") -> Answer:
    if done.cancelled():
        return UNAVAILABLE
    failure = done.exception()
    if isinstance(failure, Refused):
        return Answer(500, {"error": "Failed to update job status"})
    if failure is not None:
        return UNAVAILABLE
    recorded = done.result()
    told = dialect.answer(telling, recorded)
    if recorded.is_tool_unknown:
        warnings.append("tool_id is not known here: recorded without it")
    if recorded.run_is is not None:
        warnings.append(dialect.about_the_run[recorded.run_is])
    if warnings:
        told["warning"] = "; ".join(warnings)
    return Answer(200, told)


def _joined(warnings: list[str]) -> str:
    """The warnings in one line, the first ones where there are many."""
    more = len(warnings) - WARNINGS_TOLD
    return "; ".join(warnings[:WARNINGS_TOLD] + ([f"and {more} more"] if more > 0 else []))


def now() -> datetime:
    return datetime.now(UTC)
