"""Whatever the console is, a report is sent once, and printing changes nothing for the job."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")

# The guide's wrapper: what report_job_status lets out of it would be reported as the job's own failure.
GUIDES_WRAPPER = """
import sys
from tc_portal_reporter import report_job_status
{before}
try:
    report_job_status("success", "処理完了")
except Exception as e:
    report_job_status("error", str(e))
    raise
"""


def wrapped(before=""):
    return GUIDES_WRAPPER.format(before=before)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp932", "latin-1", "utf-16", "utf-8-sig", "ascii:strict"])
def test_on_any_console_a_green_job_stays_green(reporter, portal, encoding):
    done = reporter.run(wrapped(), {**portal.variables, "PYTHONIOENCODING": encoding})
    assert portal.results == ["success"]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-16", "utf-8-sig"])
def test_a_console_that_has_japanese_shows_it(reporter, portal, encoding):
    done = reporter.run(wrapped(), {**portal.variables, "PYTHONIOENCODING": encoding})
    assert done.stdout_bytes.decode(encoding).strip() == "[TC Portal] 報告成功: success"


def test_a_console_that_has_no_japanese_shows_it_spelled_out(reporter, portal):
    done = reporter.run(wrapped(), {**portal.variables, "PYTHONIOENCODING": "cp1252"})
    assert done.stdout == "[TC Portal] \\u5831\\u544a\\u6210\\u529f: success\n"


def test_an_error_text_that_the_console_lacks_does_no_harm(reporter, portal):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": "—é😀", "PYTHONIOENCODING": "cp932"}
    done = reporter.run(wrapped(), variables)
    assert done.returncode == 0
    assert b"\\u2014\\xe9\\U0001f600" in done.stdout_bytes


@pytest.mark.parametrize(
    "before",
    [
        "sys.stdout = None",
        "sys.stdout.close()",
        "sys.stdout.detach()",
        "sys.stdout = object()",
        "class Grumpy:\n    encoding = None\n    def write(self, text): raise RuntimeError\nsys.stdout = Grumpy()",
        "class Odd:\n    encoding = 'no such'\n    def write(self, text): text.encode('ascii')\nsys.stdout = Odd()",
        "del sys.stdout",
    ],
)
def test_without_a_working_stdout_a_green_job_stays_green(reporter, portal, before):
    reporter.run(wrapped(before), portal.variables)
    assert portal.results == ["success"]


@pytest.mark.skipif(os.name == "nt", reason="closes a file descriptor in the shell's way")
def test_with_stdout_closed_from_outside_a_green_job_stays_green(reporter, portal, tmp_path):
    script = tmp_path / "closed.py"
    script.write_text(wrapped(), encoding="utf-8")
    done = reporter.run(
        "import subprocess, sys\n"
        f"sys.exit(subprocess.call(['sh', '-c', 'exec \"$0\" \"$1\" >&-', sys.executable, {str(script)!r}]))",
        portal.variables,
    )
    assert portal.results == ["success"]
    assert done.returncode == 0


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_with_a_full_disk_behind_stdout_a_green_job_stays_green(reporter, portal):
    with FULL.open("wb") as full:
        done = reporter.run(wrapped(), portal.variables, stdout=full)
    assert portal.results == ["success"]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_broken_pipe_changes_neither_report_nor_exit_code(reporter, portal):
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    try:
        done = reporter.run(wrapped(), portal.variables, stdout=writing_end)
    finally:
        os.close(writing_end)
    assert portal.results == ["success"]
    assert (done.returncode, done.stderr) == (0, "")


def test_the_line_stands_where_it_was_printed(reporter, portal):
    done = reporter.run("print('前')\n" + wrapped() + "print('後')", portal.variables)
    assert done.stdout == "前\n[TC Portal] 報告成功: success\n後\n"


def test_a_stdout_that_the_script_replaced_gets_the_line(reporter, portal):
    done = reporter.run(
        "import contextlib, io\nfrom tc_portal_reporter import report_job_status\n"
        "with contextlib.redirect_stdout(io.StringIO()) as kept:\n    report_job_status('success')\n"
        "print([kept.getvalue()])",
        portal.variables,
    )
    assert done.stdout == "['[TC Portal] 報告成功: success\\n']\n"


def test_printing_leaves_the_stream_as_it_was(reporter, portal):
    show = "print(sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stdout.write_through)\n"
    done = reporter.run(wrapped(show) + show, {**portal.variables, "PYTHONIOENCODING": "cp1252:strict"})
    first, _, last = done.stdout.splitlines()
    assert first == last


@pytest.mark.skipif(sys.platform == "win32", reason="a console under Windows is another thing")
def test_unbuffered_python_prints_the_same(reporter, portal):
    done = reporter.run(wrapped(), {**portal.variables, "PYTHONUNBUFFERED": "1"}, stderr=subprocess.STDOUT)
    assert done.stdout == "[TC Portal] 報告成功: success\n"
