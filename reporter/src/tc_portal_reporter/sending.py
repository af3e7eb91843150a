"""One message to the portal, within a time limit that holds for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, List, Mapping, Optional, Tuple, TypeVar

from .settings import Settings

if TYPE_CHECKING:
    from .answer import Answer
    from .connection import Connection

Result = TypeVar("Result")


def post(settings: Settings, name: str, members: Mapping[str, object], body_limit: int = 0) -> Answer:
    """POST ``members`` as JSON under ``name``, and return the answer whatever its status; no redirect is followed.

    At most ``body_limit`` bytes of the answer's body are read. Raises ``OSError`` or ``ValueError`` where
    there is no answer, and ``TimeoutError`` when the settings' time limit is over.
    """
    from json import dumps
    from time import monotonic

    data = dumps(members).encode("ascii")
    until = monotonic() + settings.timeout_seconds

    def exchange() -> Answer:
        connection = connect(settings)
        try:
            answer = connection.post(name, data, until)
            return connection.with_body(answer, body_limit) if body_limit else answer
        finally:
            connection.close()

    return within(settings.timeout_seconds, exchange)


def connect(settings: Settings) -> Connection:
    """The connection to the settings' portal; nothing is looked up or opened before the first POST."""
    from .connection import Connection

    return Connection(settings.url, settings.secret, settings.proxy, settings.ca_file)


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """The result of ``work``, or ``TimeoutError`` after ``seconds``.

    A socket's own timeout starts again with every byte and leaves out the name lookup. So the work is
    done in a thread that can be left behind; as a daemon it does not keep the process alive.
    """
    outcome: List[Tuple[Optional[Result], Optional[BaseException]]] = []

    def run() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:
            outcome.append((None, error))

    wait = in_background(run)
    wait(seconds)
    if not outcome:
        raise TimeoutError("timed out")
    result, error = outcome[0]
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def in_background(work: Callable[[], object]) -> Callable[[float], None]:
    """Begin ``work`` in a daemon thread; what is returned waits for its end, so many seconds at most."""
    from threading import Thread

    thread = Thread(target=work, name="tc-portal-report", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        # No more threads to be had, as in atexit on some Pythons: better without the limit than not at all.
        work()
        return lambda seconds: None
    return thread.join
