"""An incident's life: what failed while it lasts and what people did about it, folded into how it stands.

Nothing is remembered from one look to the next, so that neither the order nor the repetition of facts makes a difference.
An acknowledgement names what the person saw: by the instants from which on it is what it is, and by the errors that it had been.
Whatever makes it another error, were it for a moment only, is seen in one of them, so that no new error is silent because of it,
also where that was under way at the time.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from .verdict import Verdict

NOTE_LIMIT = 2_000

FailureKind = Literal["failed", "too_fast"]


class IncidentAction(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """The base of all that a person does about an incident. ``by`` is the account's name; instants are aware UTC."""

    at: datetime
    by: str


class Acknowledged(IncidentAction, frozen=True):
    """対応中: somebody is at the error that began at ``error_since`` and has been news since ``news_at``, as ``Standing`` has
    them, after the errors of ``history``. None in ``until`` is until the recovery, in ``history`` that nobody looked."""

    error_since: datetime
    news_at: datetime
    history: str | None = None
    until: datetime | None = None
    note: str = ""


class Unacknowledged(IncidentAction, frozen=True):
    """Nobody is at it any more."""


class Assigned(IncidentAction, frozen=True):
    """Whose it is; None takes it back."""

    to: str | None


class Commented(IncidentAction, frozen=True):
    note: str


class Muted(IncidentAction, frozen=True):
    """Whatever it becomes, nobody is told until then."""

    until: datetime


class Unmuted(IncidentAction, frozen=True):
    pass


class Closed(IncidentAction, frozen=True):
    """Closed by hand by somebody who knew what had happened up to ``seen_until``: the error that began at ``error_since``, after
    those of ``history``, as for ``Acknowledged``."""

    seen_until: datetime
    error_since: datetime
    history: str | None = None
    note: str = ""


AnyAction = Acknowledged | Unacknowledged | Assigned | Commented | Muted | Unmuted | Closed

_actions: msgspec.json.Decoder[AnyAction] = msgspec.json.Decoder(AnyAction)


def read_action(definition: str) -> AnyAction:
    """The action in the JSON that ``action_as_json`` wrote."""
    return _actions.decode(definition)


def action_as_json(action: AnyAction) -> str:
    """The action as the table ``incident_action`` keeps it."""
    return msgspec.json.encode(action).decode()


class Failure(msgspec.Struct, frozen=True):
    """A run that failed, or succeeded sooner than it can have. ``fingerprint`` and ``gist`` are None where it said nothing."""

    received_at: datetime
    fingerprint: str | None = None
    gist: str | None = None
    host: str | None = None
    kind: FailureKind = "failed"

    @property
    def error(self) -> str:
        """What two failures of one error have in common."""
        return self.fingerprint or self.kind


class VerdictChange(msgspec.Struct, frozen=True):
    """From ``at`` on the job was bad in another way."""

    at: datetime
    verdict: Verdict


class Error(msgspec.Struct, frozen=True):
    """What is wrong from ``since`` on: the failure where runs fail, else the verdict alone."""

    since: datetime
    verdict: Verdict
    fingerprint: str | None = None
    gist: str | None = None
    host: str | None = None


class Course(msgspec.Struct, frozen=True):
    """What is known of an incident that opened at ``opened_at`` with ``verdict``.

    ``failures`` may go back before that: the latest of them by then is the one that it opened with. Where there were more of
    them than are read, ``known_before`` is the error as it was found before, from when it was news on.
    """

    opened_at: datetime
    verdict: Verdict
    failures: Sequence[Failure] = ()
    changes: Sequence[VerdictChange] = ()
    resolved_at: datetime | None = None
    known_before: Error | None = None

    @property
    def seen_until(self) -> datetime:
        """The latest instant that anything is known of."""
        instants = [failure.received_at for failure in self.failures] + [change.at for change in self.changes]
        return max([self.opened_at, *instants])


NewsKind = Literal["opened", "changed", "reopened"]


class News(msgspec.Struct, frozen=True):
    """An instant from which on an incident is something that nobody has been told of yet."""

    at: datetime
    kind: NewsKind
    error: Error


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an incident stands. What has run out or been overtaken is None here."""

    error: Error
    news_at: datetime
    over_at: datetime | None = None
    acknowledged: Acknowledged | None = None
    assigned_to: str | None = None
    muted: Muted | None = None
    closed: Closed | None = None


def standing(course: Course, actions: Iterable[AnyAction], now: datetime) -> Standing:
    """How the incident stands at ``now``."""
    done = _in_order(actions)
    latest = news(course, done)[-1]
    closed = _closed(course, done)
    over_at = min((each for each in (course.resolved_at, closed and closed.at) if each), default=None)
    said = _last(done, Acknowledged, Unacknowledged)
    is_acknowledged = isinstance(said, Acknowledged) and _is_of(said, course, latest) and _lasts(said.until, now)
    muted = _last(done, Muted, Unmuted)
    assigned = _last(done, Assigned)
    return Standing(
        error=latest.error,
        news_at=latest.at,
        over_at=over_at,
        acknowledged=said if isinstance(said, Acknowledged) and is_acknowledged and over_at is None else None,
        assigned_to=assigned.to if isinstance(assigned, Assigned) else None,
        muted=muted if isinstance(muted, Muted) and _lasts(muted.until, now) and over_at is None else None,
        closed=closed,
    )


def errors(course: Course) -> list[Error]:
    """What has been wrong, one after the other. The first began when the incident opened, or is what was known before."""
    return [turn.error for turn in _turns(course)]


def history(course: Course) -> str:
    """What the incident has been, error after error, as a short digest. When it was each of them makes no difference."""
    been = [(turn.error.verdict, *turn.heard) for turn in _turns(course)]
    return hashlib.blake2b(msgspec.json.encode(been), digest_size=12).hexdigest()


class _Turn(msgspec.Struct, frozen=True):
    """The incident became another error: what its failures said then."""

    error: Error
    heard: tuple[str, ...]


def _turns(course: Course) -> list[_Turn]:
    first, heard = _begun(course)
    verdict, found = first.verdict, [_Turn(first, () if heard is None else (heard,))]
    latest = max(_until(course, first.since), key=_failure_order, default=None)
    for at, failures, changes in _happened(course, first.since):
        was = (verdict, heard)
        # What arrived together has an order of its own, whichever was read first: more than one error is news in any.
        together = tuple(sorted({failure.error for failure in failures}))
        verdict = changes[-1].verdict if changes else verdict
        latest = failures[-1] if failures else latest
        if latest is not None and (failures or (verdict == "error" and heard is None)):
            heard = latest.error
        if len(together) > 1 or (verdict, heard) != was:
            known = () if heard is None else (heard,)
            found.append(_Turn(_error(at, verdict, latest), together if len(together) > 1 else known))
    return found


def _is_of(acknowledged: Acknowledged, course: Course, latest: News) -> bool:
    """Whether what is news now is what the person saw."""
    return _has_seen(acknowledged, course) and acknowledged.news_at == latest.at


def _has_seen(action: Acknowledged | Closed, course: Course) -> bool:
    """Whether the incident had been by then what it is now known to have been. Of one that is read in part, it had."""
    if course.known_before is not None:
        return True
    is_same = action.history is None or action.history == history(course)
    return is_same and action.error_since == errors(course)[-1].since


def _begun(course: Course) -> tuple[Error, str | None]:
    """The first error, and what the latest failure by then was, where it has to do with it."""
    known = course.known_before
    if known is None:
        latest = max(_until(course, course.opened_at), key=_failure_order, default=None)
        first = _error(course.opened_at, course.verdict, latest)
        return first, latest.error if latest is not None and course.verdict == "error" else None
    # What is read begins later than the error did: the first of it is no news.
    in_order = sorted(course.failures, key=_failure_order)
    nearest = max(_until(course, known.since), key=_failure_order, default=in_order[0] if in_order else None)
    return known, known.fingerprint or (nearest.error if nearest is not None else None)


def _until(course: Course, instant: datetime) -> list[Failure]:
    return [failure for failure in course.failures if failure.received_at <= instant]


def _happened(course: Course, since: datetime) -> list[tuple[datetime, list[Failure], list[VerdictChange]]]:
    """What happened after ``since``, together where it was at one instant."""
    together: dict[datetime, tuple[list[Failure], list[VerdictChange]]] = {}
    for failure in sorted(course.failures, key=_failure_order):
        if failure.received_at > since:
            together.setdefault(failure.received_at, ([], []))[0].append(failure)
    for change in sorted(course.changes, key=lambda change: (change.at, change.verdict)):
        if change.at > since:
            together.setdefault(change.at, ([], []))[1].append(change)
    return [(at, *together[at]) for at in sorted(together)]


def news(course: Course, actions: Iterable[AnyAction]) -> list[News]:
    """When the incident opened, became another error, or opened again after somebody had closed it."""
    found = errors(course)
    first, *others = found
    told = {first.since: News(first.since, "opened" if first.since == course.opened_at else "changed", first)}
    told |= {error.since: News(error.since, "changed", error) for error in others}
    for closed in _in_order(actions):
        if isinstance(closed, Closed) and (again := _reopened_at(course, closed)) is not None:
            error = max((error for error in found if error.since <= again), key=lambda error: error.since)
            told[again] = News(again, "reopened", error)
    latest = max(told)
    told[latest] = replace(told[latest], error=found[-1])
    return [told[at] for at in sorted(told)]


EndedBy = Literal["recovered", "expired", "changed", "closed", "withdrawn", "replaced"]


class Ending(msgspec.Struct, frozen=True):
    """How an acknowledgement ended, and when."""

    acknowledged: Acknowledged
    at: datetime
    by: EndedBy


def endings(course: Course, actions: Iterable[AnyAction], now: datetime) -> list[Ending]:
    """The acknowledgements that no longer stand at ``now``, each with what ended it first."""
    done = _in_order(actions)
    found = []
    for acknowledged in done:
        if isinstance(acknowledged, Acknowledged):
            ended = [each for each in _ends(course, done, acknowledged) if each.at <= now]
            if ended:
                found.append(min(ended, key=lambda each: each.at))
    return found


def _ends(course: Course, done: Sequence[AnyAction], acknowledged: Acknowledged) -> Iterable[Ending]:
    def ending(at: datetime, by: EndedBy) -> Ending:
        return Ending(acknowledged, max(at, acknowledged.at), by)

    if course.resolved_at is not None:
        yield ending(course.resolved_at, "recovered")
    if acknowledged.until is not None:
        yield ending(acknowledged.until, "expired")
    told = news(course, done)
    for each in told:
        if each.at > acknowledged.news_at:
            yield ending(each.at, "changed")
    if not _is_of(acknowledged, course, latest := told[-1]):
        yield ending(latest.at, "changed")
    for action in done:
        if action.at > acknowledged.at:
            if isinstance(action, Closed):
                yield ending(action.at, "closed")
            elif isinstance(action, Unacknowledged):
                yield ending(action.at, "withdrawn")
            elif isinstance(action, Acknowledged):
                yield ending(action.at, "replaced")


def _error(since: datetime, verdict: Verdict, failure: Failure | None) -> Error:
    if verdict != "error" or failure is None:
        return Error(since, verdict)
    return Error(since, verdict, failure.fingerprint, failure.gist, failure.host)


def _closed(course: Course, done: Sequence[AnyAction]) -> Closed | None:
    last = _last(done, Closed)
    return last if isinstance(last, Closed) and _reopened_at(course, last) is None else None


def _reopened_at(course: Course, closed: Closed) -> datetime | None:
    """When the first thing happened that who closed it did not know of."""
    known = course.known_before
    if known is not None and closed.at <= known.since:
        return known.since
    instants = [failure.received_at for failure in course.failures] + [change.at for change in course.changes]
    unknown = [at for at in instants if at > closed.seen_until]
    if not _has_seen(closed, course):
        unknown.append(errors(course)[-1].since)
    return max(min(unknown), closed.at) if unknown else None


def _in_order(actions: Iterable[AnyAction]) -> list[AnyAction]:
    # Of two at one instant the order is that of their words: any order will do that is always the same.
    return sorted(set(actions), key=lambda action: (action.at, action_as_json(action)))


def _last(done: Sequence[AnyAction], *kinds: type[IncidentAction]) -> AnyAction | None:
    return next((action for action in reversed(done) if isinstance(action, kinds)), None)


def _lasts(until: datetime | None, now: datetime) -> bool:
    return until is None or now < until


def _failure_order(failure: Failure) -> tuple[object, ...]:
    return failure.received_at, failure.error, failure.gist or "", failure.host or ""
