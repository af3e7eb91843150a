"""tc-report run: the command is as it would be without it, and the portal learns how it went."""

import os
import subprocess
import sys
import time
from datetime import datetime

import pytest
from loopback import SECRET

ON_WINDOWS = sys.platform == "win32"


def python(code):
    return [sys.executable, "-c", code]


@pytest.fixture
def portal(newest_portal):
    return newest_portal


@pytest.fixture
def wrapped(reporter, portal):
    """Runs a Python program under ``tc-report run --key stock --title 在庫``."""

    def run(code, *options, variables=None, **more):
        command = python(code) if isinstance(code, str) else code
        given = ["run", "--key", "stock", "--title", "在庫", *options, "--", *command]
        return reporter.tc_report(*given, variables={**portal.variables, **(variables or {})}, **more)

    return run


def test_a_success_is_reported_with_start_and_end(wrapped, portal):
    done = wrapped("print('在庫 42 件')")
    assert (done.stdout, done.stderr, done.returncode) == ("在庫 42 件\n", "", 0)
    [start] = portal.sent_to("job-start")
    [report] = portal.reports
    assert (report["job_key"], report["title"], report["status"]) == ("stock", "在庫", "success")
    assert (report["message"], report["exit_code"]) == ("在庫 42 件", 0)
    assert report["host"] and report["reporter"]
    assert "exit_meaning" not in report
    for name in ("job_key", "title", "run_id", "started_at", "host"):
        assert start[name] == report[name]
    assert start["heartbeat_seconds"] == 60
    assert datetime.fromisoformat(report["started_at"]) <= datetime.fromisoformat(report["finished_at"])
    size = len("在庫 42 件".encode()) + len(os.linesep)
    assert report["output"] == {"head": "在庫 42 件\n", "tail": "", "size": size, "truncated": False}


def test_an_error_has_the_exit_code_and_the_output(wrapped, portal):
    done = wrapped("import sys; print('1 行目'); sys.exit('在庫がありません')")
    assert (done.stdout, done.returncode) == ("1 行目\n", 1)
    assert done.stderr.strip() == "在庫がありません"
    [report] = portal.reports
    assert (report["status"], report["exit_code"]) == ("error", 1)
    assert report["message"].startswith("終了コード 1: ")
    assert sorted(report["output"]["head"].split("\n")) == ["", "1 行目", "在庫がありません"]


@pytest.mark.parametrize("code", [2, 3, 255])
def test_the_exit_code_is_the_commands(wrapped, portal, code):
    assert wrapped(f"import sys; sys.exit({code})", "--ok-codes", "0,2").returncode == code
    assert portal.results == ["success" if code == 2 else "error"]


@pytest.mark.skipif(not ON_WINDOWS, reason="exit codes of Windows have 32 bits")
@pytest.mark.parametrize("code", [256, 0xC0000005, 0xC000013A, 0xFFFFFFFF])
def test_a_windows_exit_code_comes_out_whole(wrapped, portal, code):
    done = wrapped(f"import ctypes; ctypes.windll.kernel32.ExitProcess(ctypes.c_uint({code}))")
    assert done.returncode % (1 << 32) == code
    [report] = portal.reports
    assert report["exit_code"] == code
    assert ("アクセス違反 / access violation" in report.get("exit_meaning", "")) == (code == 0xC0000005)


def test_standard_input_is_the_commands(wrapped):
    done = wrapped("import sys; sys.stdout.write(sys.stdin.read().upper())", input=b"typed by hand\n")
    assert done.stdout == "TYPED BY HAND\n"


def test_all_bytes_come_through_as_they_are(wrapped, portal):
    code = (
        "import os, sys\n"
        "every = bytes(range(256)) * 64\n"
        "os.write(1, every); os.write(2, every[::-1]); os.write(1, b'no line end')\n"
    )
    every = bytes(range(256)) * 64
    done = wrapped(code)
    assert done.stdout_bytes == every + b"no line end"
    assert portal.reports[0]["output"]["size"] == 2 * len(every) + len("no line end")


def test_the_environment_and_the_folder_are_the_commands_own(wrapped, tmp_path):
    code = "import os; print(os.getcwd()); print(os.environ['MARK'], os.environ.get('TC_PORTAL_JOB_KEY'))"
    done = wrapped(code, variables={"MARK": "here"}, cwd=str(tmp_path))
    assert done.stdout.splitlines() == [os.path.realpath(str(tmp_path)), "here sales-report"]


def test_arguments_come_through_as_they_are(wrapped):
    odd = ["a b", 'quote"d', "back\\slash\\", "--key", "", "日本語", "%PATH%", "$HOME", "*", "--"]
    done = wrapped([*python("import sys; print(sys.argv[1:])"), *odd])
    assert done.stdout == f"{odd}\n"


def test_output_arrives_while_the_command_runs(reporter, portal):
    code = "import sys; sys.stdout.write('partial'); sys.stdout.flush(); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, *reporter.command, "run", "--", *python(code)],
        env=reporter.environment(portal.variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        # The command waits for its input, so nothing but a live stream can bring this.
        assert process.stdout.read(7) == b"partial"
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_both_streams_in_one_keep_their_order(wrapped):
    code = "import os\nfor n in range(200): os.write(1 + n % 2, b'%d\\n' % n)"
    done = wrapped(code, stderr=subprocess.STDOUT)
    assert [int(line) for line in done.stdout.split()] == list(range(200))


def test_key_and_title_come_from_the_call(reporter, portal):
    for given in (["--key", "k1"], ["--key=k1", "--title=題"], []):
        reporter.tc_report("run", *given, "--", *python("pass"), variables=portal.variables)
    named = [(report["job_key"], report["title"]) for report in portal.reports]
    assert named == [("k1", "売上レポート作成"), ("k1", "題"), ("sales-report", "売上レポート作成")]


def test_without_a_title_the_key_is_the_title(reporter, portal):
    variables = {name: value for name, value in portal.variables.items() if not name.startswith("TC_PORTAL_JOB")}
    reporter.tc_report("run", "--key", "k1", "--", *python("pass"), variables=variables)
    assert portal.reports[0]["title"] == "k1"


def test_a_command_that_is_not_there_is_told_as_a_shell_does(wrapped, portal):
    done = wrapped(["no-such-command", "--version"])
    assert (done.stdout, done.returncode) == ("", 127)
    assert "no-such-command" in done.stderr
    [report] = portal.reports
    assert (report["status"], report["exit_code"]) == ("error", 127)
    assert report["message"] == "コマンドが見つかりません: no-such-command / command not found: no-such-command"
    assert portal.sent_to("job-start") == []


def test_what_is_no_program_is_told_as_a_shell_does(wrapped, portal, tmp_path):
    file = tmp_path / "data.txt"
    file.write_bytes(b"\x7fnothing to run")
    done = wrapped([str(file)])
    assert done.returncode == 126
    assert portal.reports[0]["exit_code"] == 126
    assert str(file) in portal.reports[0]["message"]


def test_the_time_limit_ends_the_command_and_all_that_came_from_it(wrapped, portal, lifeline):
    grandchild = f"{lifeline.hold}; import time; time.sleep(600)"
    code = (
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {grandchild!r}])\n"
        "print('started', flush=True)\nimport time; time.sleep(600)"
    )
    done = wrapped(code, "--timeout", "20" if ON_WINDOWS else "5", "--kill-after", "1", timeout=120)
    assert (done.stdout, done.returncode) == ("started\n", 124)
    [report] = portal.reports
    assert (report["status"], report["exit_code"]) == ("error", 124)
    assert "時間制限" in report["message"] and "over its time limit of" in report["exit_meaning"]
    assert report["output"]["head"] == "started\n"
    lifeline.accept()
    assert lifeline.is_cut()


def test_signs_of_life_come_while_it_runs(package, portal):
    # The shortest interval that users can set is longer than a test should take.
    code = "import sys; sys.stdin.read()"
    script = (
        "import sys, tc_portal_reporter\n"
        "from tc_portal_reporter.wrapping import options\n"
        "from tc_portal_reporter.command import main\n"
        "options.SHORTEST_HEARTBEAT_SECONDS = 1\n"
        f"sys.argv = ['tc-report', 'run', '--heartbeat', '1', '--', *{python(code)!r}]\n"
        "main()\n"
    )
    file = package.scratch / "beating.py"
    file.write_text(script, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(file)], env=package.environment(portal.variables), stdin=subprocess.PIPE
    )
    try:
        until = time.monotonic() + 60
        while len(portal.sent_to("job-heartbeat")) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
    [start], [report] = portal.sent_to("job-start"), portal.reports
    assert start["heartbeat_seconds"] == 1
    for beat in portal.sent_to("job-heartbeat"):
        assert (beat["run_id"], beat["job_key"]) == (report["run_id"], report["job_key"])
        assert beat["sent_at"] <= report["sent_at"]


def test_no_signs_of_life_where_none_are_wanted(wrapped, portal):
    wrapped("pass", "--heartbeat", "0")
    assert "heartbeat_seconds" not in portal.sent_to("job-start")[0]


def test_without_output_nothing_of_it_is_told(wrapped, portal):
    done = wrapped("print('private'); raise SystemExit(3)", "--no-output")
    assert (done.stdout, done.returncode) == ("private\n", 3)
    [report] = portal.reports
    assert "output" not in report
    assert report["message"] == "終了コード 3"


def test_verbose_says_on_standard_error_what_became_of_the_report(wrapped, portal):
    done = wrapped("print('x')", "--verbose")
    assert (done.stdout, done.stderr.strip()) == ("x\n", "[TC Portal] 報告成功: success")
    portal.will_answer(503)
    done = wrapped("print('x')", "-v")
    assert "HTTP 503" in done.stderr and "kept on this PC" in done.stderr
    assert SECRET not in done.stderr


def test_secrets_do_not_leave_the_pc_and_the_output_itself_is_untouched(wrapped, portal):
    code = (
        "import os\nprint(os.environ['TC_PORTAL_WEBHOOK_SECRET'], os.environ['DB_PASSWORD'])\n"
        "print('https://user:pw123@host/ token=xyz-tok')\nraise SystemExit(os.environ['DB_PASSWORD'])"
    )
    done = wrapped(code, variables={"DB_PASSWORD": "hunter2-ひみつ"})
    assert f"{SECRET} hunter2-ひみつ" in done.stdout and "pw123" in done.stdout
    told = repr(portal.requests[-1][3]) + repr(portal.reports) + repr(portal.sent_to("job-start"))
    for secret in (SECRET, "hunter2", "ひみつ", "pw123", "xyz-tok"):
        assert secret not in told
    assert "*** ***\nhttps://***@host/ token=***\n" in portal.reports[0]["output"]["head"]


def test_the_users_own_patterns_of_the_config_file_are_masked(wrapped, portal, tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{"mask": ["社員番号 (\\\\d+)", "(broken"]}', encoding="utf-8")
    done = wrapped("print('社員番号 12345')", "-v", variables={"TC_PORTAL_CONFIG": str(config)})
    assert done.stdout == "社員番号 12345\n"
    assert portal.reports[0]["output"]["head"] == "社員番号 ***\n"
    assert "(broken" in done.stderr


@pytest.mark.parametrize("arguments", [["run"], ["run", "--"], ["run", "--timeout", "x", "--", "a"], ["run", "--key"]])
def test_a_usage_error_exits_with_2_and_runs_nothing(reporter, portal, arguments):
    done = reporter.tc_report(*arguments, variables=portal.variables)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: tc-report run")
    assert portal.requests == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"TC_PORTAL_MONITOR_URL": "http://127.0.0.1:9/api/monitor/job-report"},
        {"TC_PORTAL_MONITOR_URL": "", "TC_PORTAL_WEBHOOK_SECRET": ""},
        {"TC_PORTAL_MONITOR_URL": "nonsense"},
        {"TC_PORTAL_WEBHOOK_SECRET": "wrong\nsecret"},
        {"TC_PORTAL_SPOOL_DIR": os.devnull, "LOCALAPPDATA": os.devnull, "XDG_STATE_HOME": os.devnull},
        {"TC_PORTAL_CONFIG": "/no/such/file"},
    ],
    ids=["portal away", "no settings", "bad address", "bad secret", "no spool", "no config"],
)
def test_no_trouble_with_reporting_changes_the_job(wrapped, trouble):
    done = wrapped("import sys; print('out'); sys.exit(7)", variables=trouble)
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "", 7)


def test_an_older_portal_that_knows_no_starts_gets_the_report(wrapped, portal):
    portal.will_answer(404, body={"error": "Not found"}, path="/api/monitor/job-start")
    assert wrapped("print('x')", "-v").stderr.strip() == "[TC Portal] 報告成功: success"
    assert portal.results == ["success"]


def test_a_run_while_the_portal_was_away_arrives_later(wrapped, portal):
    portal.will_answer(503)
    wrapped("print('first')")
    portal.will_answer_as_usual()
    wrapped("print('second')")
    arrived = [report["message"] for report in portal.reports if report["held_back"] is not None]
    assert arrived[-2:] == ["second", "first"] and len({report["run_id"] for report in portal.reports[-2:]}) == 2
