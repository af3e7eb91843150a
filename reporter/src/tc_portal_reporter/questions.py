"""What does the portal answer? Asked without recording a run."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Iterator, Mapping, Optional

from .answer import Answer
from .finding import Finding, bad, doubtful, good
from .outcome import REDIRECTS
from .sending import post
from .settings import Settings

# Half-width and full-width, characters that only code page 932 has, and some that it has not.
SAMPLE = "日本語の確認：ﾊﾝｶｸ 〜～ 髙﨑①㈱ é€ 😀"

BODY_LIMIT = 65_536
CLOCK_TOLERANCE_SECONDS = 300

# OpenSSL's numbers for X509_V_ERR_…
UNKNOWN_ISSUER = (2, 18, 19, 20, 21, 27)
OUTSIDE_VALIDITY = (9, 10)
WRONG_NAME = (62, 64)

REFUSALS = {
    401: "secret_differs",
    403: "forbidden",
    404: "not_found",
    405: "method_refused",
    407: "proxy_refused",
    500: "server_error",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}


def ask_portal(settings: Settings) -> Iterator[Finding]:
    """Send the portal a text to echo, which no run comes of, and read what its answer says."""
    from urllib.parse import urlsplit

    address = urlsplit(settings.url)
    echo_url = address._replace(path=address.path[: -len("job-report")] + "echo").geturl()
    try:
        answer = post(settings, "echo", {"text": SAMPLE}, BODY_LIMIT)
        has_echo = answer.status != 404
        if not has_echo:
            # The guide's own portal. It refuses an empty report, but only after looking at the secret.
            answer = post(settings, "job-report", {}, BODY_LIMIT)
    except Exception as error:
        yield _no_answer(error, settings)
        return
    if address.scheme == "https":
        yield good("tls_ok")
    if answer.status in REDIRECTS:
        yield _redirect(answer, echo_url)
        return
    members = _json_object(answer)
    if has_echo and answer.status == 200 and "text" in members:
        yield good("secret_ok")
        yield _clock(answer)
        yield good("japanese_ok") if members["text"] == SAMPLE else bad("japanese_broken")
    elif not has_echo and answer.status == 400 and members.get("error") == "job_key is required":
        yield good("secret_ok")
        yield _clock(answer)
        yield doubtful("japanese_unknown")
    else:
        yield _refusal(answer, members)


def _json_object(answer: Answer) -> Mapping[str, object]:
    try:
        members = json.loads(answer.body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def _no_answer(error: Exception, settings: Settings) -> Finding:
    import socket
    import ssl

    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return bad(_certificate_problem(reason.verify_code), error=reason.verify_message)
    if isinstance(reason, (TimeoutError, socket.timeout)):
        return bad("too_slow", seconds=f"{settings.timeout_seconds:g}")
    if isinstance(reason, ssl.SSLError):
        return bad("tls_failed", error=reason)
    if str(reason).startswith("Tunnel connection failed"):
        return bad("proxy_refused", error=reason)
    return bad("no_answer", error=reason)


def _certificate_problem(code: int) -> str:
    if code in UNKNOWN_ISSUER:
        return "tls_issuer"
    if code in OUTSIDE_VALIDITY:
        return "tls_expired"
    if code in WRONG_NAME:
        return "tls_name"
    return "tls_bad_certificate"


def _redirect(answer: Answer, echo_url: str) -> Finding:
    from urllib.parse import urljoin, urlsplit

    target = urlsplit(urljoin(echo_url, answer.headers.get("location", "")))
    origin = f"{target.scheme}://{target.netloc.rpartition('@')[2]}"
    path = target.path.rstrip("/")
    for end in ("/api/monitor/echo", "/api/monitor/job-report"):
        if path.endswith(end):
            report_url = origin + path[: -len(end)] + "/api/monitor/job-report"
            return bad("redirect", status=answer.status, url=report_url)
    return bad("redirect_elsewhere", status=answer.status, url=origin + target.path)


def _refusal(answer: Answer, members: Mapping[str, object]) -> Finding:
    if answer.status == 500 and members.get("error") == "Server configuration error":
        return bad("server_without_secret")
    name = REFUSALS.get(answer.status, "unexpected")
    return bad(name, status=answer.status, error=f"HTTP {answer.status}")


def _clock(answer: Answer) -> Finding:
    ahead = _seconds_ahead(answer.headers.get("date", ""))
    if ahead is None:
        return doubtful("clock_unknown")
    if abs(ahead) <= CLOCK_TOLERANCE_SECONDS:
        return good("clock_ok", seconds=round(abs(ahead)))
    return bad("clock_ahead" if ahead > 0 else "clock_behind", minutes=round(abs(ahead) / 60))


def _seconds_ahead(date: str) -> Optional[float]:
    from email.utils import parsedate_to_datetime

    try:
        theirs = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError):
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=timezone.utc)
    return (datetime.now(timezone.utc) - theirs).total_seconds()
