"""What people do about an incident: each is recorded, counts at once, and is noticed for those who decide about alerts.

Everything happens under the lock on the job that the store takes too, by what is known at that moment: who acknowledges or closes
an incident does so to the error that they saw, or is told that it has become another.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from tc_portal.core.incident import (
    NOTE_LIMIT,
    Acknowledged,
    AnyAction,
    Assigned,
    Closed,
    Commented,
    Muted,
    Standing,
    Unacknowledged,
    Unmuted,
    action_as_json,
    history,
)
from tc_portal.core.text import storable
from tc_portal.jobs.models import Incident, IncidentAction, IncidentNotice, Job

from .folding import Folded, folded_incident, write_standing

LONGEST_ACKNOWLEDGEMENT = timedelta(days=92)
LONGEST_MUTE = timedelta(days=31)


class IncidentGone(Exception):
    """The incident is not there any more: what came later has shown that there was none, or another one."""


class ActionRefused(Exception):
    """What was asked for makes no sense. ``ja`` and ``en`` say why, and what to do instead."""

    def __init__(self, *, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


def acknowledge(
    incident_id: int, by: str, now: datetime, *, seen: datetime, until: datetime | None = None, note: str = ""
) -> None:
    """対応中: be at what the incident is since ``seen``, until ``until`` (None: until the recovery).

    ``seen`` is the ``news_at`` that the page showed. This and the others here raise
    ``IncidentGone``, and ``ActionRefused`` where the incident is over, has changed, or what is asked makes no sense.
    """
    note = _checked(note)
    _check_end(until, now, LONGEST_ACKNOWLEDGEMENT)

    def act(folded: Folded, stands: Standing, at: datetime) -> AnyAction:
        _check_open(stands)
        _check_seen(seen, stands)
        been, since = history(folded.course), stands.error.since
        return Acknowledged(
            at=at, by=by, error_since=since, news_at=stands.news_at, history=been, until=until, note=note
        )

    _act(incident_id, now, act)


def unacknowledge(incident_id: int, by: str, now: datetime) -> None:
    """Nobody is at it any more."""

    def act(folded: Folded, stands: Standing, at: datetime) -> AnyAction | None:
        return None if stands.acknowledged is None else Unacknowledged(at=at, by=by)

    _act(incident_id, now, act)


def assign(incident_id: int, by: str, now: datetime, to: str | None) -> None:
    """Give the incident to the account named ``to``, or to nobody."""
    if to is not None and not get_user_model().objects.filter(username=to, is_active=True).exists():
        raise ActionRefused(
            ja=f"「{to[:50]}」というアカウントはありません。一覧から選んでください。",
            en=f"There is no account “{to[:50]}”. Choose one of the list.",
        )

    def act(folded: Folded, stands: Standing, at: datetime) -> AnyAction | None:
        return None if stands.assigned_to == to else Assigned(at=at, by=by, to=to)

    _act(incident_id, now, act)


def comment(incident_id: int, by: str, now: datetime, note: str) -> None:
    """Leave a note, also on an incident that is over: the next one will find it there."""
    note = _checked(note)
    if not note:
        raise ActionRefused(ja="メモが空です。内容を書いてください。", en="The note is empty. Write something.")
    _act(incident_id, now, lambda folded, stands, at: Commented(at=at, by=by, note=note))


def mute(incident_id: int, by: str, now: datetime, until: datetime) -> None:
    """Tell nobody of it until then, whatever it becomes."""
    _check_end(until, now, LONGEST_MUTE)

    def act(folded: Folded, stands: Standing, at: datetime) -> AnyAction:
        _check_open(stands)
        return Muted(at=at, by=by, until=until)

    _act(incident_id, now, act)


def unmute(incident_id: int, by: str, now: datetime) -> None:
    """Tell people of it again."""

    def act(folded: Folded, stands: Standing, at: datetime) -> AnyAction | None:
        return None if stands.muted is None else Unmuted(at=at, by=by)

    _act(incident_id, now, act)


def close(incident_id: int, by: str, now: datetime, *, seen: datetime, note: str = "") -> None:
    """Count it as over, although the job may still be bad. What happens from now on opens it again."""
    note = _checked(note)

    def act(folded: Folded, stands: Standing, at: datetime) -> AnyAction:
        _check_open(stands)
        _check_seen(seen, stands)
        known, been = folded.course.seen_until, history(folded.course)
        return Closed(at=at, by=by, seen_until=known, error_since=stands.error.since, history=been, note=note)

    _act(incident_id, now, act)


def record_action(job_id: int, opened_at: datetime, action: AnyAction) -> None:
    """Append what was done to the incident's actions."""
    IncidentAction.objects.create(
        job_id=job_id, incident_opened_at=opened_at, at=action.at, definition=action_as_json(action)
    )


def _act(incident_id: int, now: datetime, act: Callable[[Folded, Standing, datetime], AnyAction | None]) -> None:
    """Record what ``act`` makes of how the incident stands, and keep how it stands then."""
    with transaction.atomic():
        folded = _locked(incident_id)
        # Two at one instant, or by clocks that differ, are still one after the other.
        latest = max((action.at for action in folded.actions), default=now)
        at = now if not folded.actions or now > latest else latest + datetime.resolution
        action = act(folded, folded.standing(at), at)
        if action is None:
            return
        record_action(folded.job.id, folded.row.opened_at, action)
        after = replace(folded, actions=(*folded.actions, action))
        write_standing([(after, after.standing(at))])
        IncidentNotice.objects.create(job=folded.job)


def _locked(incident_id: int) -> Folded:
    job_id = Incident.objects.filter(id=incident_id).values_list("job_id", flat=True).first()
    # Before anything else, as the store has it: who locked the incident first would wait for the store, and it for them.
    if job_id is None or not Job.objects.select_for_update().filter(id=job_id).exists():
        raise IncidentGone
    job = Job.objects.select_related("settings_row").get(id=job_id)
    row = Incident.objects.filter(id=incident_id, job_id=job_id).first()
    if row is None:
        raise IncidentGone
    return folded_incident(row, job)


def _check_open(stands: Standing) -> None:
    if stands.over_at is not None:
        raise ActionRefused(
            ja="この障害はすでに終わっています。メモは残せます。",
            en="This incident is over already. You can leave a note.",
        )


def _check_seen(seen: datetime, stands: Standing) -> None:
    if seen != stands.news_at:
        raise ActionRefused(
            ja="その間にエラーが変わりました。今の内容を確かめてから、もう一度操作してください。",
            en="Meanwhile the error has changed. Look at what it is now, then try again.",
        )


def _check_end(until: datetime | None, now: datetime, longest: timedelta) -> None:
    if until is not None and until <= now:
        raise ActionRefused(
            ja="期限が過ぎています。これからの日時を指定してください。", en="That time has passed. Choose one to come."
        )
    if until is not None and until > now + longest:
        raise ActionRefused(
            ja=f"期限は {longest.days} 日以内にしてください。", en=f"Choose a time within {longest.days} days."
        )


def _checked(note: str) -> str:
    note = storable(note).strip()
    if len(note) > NOTE_LIMIT:
        raise ActionRefused(
            ja=f"メモは {NOTE_LIMIT:,} 文字までです（今は {len(note):,} 文字）。短くしてください。",
            en=f"A note has {NOTE_LIMIT:,} characters at most; this one has {len(note):,}. Shorten it.",
        )
    return note
