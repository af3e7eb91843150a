"""The seam between the portal and the dialects of other monitors' clients: what a dialect is given, and what it gives.

A dialect is one file in ``dialects`` with one ``PingDialect``, and one line in ``ping_routes``. It turns a request into what
``Writer.record`` takes, and what became of that into an answer. It holds no state, asks no database and judges nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import parse_qsl

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.ping_token import PingToken
from tc_portal.core.report import EPOCH, MICROSECOND, Metric, Report, Result, Start, Telling
from tc_portal.core.text import JOB_KEY_LIMIT, TITLE_LIMIT, cut, head_and_tail, storable
from tc_portal.core.unnamed_run import unnamed
from tc_portal.store.recording import Recorded

from .body import decode_body
from .ping_body import NO_BODY, PingBody, output_of

Pairs = tuple[tuple[str, str], ...]


class PingRequest(NamedTuple):
    """A request as it arrived. ``path`` is percent-decoded, its repeated slashes are one. ``parts`` is what ``ping_routes`` took out of
    it. ``query`` is in the order it came, decoded from whatever encoding. Header names are in lower case.

    ``body`` is empty while ``token_of`` is asked: an unknown token costs no body.
    """

    method: str
    path: str
    parts: tuple[str, ...]
    query: Pairs
    headers: Mapping[bytes, bytes]
    received_at: datetime
    body: PingBody = NO_BODY

    def asked(self, name: str) -> str:
        """What the query says under ``name``, the first time; empty where it says nothing."""
        return next((value for key, value in self.query if key == name), "")


class PingAnswer(NamedTuple):
    """Clients take nothing but 200 for success, follow no redirect, and drop what they have to say at a 429: no dialect
    answers with either."""

    status: int
    content: bytes
    content_type: bytes = b"text/plain; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Ping(NamedTuple):
    """What a request tells. All of it is recorded, in one commit where it can be, before ``answer`` is asked; the ``Recorded``
    are in the order of ``tellings``. A ping that changes nothing tells nothing and is answered at once.

    ``settings`` are what the client's code says is expected of jobs. They are put in force before, so that the run is judged by
    them, as far as no person has said otherwise (see ``core.client_settings``). One that the database refuses is logged alone.
    """

    tellings: Sequence[Telling]
    answer: Callable[[Sequence[Recorded]], PingAnswer]
    settings: Sequence[ClientSettings] = ()


class PingRefused(Exception):
    """The request tells nothing that can be recorded; the client is answered ``answer``."""

    def __init__(self, answer: PingAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class PingDialect(NamedTuple):
    """How one monitor's clients speak.

    ``name`` becomes the ``source`` of the runs. ``methods`` are those that count; OPTIONS is answered for every dialect without
    counting, any other is refused with 405.

    ``token_of`` gives the token that the request carries, None where it carries none; then ``token_in_body`` is asked, where the
    dialect has one, with the body. Only ``takes`` of the two kinds of token
    are let through: with a job's token, the request speaks of ``token.job_key``; with the portal's, it names the job itself.

    ``read`` makes a ``Ping`` of the request, which has its body now, and its valid token. It raises ``PingRefused``.

    ``refusal`` words what was not recorded: 401 where there is no token, 404 for one that is unknown or revoked, 405 and 408 for the request itself, 500
    where the database refused it, 503 where it is to be sent again. The text is what the portal would say.
    """

    name: str
    token_of: Callable[[PingRequest], str | None]
    read: Callable[[PingRequest, PingToken], Ping]
    refusal: Callable[[int, str], PingAnswer]
    takes: frozenset[str] = frozenset({"job"})
    methods: frozenset[str] = frozenset({"GET", "HEAD", "POST", "PUT"})
    token_in_body: Callable[[PingRequest], str | None] | None = None


def text_answer(status: int, text: str) -> PingAnswer:
    """An answer in plain text."""
    return PingAnswer(status, text.encode())


def pairs_in(query: bytes) -> Pairs:
    """The pairs of a query or of a form's body. Bytes that are not UTF-8 are read as a body's are: a PC in Japan sends CP932."""
    if not query:
        return ()
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return tuple((_decoded(name), _decoded(value)) for name, value in pairs)


def _decoded(octets: str) -> str:
    return octets if octets.isascii() and "\0" not in octets else storable(decode_body(octets.encode("latin-1"), None))


def run_ended(
    request: PingRequest,
    job: tuple[str, str],
    result: Result,
    source: str,
    message: str | None = None,
    run_id: str | None = None,
    exit_code: int | None = None,
    metrics: tuple[Metric, ...] = (),
    ends_newest: bool = False,
    makes_job: bool = True,
) -> Report:
    """The report of a run that has ended now; ``job`` is its key and title. Without a ``run_id`` it is a run by itself or, if it
    ``ends_newest``, the newest open one of those that ``run_began`` has begun without one.

    The request's body is the run's output, and its message too where none is given.
    """
    output = output_of(request.body, request.headers.get(b"content-type"))
    if message is None and output is not None:
        message = output.head + output.tail
    job_key, title = job
    return Report(
        job_key=job_key[:JOB_KEY_LIMIT],
        title=cut(title, TITLE_LIMIT),
        status=result,
        finished_at=request.received_at,
        received_at=request.received_at,
        run_id=run_id or (new_unnamed_run_id if ends_newest else new_run_id)(request.received_at),
        message=head_and_tail(storable(message)) or None if message else None,
        exit_code=exit_code,
        source=source,
        output=output,
        metrics=metrics,
        makes_job=makes_job,
    )


def run_began(request: PingRequest, job: tuple[str, str], run_id: str | None = None, makes_job: bool = True) -> Start:
    """The start of a run that has begun now; ``job`` is its key and title. Without a ``run_id`` it has no name: an end that
    ``ends_newest`` is looked for by it."""
    job_key, title = job
    return Start(
        job_key=job_key[:JOB_KEY_LIMIT],
        title=cut(title, TITLE_LIMIT),
        run_id=run_id or new_unnamed_run_id(request.received_at),
        started_at=request.received_at,
        received_at=request.received_at,
        makes_job=makes_job,
    )


def new_run_id(at: datetime) -> str:
    """A name for a run that its client gives none. It begins with the milliseconds of ``at``, as ``core.report.run_id_of`` has it."""
    return f"{(at - EPOCH) // MICROSECOND // 1000:012x}{token_hex(10)}"


def new_unnamed_run_id(at: datetime) -> str:
    """As ``new_run_id``, of a start or an end that belongs to whichever is next to it; see ``core.unnamed_run``."""
    return unnamed(new_run_id(at))


def job_of(token: PingToken) -> tuple[str, str]:
    """Key and title of the job that a job's token speaks for."""
    assert token.job_key is not None, "the dialect takes tokens of jobs alone"
    return token.job_key, token.title
