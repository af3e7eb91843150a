"""One POST to the portal, within a time limit that holds for all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Callable, List, Mapping, NamedTuple, Optional, Tuple, TypeVar

from .version import __version__

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

SECRET_HEADER = "X-TC-Portal-Webhook-Secret"
REDIRECTS = (301, 302, 303, 307, 308)

Result = TypeVar("Result")


class Answer(NamedTuple):
    """What the server answered. ``headers`` have lower-case names."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def post(url: str, members: Mapping[str, object], secret: str, seconds: float, body_limit: int = 0) -> Answer:
    """POST ``members`` as JSON, and return the answer whatever its status; no redirect is followed.

    At most ``body_limit`` bytes of the answer's body are read. Raises what urllib raises when there is
    no answer (``OSError``, ``http.client.HTTPException``, ``ValueError``), and ``TimeoutError`` when
    ``seconds`` are over.
    """
    if not secret.isprintable():
        # http.client refuses such a header too, but with the secret in its error text.
        raise ValueError("TC_PORTAL_WEBHOOK_SECRET に改行などの使えない文字があります")
    data = json.dumps(members).encode("ascii")
    return within(seconds, lambda: _exchange(url, data, secret, seconds, body_limit))


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """The result of ``work``, or ``TimeoutError`` after ``seconds``.

    A socket's own timeout starts again with every byte and leaves out the name lookup. So the work is
    done in a thread that can be left behind; as a daemon it does not keep the process alive.
    """
    from threading import Thread

    outcome: List[Tuple[Optional[Result], Optional[BaseException]]] = []

    def run() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = Thread(target=run, name="tc-portal-report", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        # No more threads to be had, as in atexit on some Pythons: better without the limit than not at all.
        run()
    else:
        thread.join(seconds)
    if not outcome:
        raise TimeoutError("timed out")
    result, error = outcome[0]
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def _exchange(url: str, data: bytes, secret: str, seconds: float, body_limit: int) -> Answer:
    from urllib.error import HTTPError
    from urllib.request import Request

    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"tc-portal-reporter/{__version__}",
        SECRET_HEADER: secret,
    }
    request = Request(url, data=data, headers=headers, method="POST")
    try:
        response = _opener(request.type).open(request, timeout=seconds)
    except HTTPError as error:
        response = error
    with response:
        fields = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.code, response.reason, fields, response.read(body_limit) if body_limit else b"")


def _opener(scheme: str) -> OpenerDirector:
    """An opener that has urllib's own proxy and certificate handling, but follows no redirect.

    A redirect would carry the secret to another host, and turn the POST into a GET. TLS is left out for
    http, since loading Windows' certificate store takes a noticeable time.
    """
    from urllib import request

    opener = request.OpenerDirector()
    opener.add_handler(request.ProxyHandler())
    opener.add_handler(request.UnknownHandler())
    opener.add_handler(request.HTTPHandler())
    if scheme != "http" or "http" in request.getproxies():
        opener.add_handler(request.HTTPSHandler())
    opener.add_handler(request.HTTPErrorProcessor())
    opener.add_handler(request.HTTPDefaultErrorHandler())
    return opener
