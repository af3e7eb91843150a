"""``tc-portal import healthchecks``: shows what Healthchecks' checks become, and saves it when told to."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import requests
from msgspec.structs import replace

from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.schedule_words import schedule_in_words
from tc_portal.jobs.models import Job
from tc_portal.jobs.ping_tokens import keep_token
from tc_portal.jobs.standing import settings_of
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.tagging import tag_job
from tc_portal.terminal import Explained, in_japanese, say

from .healthchecks import Imported, NotImported, checks_in, imported
from .healthchecks_options import API_KEY
from .saving import save_settings

CHANGED_BY = "tc-portal import healthchecks"
SOME_LEFT = 3
LARGE = 20_000_000
SECONDS_TO_ANSWER = 30


def import_healthchecks(options: argparse.Namespace) -> int:
    """0 when every check is in, or would be; 3 when some cannot be jobs."""
    try:
        checks = checks_in(_content(options.source))
    except msgspec.MsgspecError as error:
        raise Explained(
            ja=f"Healthchecks のチェックの一覧ではありません（{error}）。/api/v3/checks/ の応答を指定してください。",
            en=f"This is no list of Healthchecks' checks ({error}). Give the answer of /api/v3/checks/.",
        ) from error
    results = imported(checks, datetime.now(UTC))
    jobs = [_with_anchor_kept(each) for each in results if isinstance(each, Imported)]
    language = "ja" if in_japanese() else "en"
    for job in jobs:
        when = schedule_in_words(job.settings.schedules[0], {}, language)
        text = f"{job.job_key} ({job.title}): {when}"
        said = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        say(ja=said, en=said)
    left = [each for each in results if isinstance(each, NotImported)]
    for each in left:
        say(ja=f"[取り込めません] {each.name!r}: {each.ja}", en=f"[left out] {each.name!r}: {each.en}")
    if not options.yes:
        say(
            ja=f"{len(jobs)} 件を表示しただけで、何も保存していません。保存するには --yes を付けて実行してください。",
            en=f"Nothing was saved. To save these {len(jobs)} jobs, run this again with --yes.",
        )
    elif jobs:
        _save(jobs)
    return SOME_LEFT if left else 0


def _content(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read(LARGE)
    if source.startswith(("http://", "https://")):
        return _fetched(source)
    try:
        return Path(source).read_bytes()
    except (OSError, ValueError) as error:
        raise Explained(ja=f"{source} を読めません（{error}）。", en=f"{source} cannot be read ({error}).") from None


def _fetched(address: str) -> bytes:
    key = os.environ.get(API_KEY, "")
    if not key:
        raise Explained(ja=f"環境変数 {API_KEY} に API キーを入れてください。", en=f"Put the API key into {API_KEY}.")
    if "/api/v" not in address:
        address = address.rstrip("/") + "/api/v3/checks/"
    try:
        answer = requests.get(address, headers={"X-Api-Key": key}, timeout=SECONDS_TO_ANSWER, allow_redirects=False)
    except requests.RequestException as error:
        name = type(error).__name__
        raise Explained(
            ja=f"{address} に接続できません（{name}）。", en=f"{address} cannot be reached ({name})."
        ) from None
    if answer.status_code != 200:
        raise Explained(
            ja=f"{address} が {answer.status_code} を返しました。URL と API キーを確かめてください。",
            en=f"{address} answered {answer.status_code}. Check the address and the API key.",
        )
    return answer.content


def _with_anchor_kept(job: Imported) -> Imported:
    """An interval that is in force already goes on as it is: the same again changes nothing."""
    there = Job.objects.select_related("settings_row").filter(job_key=job.job_key).first()
    before = settings_of(there) if there is not None else None
    if before is None or len(before.schedules) != 1:
        return job
    old, new = before.schedules[0].schedule, job.settings.schedules[0].schedule
    if isinstance(old, Interval) and isinstance(new, Interval) and old.every == new.every:
        return replace(job, settings=replace(job.settings, schedules=(JobSchedule(old),)))
    return job


def _save(jobs: list[Imported]) -> None:
    changes = [
        SettingsChange(job.job_key, job.settings, job.title) for job in jobs if job.settings != _in_force(job.job_key)
    ]
    save_settings(changes, CHANGED_BY)
    kept = 0
    now = datetime.now(UTC)
    ids = dict(Job.objects.filter(job_key__in=[job.job_key for job in jobs]).values_list("job_key", "id"))
    for job in jobs:
        if job.tags:
            tag_job(ids[job.job_key], job.tags)
        if job.token is not None:
            kept += keep_token(job.token, job.title[:200], job.job_key, CHANGED_BY, now)
    say(
        ja=f"ジョブ {len(changes)} 件とトークン {kept} 件を保存しました。",
        en=f"Saved {len(changes)} jobs and {kept} tokens.",
    )


def _in_force(job_key: str) -> JobSettings | None:
    job = Job.objects.select_related("settings_row").filter(job_key=job_key).first()
    return None if job is None else settings_of(job)
