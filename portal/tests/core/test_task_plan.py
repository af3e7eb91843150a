"""What an import of tasks does to jobs: made, changed, left alone, asked about; and the same again changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tc_portal.core.job_settings import JobSettings, read_settings, settings_as_json
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule, Narrowing
from tc_portal.core.task_scheduler.found_tasks import tasks_in
from tc_portal.core.task_scheduler.known_job import KnownJob
from tc_portal.core.task_scheduler.matching import Jobs
from tc_portal.core.task_scheduler.plan import Decision, Plan, Terms, plan_of
from tc_portal.core.task_scheduler.reading import read_tasks
from tc_portal.core.task_scheduler.task import Boundary, Daily, Once, Repetition, Task, Unpredictable, Weekly
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CORPUS = sorted((Path(__file__).parent / "task_xml").glob("*.xml"))
TERMS = Terms("Asia/Tokyo")


def at(time: str) -> Boundary:
    return Boundary(datetime.fromisoformat(f"2025-01-01T{time}:00"))


def daily(path: str = "\\A", time: str = "06:00", **more: Any) -> Task:
    return Task(path, (Daily(start=at(time)),), **more)


def plan(
    tasks: Task | Sequence[Task], *jobs: KnownJob, terms: Terms = TERMS, decided: dict[str, Decision] | None = None
) -> Plan:
    return plan_of([tasks] if isinstance(tasks, Task) else tasks, Jobs(jobs), terms, decided or {}, NOW)


def after(done: Plan, *jobs: KnownJob) -> list[KnownJob]:
    """The jobs when the plan is carried out, their settings as they are kept."""
    there = {job.job_key: job for job in jobs}
    for each in done.changes:
        before = there.get(each.job_key) or KnownJob(each.job_key, each.title)
        kept = read_settings(settings_as_json(each.settings))
        there[each.job_key] = msgspec.structs.replace(before, settings=kept)
    return list(there.values())


def settings(done: Plan) -> JobSettings:
    (change,) = done.changes
    return change.settings


def outcomes(done: Plan) -> list[str]:
    return [one.outcome for one in done.tasks]


def notes(done: Plan) -> str:
    return " ".join(note.ja for one in done.tasks for note in one.notes)


def test_a_task_becomes_a_job_of_its_path_that_is_due_when_the_task_is() -> None:
    done = plan(daily("\\経理\\売上 集計", execution_time_limit=2 * HOUR))
    (change,) = done.changes
    assert (outcomes(done), change.job_key, change.title) == (["new"], "経理-売上-集計", "売上 集計")
    assert (change.settings.grace, change.settings.max_runtime) == (30 * MINUTE, 2 * HOUR)
    schedule = change.settings.schedules[0].schedule
    assert isinstance(schedule, WindowsSchedule)
    (slot,) = islice(schedule.slots(NOW, NOW + timedelta(days=2)), 1)
    assert slot.due == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "prefix", "key"),
    [
        ("\\Nightly", "", "Nightly"),
        ("\\Backup\\Nightly dump", "pc1-", "pc1-Backup-Nightly-dump"),
        ('\\a "b" & c; d%', "", "a-b-c-d"),
        ("\\ｶﾅ　１", "", "カナ-1"),
        ("\\" + "長" * 299, "p-", "p-" + "長" * 299),
    ],
)
def test_the_key_is_the_path_in_letters_that_need_no_quotes(path: str, prefix: str, key: str) -> None:
    done = plan(daily(path), terms=msgspec.structs.replace(TERMS, key_prefix=prefix))
    assert [change.job_key for change in done.changes] == [key]


@pytest.mark.parametrize(
    ("limit", "of_triggers", "expected"),
    [
        (timedelta(hours=72), [None], None),
        (None, [None], None),
        (30 * MINUTE, [None], 30 * MINUTE),
        (timedelta(hours=72), [30 * MINUTE], 30 * MINUTE),
        (2 * HOUR, [30 * MINUTE, None], 2 * HOUR),
        (None, [30 * MINUTE, None], None),
        (timedelta(days=90), [None], None),
    ],
)
def test_the_maximum_runtime_is_the_limit_of_time_where_that_is_not_the_usual_one(
    limit: timedelta | None, of_triggers: list[timedelta | None], expected: timedelta | None
) -> None:
    triggers = tuple(Daily(start=at("06:00"), execution_time_limit=each) for each in of_triggers)
    assert settings(plan(Task("\\A", triggers, execution_time_limit=limit))).max_runtime == expected


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_importing_again_changes_nothing(path: Path) -> None:
    tasks = tasks_in([(path.name, path.read_bytes())], with_windows_own=True).tasks
    decided = {task.path: Decision(f"job {number}") for number, task in enumerate(tasks)}
    first = plan(tasks, decided=decided)
    assert set(outcomes(first)) <= {"new", "unclear"} and first.changes
    again = plan(tasks, *after(first))
    assert again.changes == ()
    assert set(outcomes(again)) <= {"same", "unclear", "left_out"}


def test_what_changed_in_the_task_changes_in_its_job_whatever_that_is_called() -> None:
    jobs = after(plan(daily(execution_time_limit=HOUR), decided={"\\A": Decision("my-key")}))
    done = plan(daily("\\a", "09:00", execution_time_limit=3 * HOUR), *jobs)
    assert outcomes(done) == ["changed"]
    (change,) = done.changes
    assert (change.job_key, change.settings.max_runtime, len(change.settings.schedules)) == ("my-key", 3 * HOUR, 1)


def changed(jobs: list[KnownJob], **more: Any) -> list[KnownJob]:
    """The jobs as a person has changed their settings."""
    return [msgspec.structs.replace(job, settings=msgspec.structs.replace(job.settings, **more)) for job in jobs]


def test_what_a_person_chose_stays() -> None:
    chosen = {"grace": 5 * MINUTE, "max_runtime": 10 * MINUTE, "tolerance": 3, "min_runtime": MINUTE}
    jobs = changed(after(plan(daily(execution_time_limit=HOUR))), **chosen)
    kept = settings(plan(daily(time="07:00", execution_time_limit=2 * HOUR), *jobs))
    assert {name: getattr(kept, name) for name in chosen} == chosen
    assert plan(daily(execution_time_limit=HOUR), *jobs).changes == ()


def test_a_grace_that_is_asked_for_is_taken() -> None:
    jobs = after(plan(daily()))
    assert settings(plan(daily(), *jobs, terms=msgspec.structs.replace(TERMS, grace=HOUR))).grace == HOUR


def test_a_disabled_task_pauses_its_job_until_it_is_enabled() -> None:
    first = plan(daily(is_enabled=False))
    assert settings(first).is_paused and "一時停止" in notes(first)
    jobs = after(first)
    assert plan(daily(is_enabled=False), *jobs).changes == ()
    assert not settings(plan(daily(), *jobs)).is_paused
    all_off = Task("\\A", (Daily(start=at("06:00"), is_enabled=False),))
    assert settings(plan(all_off)).is_paused


def test_a_job_that_a_person_paused_stays_paused_and_that_is_said() -> None:
    jobs = changed(after(plan(daily())), is_paused=True)
    assert plan(daily(), *jobs).changes == ()
    later = plan(daily(time="07:00"), *jobs)
    assert settings(later).is_paused and "一時停止のまま" in notes(later)


@pytest.mark.parametrize("kind", ["boot", "logon", "registration", "session", "event", "idle", "unknown"])
def test_a_task_that_nobody_can_predict_is_never_due_and_that_is_said(kind: Any) -> None:
    done = plan(Task("\\A", (Unpredictable(kind=kind, detail="x"),)))
    schedule = settings(done).schedules[0].schedule
    assert isinstance(schedule, WindowsSchedule)
    assert list(schedule.slots(NOW, NOW + timedelta(days=4000))) == []
    assert "予測できません" in notes(done) and "予定なし" in notes(done)


def test_of_several_triggers_those_that_nobody_can_predict_are_named() -> None:
    logon = Unpredictable(kind="logon")
    done = plan(Task("\\A", (Daily(start=at("06:00")), logon, logon)))
    assert notes(done).count("ログオン時") == 1 and "予定なし" not in notes(done)


def test_a_task_that_is_over_is_left_out_unless_it_was_imported_before_or_is_asked_for() -> None:
    over = Task("\\A", (Once(start=at("06:00")),))
    done = plan(over)
    assert (outcomes(done), done.changes) == (["left_out"], ()) and "もう動く予定がありません" in notes(done)
    assert outcomes(plan(over, decided={"\\A": Decision("k")})) == ["new"]
    assert outcomes(plan(over, *after(plan(daily())))) == ["changed"]


def test_the_weekday_by_an_offset_that_is_another_on_the_pc_is_pointed_out() -> None:
    start = Boundary(datetime(2025, 1, 6, 22, 0), timedelta())
    assert "曜日" in notes(plan(Task("\\A", (Weekly(start=start, weekdays=(0,)),))))
    same_day = Boundary(datetime(2025, 1, 6, 2, 0), timedelta())
    assert "曜日" not in notes(plan(Task("\\A", (Weekly(start=same_day, weekdays=(0,)),))))


def test_runs_that_windows_leaves_out_while_one_goes_on_are_pointed_out() -> None:
    often = (Daily(start=at("06:00"), repetition=Repetition(5 * MINUTE)),)
    said = "前の実行が続いている間"
    assert said in notes(plan(Task("\\A", often, execution_time_limit=HOUR)))
    assert said not in notes(plan(Task("\\A", often, execution_time_limit=HOUR, multiple_instances="parallel")))
    assert said not in notes(plan(Task("\\A", often)))


def test_a_job_that_reports_already_gets_the_schedule_and_a_grace_that_its_runs_would_have_kept() -> None:
    runs = tuple(datetime(2026, 2, day, 21, 50, tzinfo=UTC) for day in range(1, 20))
    done = plan(daily("\\売上集計"), KnownJob("sales", "売上集計", runs=runs))
    assert outcomes(done) == ["changed"]
    assert settings(done).grace == 75 * MINUTE


def test_other_schedules_of_the_job_stay_and_are_mentioned() -> None:
    by_hand = JobSchedule(Cron(("0 3 * * *",), "Asia/Tokyo"))
    job = KnownJob("sales", "売上集計", settings=JobSettings(schedules=(by_hand,)))
    done = plan(daily("\\売上集計"), job)
    assert settings(done).schedules[0] == by_hand and len(settings(done).schedules) == 2
    assert "ほかのスケジュール 1 個" in notes(done)
    assert plan(daily("\\売上集計"), *after(done, job)).changes == ()


def test_a_calendar_narrows_and_stays_when_it_is_not_mentioned_again() -> None:
    narrowed = Narrowing("7", "skip", "Asia/Tokyo")
    jobs = after(plan(daily(), terms=msgspec.structs.replace(TERMS, narrowed=narrowed)))
    assert jobs[0].settings is not None and jobs[0].settings.schedules[0].narrowed == narrowed
    assert plan(daily(), *jobs).changes == ()
    newer = Narrowing("9", "before", "Asia/Tokyo")
    by_path = msgspec.structs.replace(TERMS, narrowed=narrowed, narrowed_by_path={"\\A": newer})
    assert settings(plan(daily(), *jobs, terms=by_path)).schedules[0].narrowed == newer
    none = Decision(jobs[0].job_key, decides_narrowing=True)
    assert settings(plan(daily(), *jobs, decided={"\\A": none})).schedules[0].narrowed is None


def test_two_tasks_never_become_one_job_unless_a_person_says_so() -> None:
    twins = [daily("\\A B"), daily("\\A\\B", "07:00")]
    done = plan(twins)
    assert (outcomes(done), done.changes) == (["unclear", "unclear"], ())
    assert all(one.why is not None and "別のタスクも同じジョブ" in one.why.ja for one in done.tasks)
    as_said = {"\\A B": Decision("k"), "\\A\\B": Decision("k")}
    both = plan(twins, decided=as_said)
    assert len(settings(both).schedules) == 2
    assert plan(twins, *after(both)).changes == ()
    one_key = {path: Decision("k", is_new=True) for path in as_said}
    assert outcomes(plan(twins, decided=one_key)) == ["unclear", "unclear"]


def test_the_maximum_runtime_of_a_job_of_two_tasks_is_the_longer_one() -> None:
    twins = [daily("\\A", execution_time_limit=HOUR), daily("\\B", execution_time_limit=3 * HOUR)]
    assert settings(plan(twins, decided={"\\A": Decision("k"), "\\B": Decision("k")})).max_runtime == 3 * HOUR


def test_two_different_tasks_of_one_path_are_refused_and_one_that_comes_twice_is_taken_once() -> None:
    done = plan([daily(), daily("\\a", "07:00")])
    assert outcomes(done) == ["unclear", "unclear"] and done.changes == ()
    file = CORPUS[0].read_bytes()
    assert tasks_in([("1.xml", file), ("2.xml", file)]).tasks == tasks_in([("1.xml", file)]).tasks


def test_a_task_that_may_be_some_job_waits_until_a_person_has_said_which() -> None:
    job = KnownJob("sales", "売上集計")
    done = plan(daily("\\売上集計（新）"), job)
    assert (outcomes(done), done.changes) == (["unclear"], ())
    path = done.tasks[0].task.path
    assert outcomes(plan(daily(path), job, decided={path: Decision("sales", is_new=False)})) == ["changed"]
    assert outcomes(plan(daily(path), job, decided={path: Decision("new-key", is_new=True)})) == ["new"]
    assert outcomes(plan(daily(path), job, decided={path: Decision(None)})) == ["left_out"]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("", is_new=True), "キーを入力"),
        (Decision("   ", is_new=True), "キーを入力"),
        (Decision("x" * 501, is_new=True), "500 文字まで"),
        (Decision("k", "x" * 501, is_new=True), "500 文字まで"),
        (Decision("other", is_new=True), "もうあります"),
        (Decision("nobody", is_new=False), "ありません"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_told(decision: Decision, said: str) -> None:
    done = plan(daily(), KnownJob("other", "ほかのジョブ"), decided={"\\A": decision})
    assert done.changes == () and done.tasks[0].why is not None and said in done.tasks[0].why.ja


def test_a_file_that_does_not_say_its_path_names_its_tasks() -> None:
    nameless = b"<Task/>"
    assert [task.path for task in tasks_in([("C:\\x\\nightly.xml", nameless)]).tasks] == ["\\nightly"]
    both = b"<Task/><Task><Settings><Enabled>false</Enabled></Settings></Task>"
    assert [task.path for task in tasks_in([("a/two.xml", both)]).tasks] == ["\\two-1", "\\two-2"]


def test_the_tasks_of_windows_itself_are_left_out_unless_they_are_wanted() -> None:
    own = b"<Task><RegistrationInfo><URI>\\Microsoft\\Windows\\Defrag</URI></RegistrationInfo></Task><Task/>"
    found = tasks_in([("pc.xml", own)])
    assert (len(found.tasks), found.windows_own) == (1, 1)
    assert len(tasks_in([("pc.xml", own)], with_windows_own=True).tasks) == 2


def test_what_is_not_read_is_told_with_its_file() -> None:
    found = tasks_in([("bad.xml", b"<Task><a></Task>"), ("none.xml", b"hello")])
    assert [each.file for each in found.unread] == ["bad.xml", "none.xml"] and found.tasks == ()


def test_two_thousand_tasks_and_jobs_are_planned() -> None:
    tasks = [daily(f"\\Folder {number % 40}\\売上集計 {number}") for number in range(2_000)]
    jobs = [KnownJob(f"job-{number}", f"別の処理 {number}") for number in range(2_000)]
    done = plan(tasks, *jobs)
    assert len(done.tasks) == 2_000
    assert plan(tasks, *after(done, *jobs)).changes == ()


def test_a_task_read_twice_is_the_same_value() -> None:
    content = CORPUS[0].read_bytes()
    assert read_tasks(content) == read_tasks(content)
