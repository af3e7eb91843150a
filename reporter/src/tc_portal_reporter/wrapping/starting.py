"""Why a command could not be started, in the words and the exit codes of a shell."""

from __future__ import annotations

import errno
import os
import sys

from .exit_codes import NOT_EXECUTABLE, NOT_FOUND

ERROR_BAD_EXE_FORMAT = 193
ERROR_ELEVATION_REQUIRED = 740

# fmt: off
BUILT_INTO_CMD = (
    "assoc", "break", "call", "cd", "chdir", "cls", "color", "copy", "date", "del", "dir", "echo", "endlocal", "erase",
    "exit", "for", "ftype", "if", "md", "mkdir", "mklink", "move", "path", "pause", "popd", "prompt", "pushd", "rd",
    "rem", "ren", "rename", "rmdir", "set", "setlocal", "shift", "start", "time", "title", "type", "ver", "verify", "vol",
)
# fmt: on


class NotStarted(Exception):
    """``code`` is the exit code of a shell in that case; the text says why and what to do, in both languages."""

    def __init__(self, code: int, japanese: str, english: str) -> None:
        super().__init__(f"{japanese} / {english}")
        self.code = code


def refusal(name: str, error: Exception) -> NotStarted:
    """What ``error``, raised when ``name`` was to be started, comes to."""
    if isinstance(error, FileNotFoundError):
        if sys.platform == "win32" and name.lower() in BUILT_INTO_CMD:
            return NotStarted(
                NOT_FOUND,
                f"{name} は cmd の内部コマンドです。cmd /c {name} … と書いてください",
                f"{name} is built into cmd; write cmd /c {name} …",
            )
        if _is_there(name):
            return NotStarted(
                NOT_EXECUTABLE,
                f"{name} の 1 行目（#!）にあるインタープリターが見つかりません",
                f"the interpreter that the first line (#!) of {name} names was not found",
            )
        return NotStarted(NOT_FOUND, f"コマンドが見つかりません: {name}", f"command not found: {name}")
    if getattr(error, "winerror", None) == ERROR_BAD_EXE_FORMAT:
        return NotStarted(
            NOT_EXECUTABLE,
            f"{name} はプログラムではありません。動かすプログラムから書いてください（例: python {name}）",
            f"{name} is not a program; write the program that runs it first (such as python {name})",
        )
    if getattr(error, "winerror", None) == ERROR_ELEVATION_REQUIRED:
        return NotStarted(
            NOT_EXECUTABLE,
            f"{name} の実行には管理者の権限が要ります（タスクの「最上位の特権で実行する」）",
            f"{name} needs an administrator's rights (the task's “Run with highest privileges”)",
        )
    if isinstance(error, PermissionError) or getattr(error, "errno", None) == errno.EACCES:
        return NotStarted(NOT_EXECUTABLE, f"{name} を実行する権限がありません", f"no permission to execute {name}")
    reason = getattr(error, "strerror", None) or str(error)
    return NotStarted(NOT_EXECUTABLE, f"{name} を実行できません（{reason}）", f"cannot execute {name} ({reason})")


def _is_there(name: str) -> bool:
    from pathlib import Path
    from shutil import which

    return sys.platform != "win32" and (Path(name).exists() if os.sep in name else which(name) is not None)
