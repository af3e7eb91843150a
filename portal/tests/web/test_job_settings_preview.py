"""What settings mean, at once: in words, due times, a year, and over the past runs; and a schedule proposed from them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from job_rows import CountedQueries, a_job, on_each_database
from settings_forms import form, in_force, schedule
from shown_page import ShownPage
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import DayOfMonth, EveryBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule, Narrowing
from tc_portal.jobs.models import CalendarRow, Job, Run
from tc_portal.store.calendars import make_calendar
from tc_portal.web.job_settings.preview import Preview, preview_of
from tc_portal.web.job_settings.replay import MOST_RUNS

TOKYO = ZoneInfo("Asia/Tokyo")
JAPAN = Calendar("日本の営業日", "JP")
DAY = timedelta(days=1)
APRIL = datetime(2026, 4, 20, 0, 0, tzinfo=UTC)


def address(job: Job, rest: str = "") -> str:
    return f"/jobs/{job.id}/settings{rest}"


def preview(*schedules: JobSchedule, now: datetime = APRIL) -> Preview:
    return preview_of(JobSettings(schedules=schedules), {"7": JAPAN}, now, "Asia/Tokyo")


def rule(day: Any, *at: str) -> JobSchedule:
    return JobSchedule(BusinessDayRule("7", "Asia/Tokyo", at, day))


def test_a_moved_run_says_why_and_from_where() -> None:
    shown = preview(rule(DayOfMonth(3, "before"), "09:00"))
    assert [(due.words, due.moved) for due in shown.coming[:2]] == [
        ("5月1日(金) 09:00", "憲法記念日のため前倒し: 5/3 → 5/1"),
        ("6月3日(水) 09:00", ""),
    ]
    may = shown.months[1]
    assert [day.day.day for day in may.days if day.is_moved_here] == [1]
    assert [day.day.day for day in may.days if day.is_moved_away] == [3]
    assert may.moves == ["憲法記念日のため前倒し: 5/3 → 5/1"]


def test_a_run_past_midnight_is_said_to_be_moved_to_its_business_day() -> None:
    shown = preview(rule(DayOfMonth(2, "before"), "25:30"))
    assert (shown.coming[0].words, shown.coming[0].moved) == ("5月2日(土) 01:30", "休日のため前倒し: 5/2 → 5/1")


def test_moving_later_is_said_so() -> None:
    daily = JobSchedule(Cron(("0 9 29 4 *",), "Asia/Tokyo"), Narrowing("7", "after", "Asia/Tokyo"))
    assert preview(daily).coming[0].moved == "昭和の日のため後倒し: 4/29 → 4/30"


def test_holidays_that_nobody_has_announced_are_not_guessed() -> None:
    shown = preview(rule(EveryBusinessDay(), "07:30"), now=datetime(2027, 12, 28, tzinfo=UTC))
    certain = {due.words.split("日")[0]: due.is_certain for due in shown.coming}
    assert certain["12月30"] and not certain["2028年1月4"]
    assert shown.certain_until == "2027年12月31日(金)"
    assert [month.is_uncertain for month in shown.months[:2]] == [False, True]


def test_the_year_names_holidays_and_marks_due_days() -> None:
    shown = preview(rule(EveryBusinessDay(), "07:30"))
    may = shown.months[1]
    assert (may.title, may.named_days_off) == (
        "2026年5月",
        [(3, "憲法記念日"), (4, "みどりの日"), (5, "こどもの日"), (6, "振替休日")],
    )
    assert may.due_in_words == "1, 7–8, 11–15, 18–22, 25–29"
    assert len(shown.months) == 12


def test_a_run_each_minute_is_shown_in_bounded_time() -> None:
    shown = preview(JobSchedule(Cron(("* * * * *",), "Asia/Tokyo")))
    assert sum(month.due_count for month in shown.months) == 365
    assert shown.months[0].due_count == 30


def test_times_of_another_zone_are_shown_by_the_portals_clock() -> None:
    shown = preview(JobSchedule(Cron(("0 6 * * *",), "Europe/Berlin")))
    assert shown.coming[0].words == "4月20日(月) 13:00"
    assert shown.said[0].time_zone == "Europe/Berlin"


@pytest.fixture
def job(data: object) -> Job:
    return a_job("sales-report", title="売上日報")


def test_the_preview_follows_what_is_typed_and_saves_nothing(admin: Client, job: Job) -> None:
    page = ShownPage(admin.get(address(job)))
    assert page.one("div", id="preview").attributes["hx-post"] == address(job, "/preview")
    shown = admin.post(address(job, "/preview"), form(schedule(0, kind="business", calendar="new", times="25:30")))
    assert shown.status_code == 200
    assert "毎営業日 25:30（翌日 01:30）（カレンダー: 日本の営業日）" in shown.text
    assert "<html" not in shown.text
    assert not CalendarRow.objects.exists()


def test_without_javascript_a_button_shows_the_same(admin: Client, job: Job) -> None:
    sent = form(schedule(0, kind="weekly", weekdays=["MON"], times="07:30"), preview="1")
    shown = admin.post(address(job), sent)
    assert shown.status_code == 200
    assert "毎週月曜 07:30" in ShownPage(shown).one("div", id="preview").text


def test_a_mistake_is_said_in_the_previews_place(admin: Client, job: Job) -> None:
    shown = admin.post(address(job, "/preview"), form(schedule(0, kind="cron", lines="x"), grace="abc"))
    assert shown.status_code == 200
    assert "cron 式ではありません" in shown.text and "「abc」は数字ではありません" in shown.text


def test_what_is_typed_is_escaped(admin: Client, job: Job) -> None:
    sent = form(schedule(0, kind="cron", lines='</textarea><script>alert("x")</script>'))
    for shown in (admin.post(address(job), sent), admin.post(address(job, "/preview"), sent)):
        assert "<script>alert" not in shown.text


def run_rows(job: Job, begins: list[datetime], **more: Any) -> None:
    Run.objects.filter(job=job).delete()
    Run.objects.bulk_create(
        [
            Run(
                job=job,
                run_id=f"r{number}",
                result="success",
                started_at=begin,
                finished_at=begin + timedelta(minutes=3),
                received_at=begin + timedelta(minutes=3),
                source="job-report",
                **more,
            )
            for number, begin in enumerate(begins)
        ]
    )
    Job.objects.filter(id=job.id).update(created_at=min(begins))


def nightly(days: int, missed: set[int] = frozenset()) -> list[datetime]:  # type: ignore[assignment]
    """The beginnings of the runs at 02:00, the latest first: what was due is done, whatever time of day the tests run at."""
    ended = timezone.localtime(timezone.now() - timedelta(hours=2, minutes=5), TOKYO).date()
    nights = [datetime.combine(ended - number * DAY, datetime.min.time(), TOKYO) for number in range(days)]
    return [night + timedelta(hours=2, seconds=30) for number, night in enumerate(nights) if number not in missed]


@on_each_database
def test_the_replay_says_what_the_new_settings_and_the_present_ones_would_have_raised(admin: Client, job: Job) -> None:
    run_rows(job, nightly(60, missed={9, 20, 41}))
    shown = admin.post(address(job, "/preview"), form(schedule(0, kind="daily", times="02:00")))
    replay = ShownPage(shown).one("div", "replay")
    assert "この設定なら障害は 3 件、" in replay.text and "現在の設定では 0 件です。" in replay.text
    assert len([item for item in replay.inside if item.tag == "li"]) == 3
    assert "未報告" in replay.text and "予定" in replay.text


def test_the_replay_reads_so_many_runs_and_says_when_that_was_not_all(admin: Client, job: Job) -> None:
    begin = timezone.now() - timedelta(minutes=20 * (MOST_RUNS + 40))
    run_rows(job, [begin + timedelta(minutes=20 * number) for number in range(MOST_RUNS + 40)])
    sent = form(schedule(0, kind="interval", every="20", unit="minutes"))
    shown = admin.post(address(job, "/preview"), sent)
    assert "直近の分だけで試しました" in shown.text


def test_without_runs_there_is_nothing_to_replay(admin: Client, job: Job) -> None:
    Run.objects.all().delete()
    shown = admin.post(address(job, "/preview"), form(schedule(0, kind="daily", times="02:00")))
    assert not ShownPage(shown).all("div", "replay")


def test_a_schedule_is_proposed_from_the_runs(admin: Client, viewer: Client, job: Job) -> None:
    run_rows(job, nightly(40, missed={9, 20}))
    for path in (address(job), f"/jobs/{job.id}"):
        shown = ShownPage(admin.get(path)).one("section", "proposal").text
        assert "毎日 02:00" in shown and "直近 38 回のうち 38 回が一致します。" in shown
        assert not ShownPage(viewer.get(path)).all("section", "proposal")


def test_nothing_is_proposed_where_nothing_fits(admin: Client, job: Job) -> None:
    for path in (address(job), f"/jobs/{job.id}"):
        assert not ShownPage(admin.get(path)).all("section", "proposal")


@on_each_database
def test_a_proposal_is_accepted_with_one_click(hanako: Client) -> None:
    job = a_job("nightly")
    run_rows(job, nightly(40))
    token = ShownPage(hanako.get(address(job))).one("input", name="token").attributes["value"]
    answer = hanako.post(address(job, "/proposal"), {"token": token}, follow=True)
    assert "スケジュールを設定しました: 毎日 02:00" in answer.text
    assert in_force(job).schedules == (JobSchedule(Cron(("0 2 * * *",), "Asia/Tokyo")),)
    assert not ShownPage(hanako.get(address(job))).all("section", "proposal")


def test_a_proposal_by_business_days_makes_its_calendar(hanako: Client) -> None:
    job = a_job("weekdays")
    begin, nights = date(2026, 3, 2), []
    for number in range(80):
        day = begin + number * DAY
        if JAPAN.is_business_day(day):
            nights.append(datetime(day.year, day.month, day.day, 7, 30, 10, tzinfo=TOKYO))
    run_rows(job, nights)
    page = ShownPage(hanako.get(address(job)))
    assert "カレンダーも同時に作成します。" in page.one("section", "proposal").text
    hanako.post(address(job, "/proposal"), {"token": page.one("input", name="token").attributes["value"]})
    (one,) = in_force(job).schedules
    assert isinstance(one.schedule, BusinessDayRule) and one.schedule.day == EveryBusinessDay()
    assert CalendarRow.objects.get().name == "日本の営業日"


def test_a_proposal_that_has_changed_is_shown_again_first(hanako: Client) -> None:
    job = a_job("nightly")
    run_rows(job, nightly(40))
    answer = hanako.post(address(job, "/proposal"), {"token": "of another one"}, follow=True)
    assert "新しい実行があり、案が変わりました" in answer.text
    assert Job.objects.get(id=job.id).settings_row_id is None


def test_the_job_page_says_when_the_job_should_run(admin: Client, job: Job) -> None:
    assert "スケジュールがありません。最後の報告" in admin.get(f"/jobs/{job.id}").text


@on_each_database
def test_many_calendars_and_runs_cost_no_more_questions(admin: Client, job: Job) -> None:
    costs = []
    for many in (3, 30):
        run_rows(job, nightly(many * 2))
        for number in range(many):
            make_calendar(msgspec.structs.replace(JAPAN, name=f"{many} {number}"), "hanako")
        asked = []
        for path in (address(job), "/calendars", f"/jobs/{job.id}"):
            with CountedQueries() as queries:
                assert admin.get(path).status_code == 200
            asked.append(queries.count)
        with CountedQueries() as queries:
            admin.post(address(job, "/preview"), form(schedule(0, kind="daily", times="02:00")))
        costs.append([*asked, queries.count])
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 24


def test_an_interval_is_proposed_on_its_beat(admin: Client, job: Job) -> None:
    begin = timezone.now().replace(minute=1, second=5, microsecond=0) - timedelta(hours=30)
    run_rows(job, [begin + timedelta(minutes=15 * number) for number in range(100)])
    assert "15 分ごと" in ShownPage(admin.get(address(job))).one("section", "proposal").text
