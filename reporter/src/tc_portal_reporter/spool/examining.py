"""What is kept on this PC, and can anything be kept? The doctor's look at the spool."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import datetime
from errno import errorcode
from typing import Iterator, Optional, Sequence

from ..address import base_of
from ..finding import Finding, doubtful, good
from ..settings import Settings
from .bounds import dropped
from .files import Listing, listing
from .folders import own_folder, spool_folders
from .kept_report import FileName, KeptReport, read_report

REFUSED_SHOWN = 5
KEY_LENGTH = 80


def check_spool(settings: Settings) -> Iterator[Finding]:
    """Say where reports are kept, how many and since when, which were refused and why, and what was dropped."""
    folders = spool_folders(settings)
    usable = [folder for folder in folders if _takes_files(folder)]
    if not usable:
        yield doubtful("spool_nowhere", folders=" / ".join(folders) or own_folder())
    elif usable[0] != folders[0]:
        yield doubtful("spool_elsewhere", first=folders[0], folder=usable[0], rights=_rights(folders[0]))
    else:
        yield good("spool_folder", folder=usable[0], rights=_rights(usable[0]))
    for folder in folders:
        yield from _what_is_in(folder, listing(folder), base_of(settings.url))


def _what_is_in(folder: str, found: Listing, base: str) -> Iterator[Finding]:
    waiting = [*found.kept, *found.unfinished]
    if waiting:
        oldest = min(waiting)
        report = _read(folder, oldest)
        reason = report.tries[-1].reason if report is not None and report.tries else "-"
        yield doubtful("spool_kept", count=len(waiting), since=_when(oldest), reason=reason, folder=folder)
    others = sum(_is_for_another(folder, name, base) for name in found.kept)
    if others:
        yield doubtful("spool_other_address", count=others, folder=folder)
    closed = sum(not os.access(os.path.join(folder, name.text), os.R_OK | os.W_OK) for name in found.kept)
    if closed:
        yield doubtful("spool_closed", count=closed, folder=folder)
    yield from _refused(folder, found.refused)
    if found.unreadable:
        yield doubtful("spool_unreadable", count=len(found.unreadable), folder=folder)
    gone = dropped(folder)
    if gone.in_all:
        yield doubtful("spool_dropped", successes=gone.successes, errors=gone.errors, since=_local(gone.first_at))


def _refused(folder: str, names: Sequence[FileName]) -> Iterator[Finding]:
    for name in names[-REFUSED_SHOWN:]:
        report = _read(folder, name)
        if report is not None:
            key = str(report.members.get("job_key", report.name))[:KEY_LENGTH]
            reason = report.tries[-1].reason if report.tries else "-"
            yield doubtful("spool_refused_one", key=key, since=_when(name), reason=reason)
    if names:
        yield doubtful("spool_refused", count=len(names), folder=folder)


def _is_for_another(folder: str, name: FileName, base: str) -> bool:
    report = _read(folder, name)
    return report is not None and report.address not in ("", base)


def _read(folder: str, name: FileName) -> Optional[KeptReport]:
    try:
        with open(os.path.join(folder, name.text), "rb") as file:
            return read_report(file.read())
    except (OSError, ValueError):
        return None


def _takes_files(folder: str) -> bool:
    """Whether a file can be made in ``folder``, tried out; or the folder itself, where it is missing."""
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    path = os.path.join(folder, f"tc-report-doctor-{os.urandom(8).hex()}.tmp")
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    with suppress(OSError):
        os.unlink(path)
    return True


def _rights(folder: str) -> str:
    """Who may use the folder, as ``ls`` shows it, ``-`` where it is still to be made; Windows' access lists are for its own
    tools. In signs that every console has: the system's own words are in its language, not in ours."""
    if sys.platform == "win32":
        return "rw" if _takes_files(folder) else "r"
    try:
        there = os.stat(folder)
    except FileNotFoundError:
        return "-"
    except OSError as error:
        return errorcode.get(error.errno or 0, "-")
    from stat import filemode

    try:
        from pwd import getpwuid

        owner = getpwuid(there.st_uid).pw_name
    except (ImportError, KeyError):
        owner = str(there.st_uid)
    return f"{filemode(there.st_mode)} {owner}"


def _when(name: FileName) -> str:
    try:
        return datetime.fromtimestamp(name.stamp / 1e9).astimezone().isoformat(" ", "minutes")
    except (OverflowError, OSError, ValueError):
        return "?"


def _local(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone().isoformat(" ", "minutes")
    except ValueError:
        return text
