"""A job's settings: written in forms, read in words, kept as settings, and nothing lost on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from job_rows import a_job, on_each_database
from settings_forms import based_on, filled_fields, form, in_force, schedule
from shown_page import ShownPage
from tc_portal.core.business_days.day_choice import BusinessDaysBefore, DayOfMonth, EveryBusinessDay, NthBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule, Narrowing
from tc_portal.core.schedule.on_calendar import OnCalendar
from tc_portal.core.task_scheduler.task import Boundary, Daily, Unpredictable
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule
from tc_portal.jobs.models import CalendarRevision, CalendarRow, Job, JobSettingsRow
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.expectations import expect_of_jobs

TOKYO = "Asia/Tokyo"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def job(kept_data: object) -> Job:
    return a_job("sales-report", title="売上日報")


def address(job: Job, rest: str = "") -> str:
    return f"/jobs/{job.id}/settings{rest}"


def by_calendar(at: tuple[str, ...], day: Any, closing_day: int | None = None) -> BusinessDayRule:
    revision = CalendarRevision.objects.get()
    return BusinessDayRule(str(revision.id), TOKYO, at, day, closing_day)


PLAIN = {
    "daily": ({"kind": "daily", "times": "07:30、１２:00"}, Cron(("30 07 * * *", "0 12 * * *"), TOKYO)),
    "weekly": (
        {"kind": "weekly", "times": "9:05", "weekdays": ["MON", "FRI"]},
        Cron(("5 9 * * MON,FRI",), TOKYO),
    ),
    "monthly": ({"kind": "monthly", "times": "22:00", "days": "1, 15日, 末日"}, Cron(("0 22 1,15,L * *",), TOKYO)),
    "interval": (
        {"kind": "interval", "every": "1.5", "unit": "hours", "anchor": "2026-04-01T09:00"},
        Interval(90 * MINUTE, datetime(2026, 4, 1, 0, 0, tzinfo=UTC)),
    ),
    "cron": (
        {"kind": "cron", "lines": "# nightly\nMAILTO=x\n30 2 * * 1-5 /opt/run.sh --password=x\n"},
        Cron(("30 2 * * 1-5",), TOKYO),
    ),
    "OnCalendar": ({"kind": "on_calendar", "expressions": "Mon..Fri 07:30"}, OnCalendar(("Mon..Fri 07:30",), TOKYO)),
    "zone": (
        {"kind": "daily", "times": "06:00", "time_zone": "Europe/Berlin"},
        Cron(("0 6 * * *",), "Europe/Berlin"),
    ),
}
PLAIN["daily"] = (PLAIN["daily"][0], Cron(("30 7 * * *", "0 12 * * *"), TOKYO))

RULES = {
    "every": ({"choice": "every", "times": "07:30"}, ("07:30",), EveryBusinessDay(), None),
    "third": ({"choice": "nth", "n": "3", "times": "25:30"}, ("25:30",), NthBusinessDay(3), None),
    "last": ({"choice": "nth_last", "n": "1", "times": "18:00"}, ("18:00",), NthBusinessDay(-1), None),
    "before the 25th": (
        {"choice": "date", "day": "25", "on_day_off": "before", "times": "10:00"},
        ("10:00",),
        DayOfMonth(25, "before"),
        None,
    ),
    "two before the closing day": (
        {"choice": "before", "n": "2", "day": "末日", "closing_day": "20", "times": "10:00"},
        ("10:00",),
        BusinessDaysBefore(2, "last"),
        20,
    ),
}


@on_each_database
@pytest.mark.parametrize(("fields", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_each_kind_is_saved_and_shown_again_as_it_was_written(
    hanako: Client, job: Job, fields: dict[str, Any], expected: Any
) -> None:
    answer = hanako.post(address(job), form(schedule(0, **fields)), follow=True)
    assert answer.redirect_chain == [(address(job), 302)]
    assert in_force(job).schedules == (JobSchedule(expected),)
    again = {**filled_fields(ShownPage(answer)), "save": "1", "grace": "45"}
    hanako.post(address(job), again)
    assert in_force(job).schedules == (JobSchedule(expected),)
    assert in_force(job).grace == 45 * MINUTE


@on_each_database
@pytest.mark.parametrize(("fields", "at", "day", "closing_day"), RULES.values(), ids=RULES.keys())
def test_a_business_day_rule_makes_the_calendar_that_it_is_the_first_to_need(
    hanako: Client, job: Job, fields: dict[str, Any], at: tuple[str, ...], day: Any, closing_day: int | None
) -> None:
    answer = hanako.post(address(job), form(schedule(0, kind="business", calendar="new", **fields)), follow=True)
    assert answer.status_code == 200
    assert CalendarRow.objects.get().name == "日本の営業日"
    assert in_force(job).schedules == (JobSchedule(by_calendar(at, day, closing_day)),)
    again = {**filled_fields(ShownPage(answer)), "save": "1", "grace": "45"}
    hanako.post(address(job), again)
    assert in_force(job).schedules == (JobSchedule(by_calendar(at, day, closing_day)),)


def test_several_schedules_and_one_narrowed_by_a_calendar(hanako: Client, job: Job) -> None:
    narrowed = schedule(0, kind="daily", times="07:00", narrow_calendar="new", narrow_policy="before")
    hanako.post(address(job), form(narrowed, schedule(1, kind="interval", every="2", unit="hours")))
    first, second = in_force(job).schedules
    assert first.narrowed == Narrowing(str(CalendarRevision.objects.get().id), "before", TOKYO)
    assert isinstance(second.schedule, Interval)


def test_times_to_allow_are_kept_in_human_units(hanako: Client, job: Job) -> None:
    times = {
        **{"grace": "2", "grace-unit": "hours", "early": "0", "max_runtime": "1", "max_runtime-unit": "days"},
        **{"min_runtime": "30", "min_runtime-unit": "seconds", "tolerance": "３"},
    }
    page = ShownPage(hanako.post(address(job), form(**times), follow=True))
    assert in_force(job) == JobSettings(
        grace=120 * MINUTE,
        early=timedelta(),
        max_runtime=timedelta(days=1),
        min_runtime=timedelta(seconds=30),
        tolerance=3,
    )
    assert filled_fields(page)["min_runtime"] == "30"
    assert filled_fields(page)["max_runtime-unit"] == "days"


WRONG = {
    "time": ({"kind": "daily", "times": "25:99"}, "times", "25:99"),
    "no time": ({"kind": "daily", "times": " "}, "times", "07:30 のように時刻を指定してください"),
    "past midnight": ({"kind": "weekly", "times": "25:30", "weekdays": ["MON"]}, "times", "「営業日」でだけ"),
    "no weekday": ({"kind": "weekly", "times": "07:30"}, "weekdays", "曜日を 1 つ以上"),
    "day": ({"kind": "monthly", "times": "07:30", "days": "32"}, "days", "「32」は日ではありません"),
    "cron": ({"kind": "cron", "lines": "30 2 * * *\n61 2 * * *"}, "lines", "2 行目"),
    "cron that never comes": ({"kind": "cron", "lines": "0 0 30 2 *"}, "lines", "その月にない日"),
    "OnCalendar": ({"kind": "on_calendar", "expressions": "someday"}, "expressions", "OnCalendar の式「someday」"),
    "interval": ({"kind": "interval", "every": "0", "unit": "minutes"}, "every", "間隔は 1 分から"),
    "interval in letters": ({"kind": "interval", "every": "abc"}, "every", "「abc」は数字ではありません"),
    "zone": ({"kind": "daily", "times": "07:30", "time_zone": "Mars/Base"}, "time_zone", "タイムゾーン「Mars/Base」"),
    "n": ({"kind": "business", "calendar": "new", "choice": "nth", "n": "40", "times": "1:00"}, "n", "1 から 31"),
    "closing day": (
        {"kind": "business", "calendar": "new", "choice": "every", "closing_day": "x", "times": "1:00"},
        "closing_day",
        "数字ではありません",
    ),
    "calendar": (
        {"kind": "business", "calendar": "999", "choice": "every", "times": "1:00"},
        "calendar",
        "カレンダーを選んで",
    ),
}


@pytest.mark.parametrize(("fields", "at", "text"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_comes_back_with_the_error_at_its_field_and_nothing_lost(
    hanako: Client, job: Job, fields: dict[str, Any], at: str, text: str
) -> None:
    sent = form(schedule(0, **fields), schedule(1, kind="daily", times="03:33"), grace="77")
    answer = hanako.post(address(job), sent)
    page = ShownPage(answer)
    assert answer.status_code == 400
    assert text in page.one("span", "error", id=f"s0-{at}-error").text
    kept = filled_fields(page)
    assert (kept["grace"], kept["s1-times"]) == ("77", "03:33")
    for name, value in fields.items():
        shown = kept[f"s0-{name}"]
        assert (shown if isinstance(value, list) else shown[0] if isinstance(shown, list) else shown.strip()) == (
            value if isinstance(value, list) else value.strip()
        ) or name == "calendar"
    assert not JobSettingsRow.objects.exists()


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"grace": "-5"}, "grace"),
        ({"grace": "40", "grace-unit": "days"}, "grace"),
        ({"early": ""}, "early"),
        ({"max_runtime": "1", "max_runtime-unit": "minutes", "min_runtime": "90"}, "max_runtime"),
        ({"tolerance": "0"}, "tolerance"),
        ({"tolerance": "many"}, "tolerance"),
    ],
)
def test_times_that_cannot_be_are_said_at_their_field(
    hanako: Client, job: Job, fields: dict[str, str], at: str
) -> None:
    answer = hanako.post(address(job), form(**fields))
    assert answer.status_code == 400
    assert ShownPage(answer).one("span", "error", id=f"{at}-error").text
    assert not JobSettingsRow.objects.exists()


def test_in_english_the_errors_are_english(hanako: Client, job: Job) -> None:
    wrong = form(schedule(0, kind="daily", times="99"))
    page = ShownPage(hanako.post(address(job), wrong, headers={"accept-language": "en"}))
    assert "is not a time" in page.one("span", "error", id="s0-times-error").text


def test_schedules_are_added_and_removed_without_javascript(hanako: Client, job: Job) -> None:
    page = ShownPage(hanako.post(address(job), form(schedule(0, kind="daily", times="01:11"), add="1")))
    kept = filled_fields(page)
    assert (kept["row"], kept["s0-times"], kept["s1-times"]) == (["0", "1"], "01:11", "")
    assert not page.all("span", "error")
    page = ShownPage(hanako.post(address(job), {**kept, "remove": "0"}))
    assert filled_fields(page)["row"] == ["1"]
    assert not JobSettingsRow.objects.exists()


def test_no_more_than_twenty_schedules(hanako: Client, job: Job) -> None:
    rows = [schedule(number, kind="daily", times=f"{number:02}:00") for number in range(21)]
    answer = hanako.post(address(job), form(*rows))
    assert answer.status_code == 400
    assert "20 個まで" in answer.text


def windows_settings() -> JobSettings:
    daily = Daily(start=Boundary(datetime(2026, 1, 5, 3, 0)))
    return JobSettings(
        schedules=(JobSchedule(WindowsSchedule((daily, Unpredictable(kind="logon")), TOKYO, path="\\backup")),)
    )


def test_an_imported_task_is_shown_in_words_kept_as_it_is_and_removable(hanako: Client, job: Job) -> None:
    expect_of_jobs([SettingsChange(job.job_key, windows_settings())], "hanako")
    answer = hanako.get(address(job))
    assert "03:00" in answer.text and "予測できません" in answer.text and "\\backup" in answer.text
    kept = filled_fields(ShownPage(answer))
    hanako.post(address(job), {**kept, "grace": "45", "save": "1"})
    assert in_force(job).schedules == windows_settings().schedules
    hanako.post(address(job), {**kept, "based_on": based_on(job), "row": [], "save": "1"})
    assert in_force(job).schedules == ()


def test_a_task_of_another_job_cannot_be_taken_over(hanako: Client, job: Job) -> None:
    other = a_job("other")
    expect_of_jobs([SettingsChange("other", windows_settings())], "hanako")
    foreign = schedule(0, kind="kept", kept=f"{based_on(other)}.0", time_zone=TOKYO)
    answer = hanako.post(address(job), form(foreign))
    assert answer.status_code == 400
    assert "このスケジュールはもうありません" in answer.text


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(hanako: Client, job: Job) -> None:
    stale = filled_fields(ShownPage(hanako.get(address(job))))
    expect_of_jobs([SettingsChange(job.job_key, JobSettings(grace=3 * MINUTE))], "taro")
    answer = hanako.post(address(job), {**stale, "tolerance": "2", "save": "1"})
    assert answer.status_code == 409
    assert "別の人が設定を変更しました（猶予）" in answer.text
    assert in_force(job).grace == 3 * MINUTE
    hanako.post(address(job), {**filled_fields(ShownPage(answer)), "save": "1"})
    assert (in_force(job).grace, in_force(job).tolerance) == (30 * MINUTE, 2)


def test_the_history_says_who_changed_what(hanako: Client, job: Job) -> None:
    hanako.post(address(job), form(schedule(0, kind="daily", times="07:30")))
    expect_of_jobs([SettingsChange(job.job_key, JobSettings(grace=60 * MINUTE, is_paused=True))], "taro")
    page = ShownPage(hanako.get(address(job)))
    assert page.column(1)[-2:] == ["taro", "hanako"]
    newest, first = page.column(2)[-2:]
    assert "スケジュール: 毎日 07:30 → スケジュールなし" in newest
    assert "猶予: 30 分 → 1 時間" in newest and "一時停止: いいえ → はい" in newest
    assert first == "スケジュール: スケジュールなし → 毎日 07:30"


def test_a_pause_is_kept_when_the_schedule_is_changed(hanako: Client, job: Job) -> None:
    expect_of_jobs([SettingsChange(job.job_key, JobSettings(is_paused=True))], "taro")
    hanako.post(address(job), form(schedule(0, kind="daily", times="07:30"), based_on=based_on(job)))
    assert in_force(job).is_paused


def test_saving_what_is_there_already_adds_nothing(hanako: Client, job: Job) -> None:
    hanako.post(address(job), form(schedule(0, kind="daily", times="07:30")))
    kept = filled_fields(ShownPage(hanako.get(address(job))))
    hanako.post(address(job), {**kept, "save": "1"})
    assert JobSettingsRow.objects.count() == 1


def test_viewers_see_what_is_expected_and_may_not_change_it(viewer: Client) -> None:
    job = a_job("nightly")
    shown = viewer.get(address(job))
    assert shown.status_code == 200
    assert "<form" not in shown.text.split("<main")[1]
    for rest in ("", "/preview", "/proposal"):
        assert viewer.post(address(job, rest), form()).status_code == 403


def test_a_job_that_is_not_there_is_not_found(hanako: Client) -> None:
    for rest in ("/preview", "/proposal"):
        assert hanako.post(f"/jobs/99/settings{rest}").status_code == 404
    assert hanako.get("/jobs/99/settings").status_code == 404
