"""Tokens of other monitors' clients: made, listed, revoked, and read by the process that receives."""

import secrets
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tc_portal.core.ping_token import VALUE_BYTES, PingToken, token_digest

from .models import Job, PingTokenRow

# As many look-ups go into one statement.
DIGESTS_AT_ONCE = 500


def valid_tokens(digests: Collection[str] | None = None) -> list[PingToken]:
    """The tokens that are valid now, or those of them whose digest is asked for."""
    rows = PingTokenRow.objects.filter(revoked_at=None)
    if digests is not None:
        rows = rows.filter(digest__in=list(digests)[:DIGESTS_AT_ONCE])
    title = Subquery(Job.objects.filter(job_key=OuterRef("job_key")).values("title")[:1])
    found = rows.annotate(title=Coalesce(title, F("name"))).values_list("digest", "job_key", "title", "last_used_on")
    return [PingToken(*each) for each in found]


def new_token(name: str, job_key: str | None, by: str, now: datetime) -> bytes:
    """Make a token of the job, or of the portal where ``job_key`` is None, and return its value: the only time that it is known.

    ``core.ping_token.token_as`` writes the value in the form that a dialect needs.
    """
    value = secrets.token_bytes(VALUE_BYTES)
    _keep(value.hex(), name, job_key, by, now)
    return value


def keep_token(token: str, name: str, job_key: str | None, by: str, now: datetime) -> bool:
    """Take a token that another monitor gave out, so that its clients change their address alone; whether it was not known yet."""
    if PingTokenRow.objects.filter(digest=token_digest(token)).exists():
        return False
    _keep(token, name, job_key, by, now)
    return True


def _keep(token: str, name: str, job_key: str | None, by: str, now: datetime) -> None:
    PingTokenRow.objects.create(
        digest=token_digest(token),
        kind="portal" if job_key is None else "job",
        job_key=job_key,
        name=name,
        created_at=now,
        created_by=by,
    )


def revoke_token(token_id: int, now: datetime) -> bool:
    """Whether it was valid until now."""
    return PingTokenRow.objects.filter(id=token_id, revoked_at=None).update(revoked_at=now) > 0


def tokens_newest_first(job_key: str | None = None) -> QuerySet[PingTokenRow]:
    """All tokens, or those of one job."""
    rows = PingTokenRow.objects.order_by("-id")
    return rows if job_key is None else rows.filter(job_key=job_key)


def note_use(digests: Collection[str], day: date) -> None:
    """Keep that the tokens were used on ``day``."""
    is_older = Q(last_used_on=None) | Q(last_used_on__lt=day)
    asked = list(digests)
    for begin in range(0, len(asked), DIGESTS_AT_ONCE):
        some = asked[begin : begin + DIGESTS_AT_ONCE]
        PingTokenRow.objects.filter(is_older, digest__in=some).update(last_used_on=day)
