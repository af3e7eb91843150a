"""What "Last Run Result" of the Task Scheduler means.

Sources: Microsoft's Task Scheduler error and success constants, Win32 error codes as HRESULT, NTSTATUS values.
"""

RUNNING = 0x41301
DISABLED = 0x41302
NEVER_RUN = 0x41303
TERMINATED = 0x41306
# They say how the task stands, and nothing of a run's end.
STATES = frozenset((0x41300, RUNNING, DISABLED, NEVER_RUN, 0x41304, 0x41305, 0x41307, 0x41308, 0x41325))

_START_REFUSED: dict[int, tuple[str, str]] = {
    0x8004130A: ("タスクの準備ができていない", "the task is not ready"),
    0x8004130F: ("タスクのアカウント情報がない", "there is no account information for the task"),
    0x80041310: ("タスクのアカウント情報を読めない", "the task's account information cannot be read"),
    0x80041315: ("タスク スケジューラのサービスが動いていない", "the Task Scheduler service does not run"),
    0x8004131F: ("タスクはすでに実行中", "the task is running already"),
    0x80041326: ("タスクは無効", "the task is disabled"),
    0x80070002: ("プログラムが見つからない", "the program was not found"),
    0x80070003: ("フォルダーが見つからない", "the folder was not found"),
    0x80070005: ("アクセスが拒否された", "access was denied"),
    0x800700C1: ("実行できるプログラムではない", "it is not a program that can be run"),
    0x8007010B: ("「開始」のフォルダーが正しくない", "the folder of “Start in” is invalid"),
    0x800704DD: ("ログオンしている利用者がいない", "nobody is logged on"),
    0x80070520: ("ログオン セッションがない", "there is no logon session"),
    0x8007052E: ("利用者名またはパスワードが違う", "the user name or the password is wrong"),
    0x80070532: ("パスワードの期限が切れている", "the password has expired"),
    0x80070533: ("アカウントが無効", "the account is disabled"),
    0x80070569: (
        "アカウントに「バッチ ジョブとしてログオン」の権利がない",
        "the account lacks the right “Log on as a batch job”",
    ),
    0x80070775: ("アカウントがロックされている", "the account is locked out"),
    0x800710E0: ("条件またはポリシーにより拒否された", "a condition or a policy refused it"),
}
START_REFUSED = frozenset(_START_REFUSED)

_MEANINGS: dict[int, tuple[str, str]] = {
    **_START_REFUSED,
    0x2331: ("cmd がコマンドを見つけられない", "cmd did not find the command"),
    0x41300: ("実行できる状態", "it is ready to run"),
    RUNNING: ("実行中", "it is running"),
    DISABLED: ("無効", "it is disabled"),
    NEVER_RUN: ("まだ実行されていない", "it has not run yet"),
    0x41304: ("次の実行予定がない", "it has no more runs scheduled"),
    0x41305: ("設定が足りず予定がない", "it is not scheduled: settings are missing"),
    TERMINATED: ("終了させられた", "it was terminated"),
    0x41307: ("有効なトリガーがない", "it has no valid trigger"),
    0x41308: ("トリガーに決まった時刻がない", "its triggers have no set times"),
    0x41325: ("実行待ち", "it is queued"),
    0x40010004: ("デバッガーまたはシャットダウンで終了", "ended by a debugger or a shutdown"),
    0xC0000005: ("アクセス違反", "access violation"),
    0xC0000017: ("メモリ不足", "out of memory"),
    0xC00000FD: ("スタックオーバーフロー", "stack overflow"),
    0xC0000135: ("DLL が見つからない", "a DLL was not found"),
    0xC000013A: (
        "Ctrl+C、またはウィンドウやログオフによる終了",
        "Ctrl+C, or ended by closing the window or logging off",
    ),
    0xC0000142: ("DLL の初期化に失敗（ログオフ中など）", "a DLL failed to initialise (such as during logoff)"),
    0xC0000374: ("ヒープの破損", "heap corruption"),
    0xC0000409: ("内部エラーによる強制終了", "fail fast after an internal error"),
    0xE0434352: (".NET の例外", "an exception of .NET"),
    0xFFFFFFFF: ("-1（プログラムが返したエラー）", "-1, an error that the program returned"),
}


def code_as_written(code: int) -> str:
    """``1``, or ``0x8007052E`` as the Task Scheduler shows what is no plain exit code."""
    return str(code) if code <= 0xFF else f"0x{code:X}"


def code_in_words(code: int, language: str) -> str:
    """「0x8007052E（利用者名またはパスワードが違う）」 or "0x8007052E (the user name …)"; the number alone where it has no meaning."""
    ja, en = _MEANINGS.get(code) or _by_kind(code)
    written = code_as_written(code)
    if not ja:
        return written
    return f"{written}（{ja}）" if language.startswith("ja") else f"{written} ({en})"


def _by_kind(code: int) -> tuple[str, str]:
    if code >> 28 == 0xC:
        return "異常終了", "crashed"
    if code >> 16 == 0x8007:
        return f"Windows のエラー {code & 0xFFFF}", f"Windows error {code & 0xFFFF}"
    return "", ""
