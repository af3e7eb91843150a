"""A report that cannot be delivered at once is kept on this PC and delivered later."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import datetime

import pytest
from loopback import REPORT_PATH, SECRET, first_line

KEPT_LINE = "[TC Portal] 報告をこの PC に保管しました。次の報告のときに送ります。\n"


def reporting(*messages, status="success"):
    calls = "".join(f"report_job_status({status!r}, {message!r})\n" for message in messages)
    return "from tc_portal_reporter import report_job_status\n" + calls


def kept(reporter, ending=".json"):
    """The names of the files that are kept, oldest first."""
    return sorted(file.name for file in reporter.spool.glob(f"0*{ending}"))


def content(reporter, ending=".json"):
    return [
        [json.loads(line) for line in (reporter.spool / name).read_bytes().splitlines()]
        for name in kept(reporter, ending)
    ]


def messages(portal):
    return [report["message"] for report in portal.reports]


@pytest.fixture
def away(portal):
    """A portal that is not running; ``reopen`` starts it."""
    portal.close()
    return portal


def test_a_report_that_cannot_be_sent_is_kept_and_that_is_said_after_the_guides_line(reporter, away):
    done = reporter.run(reporting("1 件目"), away.variables)
    assert first_line(done).startswith("[TC Portal] 報告エラー: <urlopen error ")
    assert done.stdout == first_line(done) + KEPT_LINE
    assert (done.stderr, done.returncode) == ("", 0)
    [[envelope, failure]] = content(reporter)
    assert envelope["name"] == "job-report"
    assert envelope["members"]["message"] == "1 件目"
    assert failure["reason"].startswith("<urlopen error ")


def test_a_recorded_report_leaves_nothing_behind(reporter, portal):
    reporter.run(reporting("1 件目"), portal.variables)
    assert [file.name for file in reporter.spool.iterdir()] == []


def test_the_next_report_brings_what_was_kept_oldest_first(reporter, away):
    reporter.run(reporting("1 件目", "2 件目"), away.variables)
    reporter.run(reporting("3 件目", status="error"), away.variables)
    away.reopen()
    done = reporter.run(reporting("4 件目"), away.variables)
    assert done.stdout == "[TC Portal] 報告成功: success\n[TC Portal] 保管していた報告を 3 件送りました。\n"
    assert messages(away) == ["4 件目", "1 件目", "2 件目", "3 件目"]
    assert kept(reporter) == []


def test_a_kept_report_says_when_it_ended_when_it_was_sent_and_how_many_wait(reporter, away):
    before = time.time()
    reporter.run(reporting("1 件目", "2 件目"), away.variables)
    after = time.time()
    away.reopen()
    reporter.run(reporting("3 件目"), away.variables)
    assert [report["held_back"] for report in away.reports] == [2, 1, 0]
    for report in away.reports[1:]:
        finished = datetime.strptime(report["finished_at"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        sent = datetime.strptime(report["sent_at"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        assert before <= finished <= after <= sent


def test_a_kept_report_keeps_its_run_id(reporter, away):
    reporter.run(reporting("1 件目"), away.variables)
    [[envelope, _]] = content(reporter)
    away.reopen()
    reporter.tc_report("flush", variables=away.variables)
    [report] = away.reports
    assert report["run_id"] == envelope["members"]["run_id"]


@pytest.mark.parametrize("status", [201, 204, 302, 401, 403, 404, 405, 408, 429, 500, 502, 503, 504])
def test_what_may_pass_later_is_kept(package, portal, status):
    portal.will_answer(status)
    package.run(reporting("1 件目"), portal.variables)
    assert len(kept(package)) == 1
    portal.will_answer_as_usual()
    assert package.tc_report("flush", variables=portal.variables).returncode == 0
    assert kept(package) == []


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_will_never_pass_is_put_aside_with_the_reason_and_not_tried_again(package, portal, status):
    portal.will_answer(status, body={"error": "title is required"})
    done = package.run(reporting("1 件目"), portal.variables)
    assert "受け付けられない報告なので、送り直さずに取り置きました" in done.stdout
    assert "title is required" in done.stdout
    assert kept(package) == []
    [[envelope, failure]] = content(package, ".refused")
    assert envelope["members"]["message"] == "1 件目"
    assert failure["refused"] is True
    assert "title is required" in failure["reason"]
    package.run(reporting("2 件目"), portal.variables)
    package.tc_report("flush", variables=portal.variables)
    assert messages(portal) == ["1 件目", "2 件目"]


def test_a_refused_report_does_not_hold_up_those_behind_it(reporter, away):
    reporter.run(reporting("1 件目"), {**away.variables, "TC_PORTAL_JOB_KEY": "bad"})
    reporter.run(reporting("2 件目"), away.variables)
    [bad] = [name for name in kept(reporter) if b'"job_key": "bad"' in (reporter.spool / name).read_bytes()]
    file = reporter.spool / bad
    file.write_bytes(file.read_bytes().replace(b'"job_key": "bad"', b'"job_key": ""'))
    away.reopen()
    done = reporter.tc_report("flush", variables=away.variables)
    assert (done.returncode, kept(reporter), len(kept(reporter, ".refused"))) == (0, [], 1)
    assert "1 件は受け付けられないので取り置きました" in done.stdout


def test_a_page_in_the_portals_place_is_not_taken_for_its_answer(reporter, portal):
    portal.will_answer(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>login</html>")
    done = reporter.run(reporting("1 件目"), portal.variables)
    assert done.stdout == "[TC Portal] 報告失敗: HTTP 200\n" + KEPT_LINE
    assert len(kept(reporter)) == 1


def test_a_wrong_secret_heals_once_the_right_one_is_set(reporter, portal):
    wrong = {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": "another-secret"}
    reporter.run(reporting("1 件目"), wrong)
    done = reporter.tc_report("flush", variables=wrong)
    assert done.stdout == "1 件が残っています: HTTP 401 Unauthorized: Invalid or missing webhook secret\n"
    assert done.returncode == 1
    portal.requests.clear()
    reporter.run(reporting("2 件目"), portal.variables)
    assert messages(portal) == ["2 件目", "1 件目"]
    assert kept(reporter) == []


def test_the_secret_is_not_on_disk(reporter, away):
    script = reporting(f"Traceback: connect(secret={SECRET!r})")
    reporter.run(script, away.variables)
    [name] = kept(reporter)
    assert SECRET.encode() not in (reporter.spool / name).read_bytes()
    away.reopen()
    reporter.tc_report("flush", variables=away.variables)
    assert messages(away) == ["Traceback: connect(secret='***')"]


def test_the_job_key_is_not_in_the_files_name(reporter, away):
    for key in ("CON", "a:b", "../../up", "日次/売上", "x" * 400):
        reporter.run(reporting("1 件目"), {**away.variables, "TC_PORTAL_JOB_KEY": key})
    assert len(kept(reporter)) == 5
    assert all(set(name) <= set("0123456789abcdef-s.jon") for name in kept(reporter))


def test_a_report_is_on_disk_while_it_is_being_sent(reporter, portal):
    """So that a job which is killed during a try loses nothing."""
    slow = "import socket, time\nsocket.getaddrinfo = lambda *a, **k: time.sleep(120)\n"
    (reporter.scratch / "script.py").write_text(slow + reporting("1 件目"), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(reporter.scratch / "script.py")],
        env=reporter.environment(portal.variables),
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 30
        while not kept(reporter) and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    assert len(kept(reporter)) == 1
    reporter.run(reporting("2 件目"), portal.variables)
    assert messages(portal) == ["2 件目", "1 件目"]


def test_what_somebody_else_is_sending_is_left_to_him(reporter, away):
    reporter.run(reporting("1 件目"), away.variables)
    [name] = kept(reporter)
    away.reopen()
    held = (
        "import os, subprocess, sys\n"
        "from tc_portal_reporter.spool.byte_lock import try_lock\n"
        f"file = os.open({str(reporter.spool / name)!r}, os.O_RDWR)\n"
        "print(try_lock(file), flush=True)\nsys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", held],
        env={**os.environ, "PYTHONPATH": str(reporter.sources)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout.readline().strip() == b"True"
    reporter.run(reporting("2 件目"), away.variables)
    assert messages(away) == ["2 件目"]
    holder.kill()
    holder.communicate()
    reporter.run(reporting("3 件目"), away.variables)
    assert messages(away) == ["2 件目", "3 件目", "1 件目"]


def test_the_backlog_is_sent_over_one_connection(reporter, away):
    reporter.run(reporting(*(f"{number} 件目" for number in range(30))), away.variables)
    away.reopen()
    reporter.run(reporting("最後"), away.variables)
    assert len(away.reports) == 31


def test_a_report_the_portal_fails_on_does_not_hold_up_the_others(reporter, away):
    reporter.run(reporting("毒", "1 件目", "2 件目"), away.variables)
    away.reopen()
    usual = away.answer_to
    away.answer_to = lambda path, headers, members: (
        (500, {}, b"") if members.get("message") == "毒" else usual(path, headers, members)
    )
    reporter.run(reporting("3 件目"), away.variables)
    assert messages(away) == ["3 件目", "毒", "1 件目", "2 件目"]
    assert len(kept(reporter)) == 1


def test_a_portal_that_is_away_is_asked_once_and_not_for_each_kept_report(reporter, away):
    reporter.run(reporting(*(f"{number} 件目" for number in range(5))), away.variables)
    away.reopen()
    away.will_answer(503)
    done = reporter.tc_report("flush", variables=away.variables)
    assert len(away.reports) == 1
    assert done.stdout == "5 件が残っています: HTTP 503 Service Unavailable\n"


def test_what_was_kept_for_another_portal_does_not_go_to_this_one(reporter, away, other_portal):
    reporter.run(reporting("よそ"), away.variables)
    reporter.run(reporting("ここ"), other_portal.variables)
    assert messages(other_portal) == ["ここ"]
    done = reporter.tc_report("flush", variables=other_portal.variables)
    assert "1 件は別のアドレスあてに保管されています" in done.stdout
    assert done.returncode == 1
    assert reporter.tc_report("flush", "--any-address", variables=other_portal.variables).returncode == 0
    assert messages(other_portal) == ["ここ", "よそ"]


def test_a_name_that_an_older_portal_lacks_is_dropped_without_a_word(package, portal):
    script = (
        "from tc_portal_reporter.delivery import deliver\nfrom tc_portal_reporter.settings import read_settings\n"
        "print(deliver(read_settings(), 'host-tasks', {'host': 'PC-1'}).outcome)\n"
        "print(deliver(read_settings(), 'job-start', {'job_key': 'k'}, keep=False).outcome)\n"
    )
    assert package.run(script, portal.variables).stdout == "refused\nrefused\n"
    assert list(package.spool.iterdir()) == []


def test_a_heartbeat_is_never_kept(package, away):
    script = (
        "from tc_portal_reporter.delivery import deliver\nfrom tc_portal_reporter.settings import read_settings\n"
        "print(deliver(read_settings(), 'job-heartbeat', {'job_key': 'k'}, keep=False).outcome)\n"
    )
    assert package.run(script, away.variables).stdout == "lost\n"
    assert kept(package) == []


def test_files_that_are_none_of_ours_do_no_harm(reporter, away):
    reporter.run(reporting("1 件目"), away.variables)
    [name] = kept(reporter)
    whole = (reporter.spool / name).read_bytes()
    (reporter.spool / "notes.txt").write_text("x")
    (reporter.spool / "desktop.json").write_text("{}")
    for number, data in enumerate(
        [b"{", b"\xff\xfe", b"[]\n", b"[" * 100_000, whole[:40], whole.replace(b"job-r", b"../r")]
    ):
        (reporter.spool / f"0000000000000000000{number}-s-10-{number:016x}.json").write_bytes(data)
    away.reopen()
    done = reporter.run(reporting("2 件目"), away.variables)
    assert messages(away) == ["2 件目", "1 件目"]
    assert done.stderr == ""
    assert len(kept(reporter, ".unreadable")) == 6
    assert (reporter.spool / "notes.txt").exists()


def test_a_report_whose_writer_was_killed_before_it_had_its_name_is_delivered(reporter, away):
    reporter.run(reporting("1 件目"), away.variables)
    [name] = kept(reporter)
    (reporter.spool / name).rename(reporter.spool / f"{name}.tmp")
    torn = reporter.spool / f"00000000000000000001-s-10-{1:016x}.json.tmp"
    torn.write_bytes(b'{"format": 1')
    away.reopen()
    reporter.run(reporting("2 件目"), away.variables)
    assert messages(away) == ["2 件目", "1 件目"]
    assert torn.exists(), "it may be being written just now"
    long_ago = time.time() - 7200
    os.utime(torn, (long_ago, long_ago))
    reporter.run(reporting("3 件目"), away.variables)
    assert not torn.exists()


@pytest.mark.skipif(os.name == "nt", reason="on Windows files inherit the folder's rights")
@pytest.mark.parametrize(
    ("folder_mode", "file_mode"), [(0o700, 0o600), (0o755, 0o600), (0o770, 0o660), (0o777, 0o666)]
)
def test_whoever_may_add_to_the_folder_may_use_what_is_in_it(reporter, away, folder_mode, file_mode):
    reporter.spool.mkdir()
    reporter.spool.chmod(folder_mode)
    reporter.run("import os\nos.umask(0o077)\n" + reporting("1 件目"), away.variables)
    [name] = kept(reporter)
    assert stat.S_IMODE((reporter.spool / name).stat().st_mode) == file_mode


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs to be root to act for other accounts")
@pytest.mark.parametrize(("mode", "first", "then"), [(0o700, 0, 4711), (0o777, 4711, 4712), (0o1777, 4711, 4712)])
def test_another_account_delivers_what_was_kept(package, away, tmp_path, mode, first, then):
    """Root in an account's folder, and two accounts in a shared one, be it like /tmp."""
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    package.spool.mkdir()
    package.spool.chmod(mode)
    if mode == 0o700:
        os.chown(package.spool, then, then)
    # Python itself may be where only root can read.
    account = (
        "import os, errno, fcntl, importlib, pkgutil, socket, threading, tc_portal_reporter\n"
        "for module in pkgutil.walk_packages(tc_portal_reporter.__path__, 'tc_portal_reporter.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "os.setgroups([])\nos.setgid({0})\nos.setuid({0})\n"
    )
    package.run(account.format(first) + reporting("1 件目"), away.variables)
    assert len(kept(package)) == 1
    away.reopen()
    for message in ("2 件目", "3 件目"):
        done = package.run(account.format(then) + reporting(message), away.variables)
        assert done.stderr == ""
    assert messages(away) == ["2 件目", "1 件目", "3 件目"]


def test_where_the_folder_cannot_be_used_the_accounts_own_is(reporter, away):
    reporter.spool.write_text("not a folder")
    done = reporter.run(reporting("1 件目"), away.variables)
    assert done.stdout.endswith(KEPT_LINE)
    assert len(list((reporter.scratch / "state").rglob("*.json"))) == 1
    away.reopen()
    reporter.run(reporting("2 件目"), away.variables)
    assert messages(away) == ["2 件目", "1 件目"]


def test_where_nothing_can_be_kept_that_is_said_and_the_job_goes_on(reporter, away):
    reporter.spool.write_text("not a folder")
    (reporter.scratch / "state").write_text("not a folder")
    done = reporter.run(reporting("1 件目") + "print('後の処理')", away.variables)
    guides, ours, job = done.stdout.splitlines()
    assert guides.startswith("[TC Portal] 報告エラー: ")
    assert ours.startswith("[TC Portal] 報告を保管できませんでした: ")
    assert (job, done.stderr, done.returncode) == ("後の処理", "", 0)


def test_where_nothing_can_be_kept_a_report_is_sent_all_the_same(reporter, portal):
    reporter.spool.write_text("not a folder")
    (reporter.scratch / "state").write_text("not a folder")
    assert reporter.run(reporting("1 件目"), portal.variables).stdout == "[TC Portal] 報告成功: success\n"


def test_the_machines_folder_is_used_where_somebody_has_made_it(package, tmp_path):
    script = (
        "import tc_portal_reporter.spool.folders as folders\nfrom tc_portal_reporter.settings import read_settings\n"
        f"folders.MACHINE_FOLDER = {str(tmp_path / 'machine' / 'TCPortal' / 'spool')!r}\n"
        "print(folders.spool_folders(read_settings())[0] == folders.machine_folder())\n"
    )
    variables = {"TC_PORTAL_SPOOL_DIR": ""}
    assert package.run(script, variables).stdout == "False\n"
    (tmp_path / "machine" / "TCPortal" / "spool").mkdir(parents=True)
    assert package.run(script, variables).stdout == "True\n"


def test_the_job_is_not_held_up_by_the_backlog(reporter, away):
    reporter.run(reporting("1 件目"), away.variables)
    away.reopen()
    usual = away.answer_to

    def slow_with_what_is_old(path, headers, members):
        if members.get("message") == "1 件目":
            time.sleep(20)
        return usual(path, headers, members)

    away.answer_to = slow_with_what_is_old
    began = time.monotonic()
    done = reporter.run(reporting("2 件目"), {**away.variables, "TC_PORTAL_TIMEOUT": "1"})
    assert time.monotonic() - began < 15
    assert done.stdout == "[TC Portal] 報告成功: success\n"
    assert len(kept(reporter)) == 1


def test_with_a_name_lookup_that_hangs_the_report_is_kept(reporter, portal):
    hanging = "import socket, time\nsocket.getaddrinfo = lambda *a, **k: time.sleep(120)\n"
    done = reporter.run(hanging + reporting("1 件目"), {**portal.variables, "TC_PORTAL_TIMEOUT": "0.5"}, timeout=30)
    assert done.stdout == "[TC Portal] 報告エラー: timed out\n" + KEPT_LINE


def test_a_folder_is_bounded_and_the_oldest_successes_go_before_any_error(package, away, tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{"spool_max_reports": 3}')
    variables = {**away.variables, "TC_PORTAL_CONFIG": str(config)}
    package.run(reporting("失敗 1", status="error") + reporting("成功 1", "成功 2", "成功 3"), variables)
    assert [lines[0]["members"]["message"] for lines in content(package)] == ["失敗 1", "成功 2", "成功 3"]
    package.run(reporting("失敗 2", "失敗 3", status="error"), variables)
    assert [lines[0]["members"]["message"] for lines in content(package)] == ["失敗 1", "失敗 2", "失敗 3"]
    done = package.run(reporting("成功 4"), variables)
    assert "報告を保管できませんでした" in done.stdout
    package.run(reporting("失敗 4", status="error"), variables)
    assert [lines[0]["members"]["message"] for lines in content(package)] == ["失敗 2", "失敗 3", "失敗 4"]
    told = package.tc_report("doctor", "--lang", "ja", variables=variables).stdout
    assert "成功 4 件、失敗 1 件の報告を捨てました" in told
    package.tc_report("flush", "--forget-refused", variables=variables)
    assert "捨てました" not in package.tc_report("doctor", "--lang", "ja", variables=variables).stdout


def test_a_folder_is_bounded_in_bytes(package, away, tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{"spool_max_mb": 0.1}')
    package.run(reporting(*("x" * 30_000 for _ in range(5))), {**away.variables, "TC_PORTAL_CONFIG": str(config)})
    assert len(kept(package)) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_of_many_processes_at_once_each_ends_as_it_would_have(package, away):
    """And all reports are kept, those of processes that were killed after their report among them."""
    count = 60
    killing = f"import os, signal\nos.kill(os.getpid(), signal.{signal.SIGKILL.name})\n"
    (package.scratch / "ends.py").write_text(reporting("静か") + "import sys\nsys.exit(3)\n", encoding="utf-8")
    (package.scratch / "dies.py").write_text(reporting("静か") + killing, encoding="utf-8")
    processes = [
        subprocess.Popen(
            [sys.executable, str(package.scratch / ("dies.py" if number % 4 == 0 else "ends.py"))],
            env=package.environment(away.variables),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for number in range(count)
    ]
    for number, process in enumerate(processes):
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (-9 if number % 4 == 0 else 3, b"")
    assert len(kept(package)) == count
    away.reopen()
    done = package.tc_report("flush", variables=away.variables)
    assert done.stdout == f"保管していた報告を {count} 件送りました。\n"
    assert len({report["run_id"] for report in away.reports}) == len(away.reports) == count


def test_a_request_goes_to_the_path_of_its_name(package, portal):
    script = (
        "from tc_portal_reporter.delivery import deliver\nfrom tc_portal_reporter.settings import read_settings\n"
        "deliver(read_settings(), 'job-start', {'job_key': 'k'}, keep=False)\n"
    )
    package.run(script, portal.variables)
    assert [path for _, path, _, _ in portal.requests] == [REPORT_PATH.replace("job-report", "job-start")]


def test_what_was_refused_is_bounded_too(package, portal):
    portal.will_answer(400)
    package.spool.mkdir()
    for number in range(1000):
        (package.spool / f"{number:020d}-s-300-{number:016x}.refused").write_bytes(b"{}\n")
    package.run(reporting("1 件目"), portal.variables)
    names = kept(package, ".refused")
    assert len(names) == 1000
    assert f"{0:020d}-s-300-{0:016x}.refused" not in names
