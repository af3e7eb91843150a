"""What is read of a task's XML: each file of the corpus, and each value that a task may hold."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tc_portal.core.task_scheduler.reading import TasksRead, read_tasks
from tc_portal.core.task_scheduler.task import (
    EVERY_MONTH,
    AnyTrigger,
    Boundary,
    Daily,
    Monthly,
    MonthlyByWeekday,
    Once,
    Repetition,
    Task,
    Unpredictable,
    Weekly,
)

CORPUS = Path(__file__).parent / "task_xml"

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(local: str, offset: timedelta | None = None) -> Boundary:
    return Boundary(datetime.fromisoformat(local), offset)


def once(path: str, command: str, start: str, *, description: str = "", is_enabled: bool = True) -> Task:
    return Task(path, (Once(start=at(start), is_enabled=is_enabled),), description=description, commands=(command,))


EXPECTED: dict[str, tuple[Task, ...]] = {
    "once": (
        Task(
            path="\\総務\\名簿の一回だけの移行",
            triggers=(Once(start=at("2026-04-01T02:30:00"), end=at("2026-04-02T00:00:00")),),
            description="旧サーバーから名簿を移す。\n終わったら削除してよい。",
            commands=("C:\\Scripts\\移行.bat",),
            starts_when_available=True,
        ),
    ),
    "daily": (
        Task(
            path="\\経理\\売上データ取込",
            triggers=(
                Daily(
                    every_days=3,
                    start=at("2022-05-10T13:45:00.123456", timedelta()),
                    execution_time_limit=30 * MINUTE,
                    random_delay=10 * MINUTE,
                ),
            ),
            description="毎日 22:45（日本時間）に売上を取り込む",
            commands=('"C:\\Program Files\\Python311\\python.exe"',),
            execution_time_limit=2 * HOUR,
            multiple_instances="stop_existing",
        ),
    ),
    "daily_repeated": (
        Task(
            path="\\監視\\死活監視",
            triggers=(
                Daily(
                    start=at("2026-01-05T08:30:00", 9 * HOUR),
                    repetition=Repetition(15 * MINUTE, 9 * HOUR + 30 * MINUTE, stops_at_end=True),
                ),
            ),
            description="営業時間のあいだ 15 分ごと",
            commands=("%SystemRoot%\\System32\\cmd.exe",),
            execution_time_limit=None,
            multiple_instances="queue",
        ),
    ),
    "weekly": (
        Task(
            path="\\バックアップ\\隔週フルバックアップ",
            triggers=(Weekly(every_weeks=2, weekdays=(0, 2, 4), start=at("2026-03-02T23:00:00")),),
            description="表計算ソフトのファイルを隔週で保存（能登・十勝）",
            commands=("robocopy.exe", "C:\\Scripts\\通知.exe"),
        ),
    ),
    "monthly_last_day": (
        Task(
            path="\\経理\\月末締め処理",
            triggers=(Monthly(days=(1, 15), is_last_day=True, months=(3, 9, 12), start=at("2026-01-15T18:00:00")),),
            description="15 日と月末に締める",
            commands=("C:\\経理\\締め.exe",),
            execution_time_limit=34 * DAY + 2 * HOUR + 5 * MINUTE,
        ),
    ),
    "monthly_by_weekday": (
        Task(
            path="\\情報システム\\月例パッチ適用",
            triggers=(
                MonthlyByWeekday(
                    weeks=(2,),
                    is_last_week=True,
                    weekdays=(1, 4),
                    months=(1, 2),
                    start=at("2026-01-13T01:00:00"),
                    end=at("2027-12-31T23:59:59", -5 * HOUR),
                ),
            ),
            description="第 2 火曜と最後の金曜",
            commands=("powershell.exe",),
        ),
    ),
    "boot": (
        Task(
            path="\\常駐\\受信サーバー",
            triggers=(Unpredictable(kind="boot", repetition=Repetition(5 * MINUTE)),),
            description="PC の起動時に始める",
            commands=("C:\\tc\\server.exe",),
            execution_time_limit=None,
        ),
    ),
    "logon": (
        Task(
            path="\\営業\\ネットワークドライブの接続",
            triggers=(
                Unpredictable(kind="logon", detail="CORP\\佐藤", is_enabled=False, start=at("2026-01-01T00:00:00")),
            ),
            is_enabled=False,
            description="ログオンしたら共有フォルダーをつなぐ",
            commands=("net.exe",),
        ),
    ),
    "event": (
        Task(
            path="\\監視\\ディスク障害の通知",
            triggers=(
                Unpredictable(
                    kind="event",
                    detail='<QueryList><Query Id="0" Path="System"><Select Path="System">'
                    "*[System[Provider[@Name='disk'] and EventID=7]]</Select></Query></QueryList>",
                ),
            ),
            description="イベント ログに障害が出たら知らせる",
            commands=("SendEmail", "ShowMessage"),
        ),
    ),
    "idle": (
        Task(
            path="\\保守\\索引の作り直し",
            triggers=(Unpredictable(kind="idle"),),
            commands=("COM",),
            multiple_instances="parallel",
        ),
    ),
    "session": (
        Task(
            path="\\総務\\離席の記録",
            triggers=(
                Unpredictable(kind="session", detail="SessionLock"),
                Unpredictable(kind="session", detail="SessionUnlock"),
            ),
            description="画面をロックしたら記録する",
            commands=("C:\\tc\\riseki.exe",),
        ),
    ),
    "registration": (
        Task(
            path="\\配布\\登録したらすぐ実行",
            triggers=(
                Unpredictable(kind="registration", end=at("2026-12-31T00:00:00")),
                Unpredictable(kind="unknown", detail="WnfStateChangeTrigger"),
            ),
            commands=("msiexec.exe",),
        ),
    ),
    "by_hand": (
        Task(
            path="",
            triggers=(
                Weekly(start=at("2026-06-03T06:00:00")),
                MonthlyByWeekday(
                    weeks=(1, 2, 3, 4),
                    is_last_week=True,
                    weekdays=(6,),
                    months=EVERY_MONTH,
                    start=at("2026-06-03T06:00:00.500000"),
                ),
            ),
            commands=("run.bat",),
        ),
    ),
    "folder": (
        once("\\夜間\\集計--前日分", "shukei.exe", "2026-05-01T03:00:00", description="前日分の集計"),
        once("\\夜間\\送信", "soushin.exe", "2026-05-01T04:00:00", is_enabled=False),
    ),
    "whole_pc": (
        once("\\朝礼　資料", "shiryo.exe", "2026-05-07T08:00:00"),
        once("\\部門\\勤怠", "kintai.exe", "2026-05-07T09:00:00"),
        once("\\部門\\在庫", "zaiko.exe", "2026-05-07T10:00:00"),
        once("", "x.exe", "2026-05-07T11:00:00", description="名前のないもの"),
    ),
    "one_broken": (
        once("\\部門\\甲", "甲.exe", "2026-05-07T08:00:00"),
        once("\\部門\\戊", "戊.exe", "2026-05-07T12:00:00"),
    ),
}


def test_what_each_file_says_is_known() -> None:
    assert {path.stem for path in CORPUS.glob("*.xml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_is_read(name: str) -> None:
    result = read_tasks((CORPUS / f"{name}.xml").read_bytes())
    # What the actions run is looked at in test_task_actions.
    assert tuple(msgspec.structs.replace(task, scripts=(), reports_as="") for task in result.tasks) == EXPECTED[name]
    assert len(result.unread) == (3 if name == "one_broken" else 0)
    encoded = msgspec.json.encode(result)
    assert msgspec.json.decode(encoded, type=TasksRead) == result
    assert b"himitsu" not in encoded


def test_what_is_broken_among_others_is_told_with_its_line_and_name() -> None:
    unread = read_tasks((CORPUS / "one_broken.xml").read_bytes()).unread
    assert [(task.where, task.ja) for task in unread] == [
        ("L44 \\部門\\乙", "57 行目が XML として正しくありません（開始タグと終了タグが合いません）。"),
        (
            "L85 \\部門\\丙",
            "1 番目のトリガー（TimeTrigger）: StartBoundary が「きのう:00:00」です。"
            "2026-04-01T09:00:00 のような日時にしてください。",
        ),
        ("L126 \\部門\\丁", "</Task> で終わっていません。ファイルが途中で切れていないか確かめてください。"),
    ]


def read(text: str) -> Task:
    result = read_tasks(text.encode())
    assert result.unread == ()
    (task,) = result.tasks
    return task


def refused(text: str) -> str:
    """The Japanese reason; that a task after it is read nevertheless is checked as well."""
    result = read_tasks(f"{text}\n<Task><Settings><Enabled>0</Enabled></Settings></Task>".encode())
    assert result.tasks == (Task(path="", is_enabled=False),)
    (unread,) = result.unread
    assert (
        unread.where == "L1"
        and (unread.en.isascii() or not text.isascii())
        and unread.en.endswith(".")
        and unread.ja.endswith("。")
    )
    return unread.ja


def task_of(*triggers: str) -> str:
    return f"<Task><Triggers>{''.join(triggers)}</Triggers></Task>"


START = "<StartBoundary>2026-04-01T09:00:00</StartBoundary>"


def calendar(schedule: str) -> str:
    return task_of(f"<CalendarTrigger>{START}{schedule}</CalendarTrigger>")


def single(text: str) -> AnyTrigger:
    (trigger,) = read(text).triggers
    return trigger


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-04-01T09:00:00", at("2026-04-01T09:00:00")),
        ("2026-04-01T09:00:00.1", at("2026-04-01T09:00:00.100000")),
        ("2026-04-01T09:00:00.1234567", at("2026-04-01T09:00:00.123456")),
        ("2026-04-01T09:00:00Z", at("2026-04-01T09:00:00", timedelta())),
        ("2026-04-01T09:00:00.0000000Z", at("2026-04-01T09:00:00", timedelta())),
        ("2026-04-01T09:00:00+09:00", at("2026-04-01T09:00:00", 9 * HOUR)),
        ("2026-04-01T09:00:00.5-03:30", at("2026-04-01T09:00:00.500000", -3 * HOUR - 30 * MINUTE)),
        ("1970-01-01T00:00:00", at("1970-01-01T00:00:00")),
        ("9999-12-31T23:59:59", at("9999-12-31T23:59:59")),
    ],
)
def test_an_instant_is_read(written: str, expected: Boundary) -> None:
    for name in ("StartBoundary", "EndBoundary"):
        trigger = single(
            task_of(f"<TimeTrigger>{START if name == 'EndBoundary' else ''}<{name}>{written}</{name}></TimeTrigger>")
        )
        assert (trigger.start if name == "StartBoundary" else trigger.end) == expected


@pytest.mark.parametrize(
    "written",
    ["", "2026-04-01", "2026-02-30T00:00:00", "2026-04-01T24:00:00", "2026-04-01 09:00:00", "0000-01-01T00:00:00", "明日",
     "2026-04-01T09:00:00+15:00", "2026-04-01T09:00:00+9:00", "２０２６-04-01T09:00:00", "2026-04-01T09:00:00.", "x" * 9999],
)  # fmt: skip
def test_an_instant_that_is_none_is_told(written: str) -> None:
    result = read_tasks(task_of(f"<TimeTrigger><StartBoundary>{written}</StartBoundary></TimeTrigger>").encode())
    assert result.tasks == ()
    assert result.unread[0].ja.startswith("1 番目のトリガー（TimeTrigger）: StartBoundary が「")
    assert len(result.unread[0].ja) < 200


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PT30S", timedelta(seconds=30)),
        ("PT1M30S", timedelta(seconds=90)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT72H", 3 * DAY),
        ("PT86400S", DAY),
        ("P3D", 3 * DAY),
        ("P1DT2H", 26 * HOUR),
        ("P2W", 14 * DAY),
        ("P1M", 30 * DAY),
        ("P1Y", 365 * DAY),
        ("P1M4DT2H5M", 34 * DAY + 2 * HOUR + 5 * MINUTE),
        ("PT9999H", 9999 * HOUR),
        ("PT0S", None),
        ("P0D", None),
        ("P0DT0H", None),
    ],
)
def test_a_limit_of_time_is_read(written: str, expected: timedelta | None) -> None:
    element = f"<ExecutionTimeLimit>{written}</ExecutionTimeLimit>"
    assert read(f"<Task><Settings>{element}</Settings></Task>").execution_time_limit == expected
    assert single(task_of(f"<BootTrigger>{element}</BootTrigger>")).execution_time_limit == expected


@pytest.mark.parametrize(
    "written", ["", "P", "PT", "P1DT", "1H", "PT1D", "P1H", "-PT1H", "PT1.5H", "PT１H", "pt1h", "P101Y", "P9999999Y", "PT" + "9" * 99 + "H"]
)  # fmt: skip
def test_a_length_of_time_that_is_none_is_told(written: str) -> None:
    said = read_tasks(f"<Task><Settings><ExecutionTimeLimit>{written}</ExecutionTimeLimit></Settings></Task>".encode())
    assert said.tasks == () and said.unread[0].ja.startswith("ExecutionTimeLimit が「")


def test_a_task_that_says_nothing_has_what_windows_takes_then() -> None:
    for text in ("<Task/>", "<Task></Task>", "<Task><Triggers/><Settings/><Actions/><RegistrationInfo/></Task>"):
        assert read(text) == Task(
            path="",
            triggers=(),
            is_enabled=True,
            execution_time_limit=72 * HOUR,
            multiple_instances="ignore_new",
            starts_when_available=False,
        )


def test_the_delay_of_a_trigger_by_event_is_not_a_random_one() -> None:
    trigger = single(task_of("<LogonTrigger><Delay>PT5M</Delay><RandomDelay>x</RandomDelay></LogonTrigger>"))
    assert trigger == Unpredictable(kind="logon")
    random = single(task_of(f"<TimeTrigger><RandomDelay>PT1H</RandomDelay>{START}</TimeTrigger>"))
    assert random.random_delay == HOUR


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<Interval>PT1M</Interval>", Repetition(MINUTE)),
        ("<Interval>P31D</Interval>", Repetition(31 * DAY)),
        ("<Duration>P1D</Duration><Interval>PT1H</Interval>", Repetition(HOUR, DAY)),
        ("<Interval>PT1H</Interval><Duration>PT0S</Duration>", Repetition(HOUR)),
        ("<Interval>PT1H</Interval><StopAtDurationEnd>1</StopAtDurationEnd>", Repetition(HOUR, stops_at_end=True)),
        ("<StopAtDurationEnd>false</StopAtDurationEnd>", None),
        ("", None),
    ],
)
def test_a_repetition_is_read(written: str, expected: Repetition | None) -> None:
    assert single(task_of(f"<BootTrigger><Repetition>{written}</Repetition></BootTrigger>")).repetition == expected


@pytest.mark.parametrize("prefix", ["", "t:"])
@pytest.mark.parametrize("namespace", ["http://schemas.microsoft.com/windows/2004/02/mit/task", "urn:other"])
def test_the_namespace_does_not_matter(prefix: str, namespace: str) -> None:
    xmlns = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    text = f'<{prefix}Task {xmlns}="{namespace}"><{prefix}Triggers><{prefix}IdleTrigger/></{prefix}Triggers></{prefix}Task>'
    assert read(text).triggers == (Unpredictable(kind="idle"),)


def test_days_weeks_and_months_are_in_order_and_once_each() -> None:
    days = "".join(f"<Day>{day}</Day>" for day in ("31", "last", "2", "02", "31"))
    trigger = single(calendar(f"<ScheduleByMonth><DaysOfMonth>{days}</DaysOfMonth></ScheduleByMonth>"))
    assert trigger == Monthly(days=(2, 31), is_last_day=True, start=at("2026-04-01T09:00:00"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<Task><Settings><Enabled>はい</Enabled></Settings></Task>", "Enabled が「はい」です。true か false"),
        ("<Task><Settings><Enabled/></Settings></Task>", "Enabled が「」です"),
        ("<Task><Settings><StartWhenAvailable>2</StartWhenAvailable></Settings></Task>", "StartWhenAvailable が「2」です"),
        ("<Task><Settings><MultipleInstancesPolicy>All</MultipleInstancesPolicy></Settings></Task>",
         "MultipleInstancesPolicy が「All」です。IgnoreNew, Parallel, Queue, StopExisting のどれか"),
        (task_of("<BootTrigger/>" * 49), "トリガーが 49 個あります。48 個まで"),
        ("<Task><Actions>" + "<ComHandler/>" * 33 + "</Actions></Task>", "操作が 33 個あります"),
        (task_of("<BootTrigger/>", "<TimeTrigger/>"), "2 番目のトリガー（TimeTrigger）: StartBoundary（開始日時）がありません"),
        (task_of("<CalendarTrigger><ScheduleByDay/></CalendarTrigger>"), "StartBoundary（開始日時）がありません"),
        (task_of("<IdleTrigger><Enabled>-</Enabled></IdleTrigger>"), "1 番目のトリガー（IdleTrigger）: Enabled が「-」"),
        (calendar(""), "ScheduleByMonthDayOfWeek のどれか 1 つ"),
        (calendar("<ScheduleByDay/><ScheduleByWeek/>"), "のどれか 1 つ"),
        (calendar("<ScheduleByDay><DaysInterval>0</DaysInterval></ScheduleByDay>"), "DaysInterval が「0」です。1 から 365"),
        (calendar("<ScheduleByDay><DaysInterval>400</DaysInterval></ScheduleByDay>"), "DaysInterval が「400」です"),
        (calendar("<ScheduleByDay><DaysInterval>１</DaysInterval></ScheduleByDay>"), "DaysInterval が「１」です"),
        (calendar("<ScheduleByWeek><WeeksInterval>53</WeeksInterval></ScheduleByWeek>"), "WeeksInterval が「53」です。1 から 52"),
        (calendar("<ScheduleByWeek><DaysOfWeek/></ScheduleByWeek>"), "DaysOfWeek が「」です"),
        (calendar("<ScheduleByWeek><DaysOfWeek><Mon/></DaysOfWeek></ScheduleByWeek>"), "DaysOfWeek が「Mon」です"),
        (calendar("<ScheduleByMonth/>"), "DaysOfMonth（日）がありません"),
        (calendar("<ScheduleByMonth><DaysOfMonth/></ScheduleByMonth>"), "DaysOfMonth に Day がありません"),
        (calendar("<ScheduleByMonth><DaysOfMonth><Day>32</Day></DaysOfMonth></ScheduleByMonth>"),
         "Day が「32」です。1 から 31 の整数か Last"),
        (calendar("<ScheduleByMonth><DaysOfMonth><Day>1</Day></DaysOfMonth><Months><Maj/></Months></ScheduleByMonth>"),
         "Months が「Maj」です"),
        (calendar("<ScheduleByMonth><DaysOfMonth><Day>1</Day></DaysOfMonth><Months/></ScheduleByMonth>"), "Months が「」です"),
        (calendar("<ScheduleByMonthDayOfWeek><Weeks><Week>1</Week></Weeks></ScheduleByMonthDayOfWeek>"),
         "DaysOfWeek（曜日）がありません"),
        (calendar("<ScheduleByMonthDayOfWeek><DaysOfWeek><Monday/></DaysOfWeek><Weeks><Week>5</Week></Weeks></ScheduleByMonthDayOfWeek>"),
         "Week が「5」です。1 から 4 の整数か Last"),
        (task_of(f"<TimeTrigger>{START}<RandomDelay>1 hour</RandomDelay></TimeTrigger>"), "RandomDelay が「1 hour」です"),
        (task_of("<BootTrigger><Repetition><Interval>PT59S</Interval></Repetition></BootTrigger>"), "Interval が「PT59S」です。PT1M"),
        (task_of("<BootTrigger><Repetition><Interval>PT0S</Interval></Repetition></BootTrigger>"), "Interval が「PT0S」です"),
        (task_of("<BootTrigger><Repetition><Interval>P32D</Interval></Repetition></BootTrigger>"), "Interval が「P32D」です"),
        (task_of("<BootTrigger><Repetition><Interval>PT5M</Interval><Duration>PT9S</Duration></Repetition></BootTrigger>"),
         "Duration が「PT9S」です"),
        (task_of("<BootTrigger><Repetition><Duration>PT1H</Duration></Repetition></BootTrigger>"), "Interval（間隔）がありません"),
        ("<Task><Settings><Enabled>true</Enabled></Task>", "XML として正しくありません（開始タグと終了タグが合いません）"),
        ("<Task>&nbsp;</Task>", "&…; の名前が定義されていません"),
        ("<t:Task></t:Task>", "名前空間の接頭辞"),
        ("<Task>\x01</Task>", "XML として正しくありません"),
        ("<Task><Settings>", "</Task> で終わっていません"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(text: str, said: str) -> None:
    assert said in refused(text)


def test_a_path_is_that_of_the_uri_or_of_the_comment_before_the_task() -> None:
    named = "<!-- \\甲 --><Task><RegistrationInfo><URI>\\乙</URI></RegistrationInfo></Task>"
    assert read(named).path == "\\乙"
    assert read("<!-- \\甲 --><Task/>").path == "\\甲"
    assert read("<!-- 甲について -->\n<Task/>").path == ""
    many = "<Tasks><!-- \\甲 --><Task/><Task/><!-- \\丙--丁- --><Task/><!-- \\最後 --></Tasks>"
    assert [task.path for task in read_tasks(many.encode()).tasks] == ["\\甲", "", "\\丙--丁-"]


def test_a_task_that_is_never_closed_does_not_take_the_next_one_along() -> None:
    text = "<Tasks>\n<!-- \\甲 -->\n<Task><Settings><!-- 閉じない\n<!-- \\乙 -->\n<Task/>\n</Tasks>"
    result = read_tasks(text.encode())
    assert [unread.where for unread in result.unread] == ["L3 \\甲"] and [task.path for task in result.tasks] == [""]
    named = "<Tasks>\n<!-- \\甲 -->\n<Task><Settings>\n<!-- \\乙 -->\n<Task/>\n</Tasks>"
    assert [task.path for task in read_tasks(named.encode()).tasks] == ["\\乙"]


def test_what_is_commented_out_or_within_cdata_is_no_task() -> None:
    text = "<!-- <Task/> --><![CDATA[<Task>]]><Tasks><Task><!-- </Task><Task> --><Data><![CDATA[</Task>]]></Data></Task></Tasks>"
    assert read(text) == Task(path="")


def test_a_comment_within_a_value_does_not_cut_it() -> None:
    assert read("<Task><Actions><Exec><Command>a<!-- b -->c</Command></Exec></Actions></Task>").commands == ("ac",)


@pytest.mark.parametrize("opening", ["<!--", "<![CDATA["])
def test_what_follows_an_unclosed_comment_is_told(opening: str) -> None:
    result = read_tasks(f"<Task/>\n{opening} <Task/>".encode())
    assert len(result.tasks) == 1 and [unread.where for unread in result.unread] == ["L2"]


def test_an_unclosed_comment_ends_at_the_next_document() -> None:
    declared = '<?xml version="1.0"?>'
    text = f"{declared}<Task><!-- <a></Task>\n{declared}\n<Task/>\n{declared}\n<!-- \\丙 --><Task/>"
    result = read_tasks(text.encode())
    assert [task.path for task in result.tasks] == ["", "\\丙"]
    assert [unread.where for unread in result.unread] == ["L1"]
