"""The tasks of an import as its page shows them, and what a person says of each in its form.

Between the steps the portal keeps nothing: the tasks that were read go to the browser and come back, signed.
"""

import base64
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.core import signing
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.local_time import time_zone_of
from tc_portal.core.schedule.job_schedule import Narrowing
from tc_portal.core.task_scheduler.coming import next_slots
from tc_portal.core.task_scheduler.found_tasks import FoundTasks
from tc_portal.core.task_scheduler.matching import Jobs
from tc_portal.core.task_scheduler.notes import Said
from tc_portal.core.task_scheduler.plan import Decision, Plan, PlannedTask, Terms
from tc_portal.core.task_scheduler.plan_words import candidate_in_words, limits_in_words
from tc_portal.core.task_scheduler.task import Unpredictable
from tc_portal.core.task_scheduler.words import triggers_in_words

A_DAY = 24 * 3600
UNDECIDED = "?"
ON_DAYS_OFF = ("skip", "before", "after")

_signer = signing.TimestampSigner(salt="tc_portal.import_tasks")


class Upload(msgspec.Struct, frozen=True):
    """What the first step found, on its way through the browser."""

    found: FoundTasks
    time_zone: str
    host: str = ""
    key_prefix: str = ""

    @property
    def terms(self) -> Terms:
        return Terms(self.time_zone, self.host, self.key_prefix)


_read_upload = msgspec.json.Decoder(Upload).decode


def signed(upload: Upload) -> str:
    """The upload as a text that only this portal can have written."""
    return _signer.sign(base64.b64encode(zlib.compress(msgspec.json.encode(upload))).decode())


def unsigned(text: str) -> Upload | None:
    """The upload in the text; None where it is older than a day, or not this portal's."""
    try:
        return _read_upload(zlib.decompress(base64.b64decode(_signer.unsign(text, max_age=A_DAY))))
    except (signing.BadSignature, msgspec.DecodeError, ValueError, zlib.error):
        return None


@dataclass
class Choice:
    """An option of a select."""

    value: str
    words: str
    is_chosen: bool = False


@dataclass
class Row:
    """A task on the page."""

    number: int
    one: PlannedTask
    is_taken: bool
    key: str
    jobs: list[Choice]
    calendars: list[Choice]
    triggers: list[str]
    times: list[datetime]
    late_minutes: int
    limits: str
    trouble: str
    matched: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def commands(self) -> str:
        return "、".join(dict.fromkeys(self.one.task.scripts or self.one.task.commands))


def rows_of(
    plan: Plan,
    known: Jobs,
    decided: Mapping[str, Decision] | None,
    newest: Mapping[str, str],
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> list[Row]:
    """A row for each task. Without decisions, what is certain is ticked and the rest waits."""
    return [_row(number, one, known, decided, newest, calendars, now) for number, one in enumerate(plan.tasks)]


def _row(
    number: int,
    one: PlannedTask,
    known: Jobs,
    decided: Mapping[str, Decision] | None,
    newest: Mapping[str, str],
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> Row:
    language = get_language() or "ja"
    zone = time_zone_of(one.schedule.time_zone)
    slots = next_slots(one.schedule, one.narrowed, calendars, now)
    by_clock = [trigger for trigger in one.schedule.triggers if not isinstance(trigger, Unpredictable)]
    decision = None if decided is None else decided.get(one.task.path)
    certain = one.match.certain
    return Row(
        number,
        one,
        is_taken=one.outcome in ("new", "changed") if decision is None else decision.job_key is not None,
        key=one.job_key,
        jobs=_job_choices(one, decision, known, language),
        calendars=_calendar_choices(one.narrowed, newest, calendars),
        triggers=triggers_in_words(by_clock, language),
        times=[slot.due.astimezone(zone) for slot in slots],
        late_minutes=max((int(slot.may_start_late_by.total_seconds() // 60) for slot in slots), default=0),
        limits="" if one.settings is None else limits_in_words(one.settings, language),
        trouble=_in(language, one.why),
        matched="" if certain is None else candidate_in_words(certain, language),
        notes=[_in(language, note) for note in one.notes],
    )


def _in(language: str, said: Said | None) -> str:
    return "" if said is None else said.in_language(language)


def _job_choices(one: PlannedTask, decision: Decision | None, known: Jobs, language: str) -> list[Choice]:
    """The jobs that it may be, likeliest first, and a new one."""
    chosen = ""
    if decision is not None:
        chosen = decision.job_key or UNDECIDED if decision.is_new is not True else ""
    elif one.outcome == "unclear":
        chosen = UNDECIDED
    elif one.job_key in known.by_key:
        chosen = one.job_key
    candidates = {each.job.job_key: candidate_in_words(each, language) for each in one.match.candidates}
    if one.job_key in known.by_key:
        candidates.setdefault(one.job_key, _("has the same key"))
    choices = [
        Choice(key, f"{known.by_key[key].title} [{key}] – {words}", key == chosen) for key, words in candidates.items()
    ]
    if choices and chosen in ("", UNDECIDED):
        choices.insert(0, Choice(UNDECIDED, _("Choose…"), chosen == UNDECIDED))
    return [*choices, Choice("", _("A new job, with this key:"), not chosen or not choices)]


def _calendar_choices(
    narrowed: Narrowing | None, newest: Mapping[str, str], calendars: Mapping[str, Calendar]
) -> list[Choice]:
    """The calendars, each with what becomes of runs on its days off."""
    named = {revision: name for name, revision in newest.items()}
    if narrowed is not None and narrowed.calendar not in named:
        named = {narrowed.calendar: calendars[narrowed.calendar].name} | named
    words = {"skip": _("not on days off"), "before": _("before days off"), "after": _("after days off")}
    chosen = None if narrowed is None else (narrowed.calendar, narrowed.on_day_off)
    choices = [Choice("", _("Every day"), chosen is None)]
    for revision, name in named.items():
        for policy in ON_DAYS_OFF:
            choices.append(Choice(f"{revision}:{policy}", f"{name}: {words[policy]}", chosen == (revision, policy)))
    return choices if len(choices) > 1 else []


def narrowing_said(value: str, time_zone: str, revisions: Iterable[str]) -> Narrowing | None:
    """What a calendar's option stands for; None for every day, and for what is no option."""
    revision, _colon, policy = value.partition(":")
    if revision not in revisions or policy not in ON_DAYS_OFF:
        return None
    return Narrowing(revision, policy, time_zone)


def decisions_said(form: QueryDict, upload: Upload, revisions: Iterable[str]) -> dict[str, Decision]:
    """What the form says of each task; what is not ticked is left out."""
    said: dict[str, Decision] = {}
    revisions = set(revisions)
    for number, task in enumerate(upload.found.tasks):
        if f"take-{number}" not in form:
            said.setdefault(task.path, Decision(None))
            continue
        job, key = form.get(f"job-{number}", ""), form.get(f"key-{number}", "")
        said[task.path] = Decision(
            job_key="" if job == UNDECIDED else job or key,
            title=form.get(f"title-{number}", ""),
            is_new=None if job == UNDECIDED else not job,
            narrowed=narrowing_said(form.get(f"calendar-{number}", ""), upload.time_zone, revisions),
            decides_narrowing=f"calendar-{number}" in form,
        )
    return said
