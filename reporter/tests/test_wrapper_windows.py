"""tc-report run on Windows: .bat files, command lines, windows without a console, trees of processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="Windows has these")

RAW_LINE = (
    "import ctypes, sys; get = ctypes.windll.kernel32.GetCommandLineW; get.restype = ctypes.c_wchar_p; "
    "sys.stdout.buffer.write(get().encode('utf-8'))"
)


def wrapper_line(package, *options):
    return subprocess.list2cmdline([sys.executable, *package.command, "run", *options, "--"])


def run_line(package, portal, line, **more):
    environment = package.environment(portal.variables)
    return subprocess.run(line, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120, **more)


def test_the_command_gets_its_line_as_it_was_typed(package, portal, tmp_path):
    script = tmp_path / "line.py"
    script.write_text(RAW_LINE, encoding="utf-8")
    typed = f'"{sys.executable}" {script}  PROPERTY="a b"  "x ""y"" z" \\\\server\\ "end\\\\"'
    done = run_line(package, portal, f"{wrapper_line(package)} {typed}")
    assert done.returncode == 0
    assert done.stdout.decode() == typed


def test_a_bat_file_runs_with_its_arguments_and_exit_code(package, portal, tmp_path):
    folder = tmp_path / "日本 語"
    folder.mkdir()
    file = folder / "run.bat"
    file.write_bytes("@echo off\r\necho 引数 %1 %2\r\nexit /b 5\r\n".encode("cp932"))
    done = package.tc_report("run", "--", str(file), "a b", "c", variables=portal.variables)
    assert done.returncode == 5
    [report] = portal.reports
    assert (report["status"], report["exit_code"]) == ("error", 5)
    assert report["output"]["head"].startswith("引数 ")
    assert "a b" in report["output"]["head"]


def test_a_command_is_found_by_the_path_as_cmd_finds_it(package, portal, tmp_path):
    (tmp_path / "nightly.cmd").write_bytes(b"@echo off\r\necho found\r\nexit /b 6\r\n")
    path = str(tmp_path) + os.pathsep + os.environ["PATH"]
    done = package.tc_report("run", "--", "nightly", variables={**portal.variables, "PATH": path})
    assert (done.stdout.strip(), done.returncode) == ("found", 6)


def test_what_is_built_into_cmd_is_told_of(package, portal):
    done = package.tc_report("run", "--", "dir", variables=portal.variables)
    assert done.returncode == 127
    assert "cmd /c dir" in portal.reports[0]["message"]


def test_without_a_console_the_output_is_reported(package, portal, tmp_path):
    pythonw = Path(sys.executable).with_name("pythonw.exe")
    if not pythonw.exists():
        pytest.skip("there is no pythonw.exe")
    mark = tmp_path / "ran"
    code = f"import sys; print('出力', flush=True); open({str(mark)!r}, 'w').close(); sys.exit(3)"
    command = [str(pythonw), *package.command, "run", "--", sys.executable, "-c", code]
    assert subprocess.call(command, env=package.environment(portal.variables), timeout=120) == 3
    assert mark.exists()
    assert portal.reports[0]["output"]["head"] == "出力\n"
    assert portal.reports[0]["exit_code"] == 3


def test_killing_the_wrapper_kills_the_whole_tree(package, portal, lifeline):
    grandchild = f"{lifeline.hold}; import time; time.sleep(600)"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {grandchild!r}]); time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, *package.command, "run", "--", sys.executable, "-c", code],
        env=package.environment(portal.variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        lifeline.accept()
    finally:
        process.kill()
        process.wait(timeout=60)
    assert lifeline.is_cut()
