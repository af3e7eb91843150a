"""What is kept of what a task runs: the names of its scripts and the job key it reports under, never an argument else."""

from xml.sax.saxutils import escape

import msgspec
import pytest
from tc_portal.core.task_scheduler.reading import read_tasks
from tc_portal.core.task_scheduler.task import Task


def running(command: str, arguments: str = "") -> Task:
    action = f"<Exec><Command>{escape(command)}</Command><Arguments>{escape(arguments)}</Arguments></Exec>"
    (task,) = read_tasks(f"<Task><Actions>{action}</Actions></Task>".encode()).tasks
    return task


@pytest.mark.parametrize(
    ("command", "arguments", "scripts"),
    [
        (r"C:\jobs\run.bat", "", ("run.bat",)),
        (r'"C:\Program Files\売上\集計.exe"', "/all", ("集計.exe",)),
        (r"C:\Python311\python.exe", r'"C:\my jobs\売上 日報.py" --month 3', ("売上 日報.py",)),
        ("python3.11.exe", "report.py", ("report.py",)),
        ("powershell.exe", r"-ExecutionPolicy Bypass -File C:\ops\Clean-Logs.ps1 -Days 7", ("Clean-Logs.ps1",)),
        ("cmd.exe", r'/c "C:\jobs\night.cmd" & C:\jobs\after.cmd', ("night.cmd", "after.cmd")),
        ("wscript", r"//B D:\old\mail.vbs", ("mail.vbs",)),
        ("python", "-m sales.daily", ()),
        ("tc-report.exe", "run --key k -- python a.py", ("a.py",)),
        (r"\\server\share\x.bat", "", ("x.bat",)),
        (r"%WINDIR%\system32\cmd.exe", "/c echo hello", ()),
    ],
)
def test_the_scripts_are_named_and_the_interpreters_are_not(
    command: str, arguments: str, scripts: tuple[str, ...]
) -> None:
    assert running(command, arguments).scripts == scripts


@pytest.mark.parametrize(
    ("command", "arguments", "job_key"),
    [
        ("tc-report", "run --key sales-report -- python a.py", "sales-report"),
        (r"C:\venv\Scripts\tc-report.exe", 'send success --key "売上 日報"', "売上 日報"),
        ("python.exe", "-m tc_portal_reporter run --key=nightly -- a.bat", "nightly"),
        ("cmd", "/c a.bat && tc-report send success --key k1", "k1"),
        ("backup.exe", "--key 0123-licence", ""),
        ("tc-report", "doctor", ""),
    ],
)
def test_the_key_that_the_reporter_is_called_with_is_known(command: str, arguments: str, job_key: str) -> None:
    assert running(command, arguments).reports_as == job_key


@pytest.mark.parametrize(
    "arguments",
    [
        "job.py --password Sesame-1 --token=Sesame-1",
        'job.py -u admin:Sesame-1 /p:Sesame-1 "Sesame-1"',
        "job.py https://admin:Sesame-1@example.com/",
        "job.py -EncodedCommand Sesame-1 Server=db;Password=Sesame-1;",
    ],
)
def test_no_password_of_the_arguments_is_kept(arguments: str) -> None:
    assert "Sesame" not in msgspec.json.encode(running("python.exe", arguments)).decode()


def test_megabytes_of_arguments_are_no_trouble() -> None:
    assert running("python", "a" * 2_000_000 + ".py").scripts == ()
    assert len(running("python", '"' * 100_000).scripts) == 0
    assert len(running("python", "a.py " * 100_000).scripts) == 1
