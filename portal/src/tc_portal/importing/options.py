"""The options of ``tc-portal import-tasks``."""

import argparse
from datetime import timedelta


def add_import_tasks(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="XML ファイル（- は標準入力） / XML files; - is standard input"
    )
    parser.add_argument("--host", default="", help="タスクのある PC の名前 / the PC that the tasks are on")
    parser.add_argument(
        "--time-zone",
        default="",
        metavar="ZONE",
        help="その PC のタイムゾーン（例 Asia/Tokyo） / that PC's time zone",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PATTERN",
        help=r"このパスのタスクだけ（例 \経理\*） / only tasks whose path fits",
    )
    parser.add_argument(
        "--with-windows-tasks",
        action="store_true",
        help=r"\Microsoft の下のタスクも / tasks below \Microsoft, too",
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar=r"\TASK\PATH=JOB_KEY",
        help="タスクのジョブを指定（= の後が空なら取り込まない） / say which job; nothing after = leaves it out",
    )
    parser.add_argument("--key-prefix", default="", metavar="TEXT", help="新しいキーの前に付ける / before new keys")
    parser.add_argument(
        "--calendar",
        action="append",
        default=[],
        metavar="NAME",
        help=r"営業日カレンダーで絞る（\TASK\PATH=NAME なら 1 件だけ） / narrow by a calendar (\TASK\PATH=NAME: that one)",
    )
    parser.add_argument(
        "--on-day-off",
        choices=["skip", "before", "after"],
        default="skip",
        help="休日の回: 中止・前倒し・後倒し / on days off: leave out, move before, move after",
    )
    parser.add_argument("--grace", type=_minutes, metavar="MINUTES", help="猶予（分） / grace, in minutes")
    parser.add_argument("--yes", action="store_true", help="確認せずに保存 / save without asking")
    parser.add_argument("--dry-run", action="store_true", help="表示だけ / only show")


def _minutes(text: str) -> timedelta:
    if not text.isdecimal() or int(text) > 31 * 24 * 60:
        raise argparse.ArgumentTypeError("0-44640")
    return timedelta(minutes=int(text))
