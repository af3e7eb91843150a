"""``tc-portal import-tasks`` as a person runs it: shown first, saved when agreed, the same again changes nothing."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from databases import Database, new_database
from running_portal import RunningPortal
from stores import empty, tables

__all__ = ["tables"]

CORPUS = Path(__file__).parent / "core" / "task_xml"


def task(path: str, time: str = "06:00", more: str = "") -> str:
    return (
        f"<Task><RegistrationInfo><URI>{path}</URI></RegistrationInfo><Triggers><CalendarTrigger>"
        f"<StartBoundary>2025-01-01T{time}:00</StartBoundary><ScheduleByDay/></CalendarTrigger></Triggers>{more}</Task>"
    )


Import = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def portal(tables: Database, tmp_path: Path) -> RunningPortal:
    """Not running: a command needs no server."""
    empty(tables)
    tables.execute("DELETE FROM calendar_revision; DELETE FROM calendar")
    return RunningPortal(tables, tmp_path)


@pytest.fixture
def import_tasks(portal: RunningPortal, tmp_path: Path) -> Import:
    """Writes the text to a file, and imports that."""

    def run(text: str | bytes, *options: str, status: int = 0) -> "subprocess.CompletedProcess[str]":
        file = tmp_path / "tasks.xml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-16"))
        ended = portal.command("import-tasks", str(file), *options)
        assert "Traceback" not in ended.stderr
        assert ended.returncode == status, ended.stdout + ended.stderr
        return ended

    return run


def jobs(portal: RunningPortal) -> list[str]:
    return [key for (key,) in portal.database.rows("SELECT job_key FROM job ORDER BY job_key")]


def settings_rows(portal: RunningPortal) -> int:
    ((count,),) = portal.database.rows("SELECT count(*) FROM job_settings")
    return int(count)


def definition(portal: RunningPortal) -> dict[str, object]:
    ((text,),) = portal.database.rows("SELECT definition FROM job_settings ORDER BY id DESC LIMIT 1")
    return dict(json.loads(text))


def test_what_is_shown_is_saved_only_with_yes(portal: RunningPortal, import_tasks: Import) -> None:
    shown = import_tasks(task("\\経理\\売上集計"))
    assert "[new] \\経理\\売上集計 → 経理-売上集計 (売上集計)" in shown.stdout
    assert (
        "Every day at 06:00" in shown.stdout and "next due: 2" in shown.stdout and "grace 30 minutes" in shown.stdout
    )
    assert "Nothing was saved" in shown.stdout and "--yes" in shown.stdout
    import_tasks(task("\\経理\\売上集計"), "--yes", "--dry-run")
    assert jobs(portal) == []

    assert "Saved 1 jobs" in import_tasks(task("\\経理\\売上集計"), "--yes").stdout
    assert portal.database.rows("SELECT job_key, title, verdict, deadline IS NULL FROM job") == [
        ("経理-売上集計", "売上集計", "waiting", False)
    ]
    assert portal.database.rows("SELECT changed_by FROM job_settings") == [("tc-portal import-tasks",)]


def test_the_same_again_changes_nothing_and_what_changed_is_changed(
    portal: RunningPortal, import_tasks: Import
) -> None:
    import_tasks(task("\\A") + task("\\B"), "--yes")
    again = import_tasks(task("\\A") + task("\\B"), "--yes")
    assert "[no change] \\A → A" in again.stdout and "nothing to change" in again.stdout
    assert settings_rows(portal) == 2
    limit = "<Settings><ExecutionTimeLimit>PT1H</ExecutionTimeLimit></Settings>"
    assert "Saved 1 jobs" in import_tasks(task("\\A") + task("\\B", "07:00", limit), "--yes").stdout
    assert (settings_rows(portal), jobs(portal)) == (3, ["A", "B"])
    assert definition(portal)["max_runtime"] == "PT3600S"


def test_what_cannot_be_predicted_is_named_and_a_disabled_task_pauses_its_job(portal: RunningPortal) -> None:
    files = [str(CORPUS / f"{name}.xml") for name in ("logon", "session", "boot", "monthly_last_day")]
    ended = portal.command("import-tasks", *files, "--yes")
    assert ended.returncode == 0
    assert ended.stdout.count("Cannot be predicted") >= 2
    ((paused,),) = portal.database.rows("SELECT count(*) FROM job WHERE verdict = 'paused'")
    assert paused == ended.stdout.count(", paused")
    assert settings_rows(portal) == len(jobs(portal)) == 4


def test_what_is_not_read_is_told_with_line_and_reason_and_the_rest_is_imported(
    portal: RunningPortal, import_tasks: Import
) -> None:
    broken = "<Task>\n<RegistrationInfo><URI>\\B</URI></RegistrationInfo><Triggers></Task>\n"
    ended = import_tasks(task("\\A") + "\n" + broken, "--yes", status=3)
    assert "[not read]" in ended.stdout and "tasks.xml L2 \\B: Line 3 is not well-formed" in ended.stdout
    assert jobs(portal) == ["A"]


def test_a_job_that_reports_already_gets_the_task_of_its_name(portal: RunningPortal, import_tasks: Import) -> None:
    portal.database.execute(
        "INSERT INTO job (job_key, title, verdict, created_at) VALUES ('sales', '売上集計', 'ok', '2026-01-01 00:00:00+00:00')"
    )
    assert "[change] \\経理\\売上集計 → sales" in import_tasks(task("\\経理\\売上集計"), "--yes").stdout
    assert jobs(portal) == ["sales"]


def test_an_unclear_one_waits_for_map(portal: RunningPortal, import_tasks: Import) -> None:
    portal.database.execute(
        "INSERT INTO job (job_key, title, verdict, created_at) VALUES ('sales', '売上集計', 'ok', '2026-01-01 00:00:00+00:00')"
    )
    name = "\\経理\\売上集計の予備"
    ended = import_tasks(task(name), "--yes", status=3)
    assert f'--map "{name}=sales"  one name holds the other' in ended.stdout and settings_rows(portal) == 0
    assert "[left out]" in import_tasks(task(name), "--yes", "--map", f"{name}=").stdout
    assert "[change]" in import_tasks(task(name), "--yes", "--map", f"{name}=sales").stdout
    assert (jobs(portal), settings_rows(portal)) == (["sales"], 1)
    # Now it is known.
    assert "[no change]" in import_tasks(task(name), "--yes").stdout


def test_map_makes_a_job_of_another_key(portal: RunningPortal, import_tasks: Import) -> None:
    import_tasks(task("\\A=B"), "--yes", "--map", "A=B=my=key")
    assert jobs(portal) == ["my=key"]


def test_only_some_tasks_with_a_prefix_a_grace_a_host_and_a_zone(portal: RunningPortal, import_tasks: Import) -> None:
    options = ("--only", "\\経理\\*", "--key-prefix", "pc1-", "--grace", "45", "--host", "PC1", "--time-zone", "UTC")
    import_tasks(task("\\経理\\A") + task("\\総務\\A"), "--yes", *options)
    assert jobs(portal) == ["pc1-経理-A"]
    settings = definition(portal)
    assert settings["grace"] == "PT2700S"
    schedule = settings["schedules"][0]["schedule"]  # type: ignore[index]
    assert (schedule["host"], schedule["time_zone"]) == ("PC1", "UTC")


def test_a_calendar_narrows_all_tasks_or_one(portal: RunningPortal, import_tasks: Import) -> None:
    portal.database.execute(
        "INSERT INTO calendar (id, name) VALUES (1, '本社');"
        "INSERT INTO calendar_revision (id, calendar_id, made_at, definition) VALUES"
        """ (7, 1, '2026-01-01 00:00:00+00:00', '{"name":"本社","country":"JP"}'),"""
        """ (8, 1, '2026-01-02 00:00:00+00:00', '{"name":"本社","country":"JP"}')"""
    )
    ended = import_tasks(task("\\A"), "--yes", "--calendar", "本社")
    assert "calendar: 本社" in ended.stdout
    narrowed = definition(portal)["schedules"][0]["narrowed"]  # type: ignore[index]
    assert narrowed == {"calendar": "8", "on_day_off": "skip", "time_zone": "Asia/Tokyo"}
    import_tasks(task("\\A") + task("\\B"), "--yes", "--calendar", "\\B=本社", "--on-day-off", "after")
    assert definition(portal)["schedules"][0]["narrowed"]["on_day_off"] == "after"  # type: ignore[index]
    assert "no calendar '支社'. There are: 本社" in import_tasks(task("\\A"), "--calendar", "支社", status=1).stderr


def test_standard_input_and_patterns_are_read(portal: RunningPortal, tmp_path: Path) -> None:
    ended = portal.command("import-tasks", "-", "--yes", stdin=task("\\A"))
    assert (ended.returncode, jobs(portal)) == (0, ["A"])
    for name in ("1.xml", "2.xml"):
        (tmp_path / name).write_text(task(f"\\P{name[0]}"), encoding="utf-8")
    # No shell expands it here, as none does on Windows.
    assert portal.command("import-tasks", str(tmp_path / "?.xml"), "--yes").returncode == 0
    assert jobs(portal) == ["A", "P1", "P2"]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (None, (), "There is no file"),
        ("<Task/>", ("--time-zone", "Asia/Nowhere"), "no time zone"),
        ("<Task/>", ("--map", "\\Nothing=k"), "No task fits --map"),
        ("<Task/>", ("--only", "\\X\\*"), "No task fits --only"),
        ("<Task/>", ("--calendar", "本社"), "Create it"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><Task/>", (), "There is no task to import"),
        ("x" * 10_000_001, (), "There is no task to import"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    tmp_path: Path, text: str | None, options: tuple[str, ...], says: str
) -> None:
    portal = RunningPortal(new_database("sqlite", tmp_path, None), tmp_path)
    file = tmp_path / "tasks.xml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    ended = portal.command("import-tasks", str(file), "--yes", *options)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr
    assert says in ended.stderr and jobs(portal) == []


def test_it_speaks_japanese(portal: RunningPortal, tmp_path: Path) -> None:
    portal.environment |= {"LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8"}
    (tmp_path / "a.xml").write_text(task("\\経理\\売上集計"), encoding="cp932")
    shown = portal.command("import-tasks", str(tmp_path / "a.xml")).stdout
    assert "[新規] \\経理\\売上集計 → 経理-売上集計（売上集計）" in shown and "毎日 06:00" in shown
    assert "新規 1、変更 0、変更なし 0、要確認 0、対象外 0、読めません 0" in shown and "何も保存していません" in shown
    assert "がありません" in portal.command("import-tasks", str(tmp_path / "none.xml")).stderr


def test_a_task_cannot_write_to_the_terminal_what_it_likes(import_tasks: Import) -> None:
    shown = import_tasks(task("\\a\u202e\u009b31mb")).stdout
    assert "\u202e" not in shown and "\u009b" not in shown
