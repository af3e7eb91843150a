"""Where on this PC reports are kept, and who may read them there."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import List

from ..settings import Settings

MACHINE_FOLDER = "/var/spool/tc-portal"


def spool_folders(settings: Settings) -> List[str]:
    """The folders to keep reports in: the first that takes a report gets it, and all are emptied.

    First the one that is set; else the machine's, which exists only where somebody has made it for all
    accounts. The account's own comes last, for when the former cannot be written to.
    """
    first = settings.spool_dir
    if not first and os.path.isdir(machine_folder()):
        first = machine_folder()
    folders = [first, own_folder()]
    return [folder for folder in dict.fromkeys(folders) if os.path.isabs(folder)]


def machine_folder() -> str:
    """The folder that an administrator makes for all accounts of this PC."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("PROGRAMDATA") or r"C:\ProgramData", "TCPortal", "spool")
    return MACHINE_FOLDER


def own_folder() -> str:
    """The folder of the account that this process runs as; not absolute where the account has no home."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(os.path.expanduser("~"), "AppData", "Local")
        return os.path.join(local, "TCPortal", "spool")
    state = os.environ.get("XDG_STATE_HOME") or ""
    if not os.path.isabs(state):
        state = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(state, "tc-portal", "spool")


def make_folder(folder: str) -> None:
    """Make ``folder``, for this account alone, where it is missing. Raises ``OSError``."""
    if not os.path.isdir(folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)


def file_mode(folder: str) -> int:
    """The mode of files in ``folder``: whoever may add to the folder may use what is in it. Raises ``OSError``."""
    return _mode_in(os.stat(folder).st_mode)


def share(file: int, folder: str) -> None:
    """Let the accounts that may add to ``folder`` use the open ``file``, too; what the system refuses is left.

    On Windows files inherit the rights of their folder.
    """
    if sys.platform == "win32":
        return
    there = os.stat(folder)
    with suppress(OSError):
        if os.geteuid() == 0:
            # A job of root's that keeps a report in another account's folder must not lock that account out.
            os.fchown(file, there.st_uid, there.st_gid)
        elif there.st_mode & 0o020:
            os.fchown(file, -1, there.st_gid)
    with suppress(OSError):
        os.fchmod(file, _mode_in(there.st_mode))


def _mode_in(folder_mode: int) -> int:
    return 0o600 | (0o060 if folder_mode & 0o020 else 0) | (0o006 if folder_mode & 0o002 else 0)
