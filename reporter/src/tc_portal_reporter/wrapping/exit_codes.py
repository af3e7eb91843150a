"""What exit codes mean, in Japanese and in English, and which of them are well.

Sources: Microsoft's NTSTATUS values and the Task Scheduler's error and success constants; POSIX and
the shells for 126 and above.
"""

from __future__ import annotations

import sys
from typing import Dict, Optional

TIME_LIMIT = 124
NOT_EXECUTABLE = 126
NOT_FOUND = 127
SIGNAL_BASE = 128

WINDOWS_CODES: Dict[int, str] = {
    0x2331: "cmd がコマンドを見つけられない / cmd did not find the command",
    0x41300: "タスクは実行できる状態（失敗ではない）/ the task is ready to run (no failure)",
    0x41301: "タスクは実行中（失敗ではない）/ the task is running (no failure)",
    0x41302: "タスクは無効 / the task is disabled",
    0x41303: "タスクはまだ実行されていない（失敗ではない）/ the task has not run yet (no failure)",
    0x41304: "タスクに次の実行予定がない / the task has no more runs scheduled",
    0x41305: "タスクの設定が足りず予定がない / the task is not scheduled: settings are missing",
    0x41306: "タスクが終了させられた（操作または時間制限）/ the task was terminated, by a user or its time limit",
    0x41307: "タスクに有効なトリガーがない / the task has no valid trigger",
    0x41308: "トリガーに決まった時刻がない / event triggers have no set run times",
    0x40010004: "デバッガーまたはシャットダウンで終了 / ended by a debugger or a shutdown",
    0x8004130A: "タスクの準備ができていない / the task is not ready",
    0x8004130F: "タスクのアカウント情報がない / no account information for the task",
    0x8004131F: "タスクはすでに実行中 / the task is already running",
    0x80041326: "タスクは無効 / the task is disabled",
    0x80070002: "ファイルが見つからない / file not found",
    0x80070003: "フォルダーが見つからない / path not found",
    0x80070005: "アクセスが拒否された / access denied",
    0x8007010B: "「開始」のフォルダーが正しくない / the folder of “Start in” is invalid",
    0x800704DD: "ログオンしている利用者がいない / nobody is logged on",
    0x8007052E: "利用者名またはパスワードが違う / wrong user name or password",
    0x800710E0: "条件またはポリシーにより拒否された / refused by a condition or a policy",
    0x80131506: ".NET の内部エラー / internal error of .NET",
    0xC0000005: "アクセス違反 / access violation",
    0xC0000017: "メモリ不足 / out of memory",
    0xC000001D: "不正な命令 / illegal instruction",
    0xC0000094: "ゼロによる除算 / integer division by zero",
    0xC00000FD: "スタックオーバーフロー / stack overflow",
    0xC000012D: "メモリ（コミット）の上限 / commitment limit of memory reached",
    0xC0000135: "DLL が見つからない / a DLL was not found",
    0xC0000139: "DLL に必要な関数がない / an entry point is missing in a DLL",
    0xC000013A: "Ctrl+C、またはウィンドウやログオフによる終了 / Ctrl+C, or ended by closing the window or logging off",
    0xC0000142: "DLL の初期化に失敗（ログオフ中など）/ a DLL failed to initialise (such as during logoff)",
    0xC0000374: "ヒープの破損 / heap corruption",
    0xC0000409: "内部エラーによる強制終了（fail fast）/ fail fast after an internal error",
    0xC0000417: "C ランタイムへの不正な引数 / invalid argument to the C runtime",
    0xE0434352: ".NET の例外 / an exception of .NET",
    0xE06D7363: "C++ の例外 / an exception of C++",
}

SIGNALS: Dict[str, str] = {
    "SIGHUP": "端末の切断 / the terminal was closed",
    "SIGINT": "Ctrl+C / Ctrl+C",
    "SIGQUIT": "Ctrl+\\ / Ctrl+\\",
    "SIGILL": "不正な命令 / illegal instruction",
    "SIGABRT": "abort による異常終了 / aborted",
    "SIGBUS": "不正なメモリアクセス / bus error",
    "SIGFPE": "算術エラー / arithmetic error",
    "SIGKILL": "強制終了（kill -9、メモリ不足など）/ killed (kill -9, out of memory)",
    "SIGSEGV": "不正なメモリアクセス / segmentation fault",
    "SIGPIPE": "出力先が閉じられた / the reader of its output went away",
    "SIGALRM": "タイマー / alarm",
    "SIGTERM": "終了の要求 / asked to terminate",
    "SIGXCPU": "CPU 時間の上限 / CPU time limit",
    "SIGXFSZ": "ファイルサイズの上限 / file size limit",
    "SIGSYS": "許可されないシステムコール / bad system call",
}

OF_A_SHELL = {
    NOT_EXECUTABLE: "コマンドを実行できない（実行権限がない、またはプログラムではない）/ the command cannot be executed",
    NOT_FOUND: "コマンドが見つからない / command not found",
}


def meaning_of_code(code: int, on_windows: Optional[bool] = None) -> str:
    """What ``code`` means if it is known to mean something, as ``日本語 / English``; else empty.

    ``code`` is as the system shows it: 0 to 255, or on Windows 0 to 2³²-1.
    """
    if sys.platform == "win32" if on_windows is None else on_windows:
        return _meaning_on_windows(code)
    if code > SIGNAL_BASE and signal_name(code - SIGNAL_BASE):
        return meaning_of_signal(code - SIGNAL_BASE)
    return OF_A_SHELL.get(code, "")


def meaning_of_signal(number: int) -> str:
    """What it means that a signal ended a process, as ``日本語 / English``."""
    name = signal_name(number) or f"signal {number}"
    return f"{name}: {SIGNALS[name]}" if name in SIGNALS else f"{name} で終了 / ended by {name}"


def signal_name(number: int) -> str:
    """``SIGTERM`` for 15, or an empty text where there is no such signal."""
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def as_written(code: int) -> str:
    """``code`` as people know it: large ones of Windows in hexadecimal too."""
    return f"{code}（0x{code:08X}）" if code > 0xFFFF else str(code)


def as_process_exit_code(code: int) -> int:
    """``code`` as ``sys.exit`` takes it: before Python 3.12 what is 2³¹ and more became 0xFFFFFFFF."""
    return code - (1 << 32) if code >= 1 << 31 else code


def _meaning_on_windows(code: int) -> str:
    if code in WINDOWS_CODES:
        return WINDOWS_CODES[code]
    if code in OF_A_SHELL:
        return OF_A_SHELL[code]
    if code == 0xFFFFFFFF:
        return "-1（プログラムが返したエラー）/ -1, an error that the program returned"
    if code >> 28 == 0xC:
        return "異常終了（NTSTATUS）/ crashed (an NTSTATUS)"
    if code >> 16 == 0x8007:
        return f"Windows のエラー {code & 0xFFFF} / Windows error {code & 0xFFFF}"
    return ""
