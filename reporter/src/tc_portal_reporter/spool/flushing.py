"""``tc-report flush``: send what is kept on this PC, once or for ever."""

from __future__ import annotations

import os
from typing import Dict, Iterator

from ..console import say
from ..sending import connect
from ..settings import Settings, read_settings
from ..telling import say_config_problems, say_skipped
from .backlog import Backlog
from .bounds import clear_dropped
from .files import Listing, listing
from .folders import spool_folders
from .held_file import hold
from .kept_report import KEPT_ENDING

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 600.0
LONGEST_RETRY_AFTER_SECONDS = 3600
LOOK_SECONDS = 30.0
BUSY_SECONDS = 10.0

FLUSH_WORDS: Dict[str, Dict[str, str]] = {
    "ja": {
        "empty": "保管している報告はありません。",
        "sent": "保管していた報告を {count} 件送りました。",
        "refused": "{count} 件は受け付けられないので取り置きました（理由は tc-report doctor で見られます）。",
        "left": "{count} 件が残っています: {why}",
        "elsewhere": "{count} 件は別のアドレスあてに保管されています。今のアドレスに送るなら --any-address を付けてください。",
        "died": "報告せずに終了していた実行を {count} 件報告しました。",
        "busy": "ほかのプロセスが送っているところです。",
        "forgotten": "取り置いた報告を {count} 件消しました。",
        "again": "取り置いた報告 {count} 件を、もう一度送ります。",
        "watching": "保管される報告を見張っています。やめるには Ctrl+C を押してください。",
    },
    "en": {
        "empty": "No reports are kept.",
        "sent": "Sent {count} kept reports.",
        "refused": "{count} were refused and put aside (tc-report doctor tells why).",
        "left": "{count} are left: {why}",
        "elsewhere": "{count} are kept for another address. To send them to the present one, add --any-address.",
        "died": "Told of {count} runs that had ended without a report.",
        "busy": "Another process is sending them just now.",
        "forgotten": "Deleted {count} reports that had been put aside.",
        "again": "{count} reports that had been put aside are sent again.",
        "watching": "Watching for reports that are kept. Ctrl+C ends it.",
    },
}


def flush(language: str, any_address: bool = False) -> int:
    """Send what is kept; 0 when nothing is left. Waits some seconds for another process that is sending."""
    from time import monotonic, sleep

    settings = read_settings()
    if not settings.is_complete:
        say_skipped(settings)
        return 1
    say_config_problems(settings)
    died = _tell_of_the_dead(settings, FLUSH_WORDS[language])
    until = monotonic() + BUSY_SECONDS
    is_empty = not _is_worth_a_pass(settings)
    done = _pass(settings, any_address)
    while done.is_busy and monotonic() < until:
        sleep(0.2)
        done = _pass(settings, any_address)
    for line in _told(settings, done, FLUSH_WORDS[language]):
        say(line)
    if is_empty and not died:
        say(FLUSH_WORDS[language]["empty"])
    return 1 if _kept(settings) else 0


def watch(language: str, any_address: bool = False, look_seconds: float = LOOK_SECONDS) -> int:
    """Send what is kept whenever there is something, until Ctrl+C; the same trouble is told once.

    The settings are read each time, so that a changed secret counts without a restart.
    """
    from random import random
    from time import sleep

    words = FLUSH_WORDS[language]
    failures = 0
    last_told = [""]
    try:
        say(words["watching"])
        while True:
            settings = read_settings()
            pause = look_seconds
            if settings.is_complete:
                _tell_of_the_dead(settings, words)
            if settings.is_complete and _is_worth_a_pass(settings):
                done = _pass(settings, any_address)
                told = list(_told(settings, done, words))
                if done.sent or told != last_told:
                    for line in told:
                        say(line)
                last_told = told
                failures = failures + 1 if done.trouble else 0
                if failures:
                    pause = pause_seconds(failures, _retry_after(done), random())
            sleep(pause)
    except KeyboardInterrupt:
        return 0


def pause_seconds(failures: int, retry_after: float, chance: float) -> float:
    """How long to leave the portal alone after so many failures in a row.

    Twice as long each time, ten minutes at most, and never less than the portal asked for. ``chance``, from
    0 to 1, spreads it from the half to the one and a half, so that all PCs do not come back at once.
    """
    backed_off = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10))
    return max(backed_off * (0.5 + chance), retry_after)


def retry_refused(language: str) -> None:
    """Put what was refused back among what is to be sent."""
    count = 0
    settings = read_settings()
    for path in _paths(settings, "refused"):
        held = hold(path)
        if held is not None:
            held.note("tc-report flush --refused")
            held.rename(KEPT_ENDING)
            count += 1
    say(FLUSH_WORDS[language]["again"].format(count=count))


def forget_refused(language: str) -> int:
    """Delete what was refused or cannot be read, and count anew what was dropped."""
    count = 0
    settings = read_settings()
    for which in ("refused", "unreadable"):
        for path in _paths(settings, which):
            held = hold(path)
            if held is not None:
                held.unlink()
                count += not os.path.exists(path)
    for folder in spool_folders(settings):
        clear_dropped(folder)
    say(FLUSH_WORDS[language]["forgotten"].format(count=count))
    return 0


def _tell_of_the_dead(settings: Settings, words: Dict[str, str]) -> int:
    """Report the runs of ``tc-report run`` that were killed."""
    from ..wrapping.tombstone import report_the_dead

    count = report_the_dead(settings)
    if count:
        say(words["died"].format(count=count))
    return count


def _pass(settings: Settings, any_address: bool) -> Backlog:
    connection = connect(settings)
    done = Backlog(settings, connection, any_address=any_address)
    try:
        done.send()
    finally:
        connection.close()
    return done


def _told(settings: Settings, done: Backlog, words: Dict[str, str]) -> Iterator[str]:
    if done.sent:
        yield words["sent"].format(count=done.sent)
    if done.refused:
        yield words["refused"].format(count=done.refused)
    if done.trouble:
        yield words["left"].format(count=_kept(settings), why=done.trouble)
    elif done.is_busy:
        yield words["busy"]
    if done.elsewhere:
        yield words["elsewhere"].format(count=done.elsewhere)


def _kept(settings: Settings) -> int:
    return sum(len(found.kept) for _, found in _listings(settings))


def _is_worth_a_pass(settings: Settings) -> bool:
    return any(found.kept or found.unfinished for _, found in _listings(settings))


def _paths(settings: Settings, which: str) -> Iterator[str]:
    for folder, found in _listings(settings):
        for name in getattr(found, which):
            yield os.path.join(folder, name.text)


def _listings(settings: Settings) -> Iterator["tuple[str, Listing]"]:
    for folder in spool_folders(settings):
        yield folder, listing(folder)


def _retry_after(done: Backlog) -> float:
    """The seconds of the answer's ``Retry-After``; its other form, a date, is left to the usual pause."""
    text = done.answer.headers.get("retry-after", "") if done.answer is not None else ""
    return float(min(int(text), LONGEST_RETRY_AFTER_SECONDS)) if text.isascii() and text.isdigit() else 0.0
