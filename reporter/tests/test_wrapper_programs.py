"""tc-report run around programs that make it hard."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

ON_WINDOWS = sys.platform == "win32"
on_posix = pytest.mark.skipif(ON_WINDOWS, reason="POSIX has these")


def python(code):
    return [sys.executable, "-c", code]


@pytest.fixture
def wrapped(package, portal):
    def run(code, *options, **more):
        command = python(code) if isinstance(code, str) else code
        return package.tc_report("run", *options, "--", *command, variables=portal.variables, **more)

    return run


@pytest.fixture
def started(package, portal):
    """Starts a wrapped program and waits for the first line that it prints."""
    processes = []

    def start(code, *options, **more):
        process = subprocess.Popen(
            [sys.executable, *package.command, "run", *options, "--", *python(code)],
            env=package.environment(portal.variables),
            stdout=subprocess.PIPE,
            **{"stdin": subprocess.DEVNULL, **more},
        )
        processes.append(process)
        process.first_line = process.stdout.readline().decode().strip()
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait(timeout=60)
        process.stdout.close()


def test_megabytes_come_through_whole_and_take_little_memory(package, portal):
    code = "import os\nfor n in range(2000): os.write(1, (b'%08d' % n) * 2048)"
    measured = (
        "import json, subprocess, sys\n"
        f"sys.path.insert(0, {str(package.folder)!r})\n"
        "import hashlib, os\n"
        f"process = subprocess.Popen({[sys.executable, *package.command, 'run', '--', *python(code)]!r},"
        " stdout=subprocess.PIPE)\n"
        "digest, size = hashlib.sha256(), 0\n"
        "while True:\n"
        "    data = process.stdout.read(1 << 20)\n"
        "    if not data: break\n"
        "    digest.update(data); size += len(data)\n"
        "code = process.wait()\n"
        "try:\n    import resource; peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "except ImportError: peak = 0\n"
        "print(json.dumps([code, size, digest.hexdigest(), peak]))\n"
    )
    code, size, digest, peak = json.loads(package.run(measured, portal.variables, timeout=120).stdout)
    expected = hashlib.sha256()
    for n in range(2000):
        expected.update((b"%08d" % n) * 2048)
    assert (code, size, digest) == (0, 2000 * 16_384, expected.hexdigest())
    # Linux tells kilobytes, macOS bytes. All 32 MB of output held in memory would be above either.
    assert peak < (60_000 if sys.platform == "linux" else 60_000_000)
    output = portal.reports[0]["output"]
    assert (output["size"], output["truncated"]) == (size, True)
    assert output["head"].startswith("0000000000000000") and output["tail"].endswith("0000199900001999")
    assert len(output["head"]) <= 16_384 and len(output["tail"]) <= 49_152


def test_a_program_that_prints_nothing(wrapped, portal):
    done = wrapped("pass")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert portal.reports[0]["output"] == {"head": "", "tail": "", "size": 0, "truncated": False}
    assert portal.reports[0]["message"] is None


def test_a_program_that_prints_to_stderr_only(wrapped, portal):
    done = wrapped("import sys; print('だけ', file=sys.stderr)")
    assert (done.stdout, done.stderr.strip(), done.returncode) == ("", "だけ", 0)
    assert portal.reports[0]["output"]["head"] == "だけ\n"


def test_a_program_that_closes_its_output_and_goes_on(wrapped, portal, tmp_path):
    mark = tmp_path / "went-on"
    code = f"import os, time\nos.write(1, b'last words'); os.close(1); os.close(2); time.sleep(1)\nopen({str(mark)!r}, 'w')\nos._exit(5)"
    done = wrapped(code)
    assert (done.stdout, done.returncode) == ("last words", 5)
    assert mark.exists()
    assert portal.reports[0]["exit_code"] == 5


def test_a_grandchild_that_keeps_the_output_open_holds_nobody_up_and_lives_on(wrapped, portal, lifeline):
    grandchild = f"{lifeline.hold}; line.recv(1)"
    done = wrapped(
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {grandchild!r}])\nprint('done')",
        timeout=120,
    )
    lifeline.accept()
    assert lifeline.is_held()
    assert (done.stdout, done.returncode) == ("done\n", 0)
    assert portal.results == ["success"]


def test_a_reader_that_takes_its_time_gets_everything(package, portal):
    code = "import os\nfor n in range(64): os.write(1, b'%07d\\n' % n * 1024)"
    process = subprocess.Popen(
        [sys.executable, *package.command, "run", "--", *python(code)],
        env=package.environment(portal.variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    size = 0
    with process.stdout as stdout:
        # The program has long ended before the last of it is read.
        time.sleep(1.5)
        while True:
            data = stdout.read(65_536)
            if not data:
                break
            size += len(data)
            time.sleep(0.1)
    assert (process.wait(timeout=60), size) == (0, 64 * 8 * 1024)


@on_posix
@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGTERM", "SIGABRT"])
def test_it_dies_of_the_signal_that_the_program_died_of(wrapped, portal, name):
    number = getattr(signal, name)
    done = wrapped(f"import os, time; os.kill(os.getpid(), {int(number)}); time.sleep(60)")
    assert done.returncode == -number
    [report] = portal.reports
    assert (report["status"], report["exit_code"]) == ("error", 128 + number)
    assert name in report["exit_meaning"] and name in report["message"]


@on_posix
def test_a_shell_sees_the_same_exit_code_as_without_it(package, portal):
    wrapper = " ".join([sys.executable, *package.command, "run --"])
    script = f"import subprocess\nsubprocess.call(['sh', '-c', \"{wrapper} sh -c 'kill -9 $$'; echo $?\"])"
    assert package.run(script, portal.variables).stdout == "137\n"


@on_posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"])
def test_a_signal_is_passed_on_and_the_programs_answer_is_the_answer(started, portal, name):
    code = (
        "import signal, sys, time\n"
        f"signal.signal(signal.{name}, lambda *_: sys.exit(9))\n"
        "print('ready', flush=True)\ntime.sleep(60)"
    )
    process = started(code)
    assert process.first_line == "ready"
    process.send_signal(getattr(signal, name))
    assert process.wait(timeout=60) == 9
    assert portal.reports[0]["exit_code"] == 9


@on_posix
def test_a_signal_that_ends_the_program_ends_what_it_has_started_too(started, portal, lifeline):
    grandchild = f"{lifeline.hold}; import time; time.sleep(600)"
    code = (
        f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {grandchild!r}])\n"
        "print('ready', flush=True)\ntime.sleep(600)"
    )
    process = started(code)
    lifeline.accept()
    process.terminate()
    assert process.wait(timeout=60) == -signal.SIGTERM
    assert lifeline.is_cut()
    assert "SIGTERM" in portal.reports[0]["exit_meaning"]


@on_posix
def test_a_program_that_ignores_sigterm_is_killed_after_the_grace(wrapped, portal, lifeline):
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    grandchild = f"{stubborn}; {lifeline.hold}; import time; time.sleep(600)"
    code = (
        f"{stubborn}\nimport subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {grandchild!r}])\n"
        "print('ready', flush=True)\ntime.sleep(600)"
    )
    done = wrapped(code, "--timeout", "5", "--kill-after", "0.5")
    assert (done.stdout, done.returncode) == ("ready\n", 124)
    lifeline.accept()
    assert lifeline.is_cut()


@on_posix
def test_a_program_that_ignores_sigterm_goes_on_if_only_told_by_others(started):
    code = (
        "import signal, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\nsys.stdin.read()\nprint('went on')"
    )
    process = started(code, stdin=subprocess.PIPE)
    process.terminate()
    process.stdin.close()
    assert process.wait(timeout=60) == 0
    assert process.stdout.read() == b"went on\n"


@on_posix
def test_a_stopped_program_is_ended_too(wrapped):
    code = "import os, signal; print('ready', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    assert wrapped(code, "--timeout", "5", "--kill-after", "0.5").returncode == 124


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells a child of its parent's death")
def test_killing_the_wrapper_kills_the_program(started, lifeline):
    process = started(f"{lifeline.hold}; print('ready', flush=True); import time; time.sleep(600)")
    lifeline.accept()
    process.kill()
    assert lifeline.is_cut()


@on_posix
def test_under_nohup_a_hangup_is_ignored_by_both(package, portal):
    code = "import signal, sys; sys.exit(4 if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else 5)"
    command = [sys.executable, *package.command, "run", "--", *python(code)]
    script = f"import signal, subprocess, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nsys.exit(subprocess.call({command!r}))"
    assert package.run(script, portal.variables).returncode == 4


@on_posix
def test_the_program_learns_that_its_reader_has_gone(package, portal):
    wrapper = [sys.executable, *package.command, "run", "--"]
    process = subprocess.Popen(
        [*wrapper, "yes"], env=package.environment(portal.variables), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    assert process.stdout.read(2) == b"y\n"
    process.stdout.close()
    assert process.wait(timeout=60) == -signal.SIGPIPE
    assert "SIGPIPE" in portal.reports[0]["exit_meaning"]


@on_posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_do_no_harm(package, portal, closed):
    command = " ".join([sys.executable, *package.command, "run -- sh -c 'echo out; echo err >&2; exit 6'"])
    script = f"import subprocess, sys\nsys.exit(subprocess.call(['sh', '-c', \"exec {command} {closed}\"]))"
    done = package.run(script, portal.variables)
    assert done.returncode == 6
    assert sorted(portal.reports[0]["output"]["head"].split()) == ["err", "out"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")  # noqa: PTH110
def test_a_full_disk_behind_the_output_does_not_stop_the_program(wrapped, portal):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = wrapped("import os\nos.write(1, b'x' * 100_000)\nos.write(2, b'end')", stdout=full)
    assert (done.returncode, done.stderr) == (0, "end")
    assert portal.reports[0]["output"]["size"] == 100_003


@on_posix
def test_an_output_that_takes_only_a_part_at_a_time_loses_nothing(package, portal):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received = []
    reader = threading.Thread(target=lambda: received.append(os.fdopen(reading, "rb").read()))
    process = subprocess.Popen(
        [sys.executable, *package.command, "run", "--", *python("import os; os.write(1, b'z' * 1_000_000)")],
        env=package.environment(portal.variables),
        stdin=subprocess.DEVNULL,
        stdout=writing,
    )
    os.close(writing)
    reader.start()
    assert process.wait(timeout=60) == 0
    reader.join(60)
    assert received == [b"z" * 1_000_000]


@on_posix
def test_further_open_files_are_the_programs_too(package, portal, tmp_path):
    file = tmp_path / "third"
    command = " ".join([sys.executable, *package.command, "run -- sh -c 'echo third >&3'"])
    script = f"import subprocess\nsubprocess.call(['sh', '-c', \"{command} 3>'{file}'\"], close_fds=False)"
    package.run(script, portal.variables)
    assert file.read_text() == "third\n"


@on_posix
def test_a_script_without_a_first_line_for_the_system_is_the_shells(wrapped, tmp_path):
    file = tmp_path / "plain"
    file.write_text("echo from the shell: $1\n")
    file.chmod(0o755)
    assert wrapped([str(file), "yes"]).stdout == "from the shell: yes\n"


@on_posix
@pytest.mark.parametrize(("text", "mode"), [("#!/no/such/interpreter\n", 0o755), ("#!/bin/sh\n", 0o644)])
def test_what_may_not_or_cannot_be_executed_exits_with_126(wrapped, portal, tmp_path, text, mode):
    file = tmp_path / "script"
    file.write_text(text)
    file.chmod(mode)
    assert wrapped([str(file)]).returncode == 126
    assert "interpreter" in portal.reports[0]["message"] or "permission" in portal.reports[0]["message"]
