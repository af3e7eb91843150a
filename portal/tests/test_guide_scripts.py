"""The guide's own scripts, as they stand, report to the portal."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running_portal import SECRET, RunningPortal

GUIDE = Path(__file__).parent / "guide"

SECTION_8 = (GUIDE / "section_8.py.txt").read_text(encoding="utf-8")
SECTION_10 = (GUIDE / "section_10.js.txt").read_text(encoding="utf-8")


def run_section_8(portal: RunningPortal, tmp_path: Path, main: str, secret: str = SECRET) -> tuple[int, str]:
    script = tmp_path / "script.py"
    script.write_text(f"{main}\n{SECTION_8}", encoding="utf-8")
    environment = {
        **os.environ,
        "TC_PORTAL_MONITOR_URL": f"{portal.url}/api/monitor/job-report",
        "TC_PORTAL_WEBHOOK_SECRET": secret,
        "TC_PORTAL_JOB_KEY": "minpaku-in-report",
        "TC_PORTAL_JOB_TITLE": "minpaku-IN レポート作成",
        "PYTHONIOENCODING": "utf-8",
    }
    ended = subprocess.run([sys.executable, script], env=environment, capture_output=True, timeout=60)
    return ended.returncode, ended.stdout.decode()


def stored(portal: RunningPortal, job_key: str) -> tuple[bytes, str, bytes]:
    ((title, status, message),) = portal.database.rows(
        f"SELECT title, last_status, last_message FROM job_status WHERE job_key = '{job_key}'"
    )
    return title.encode(), status, message.encode()


def test_the_python_snippet_reports_success_and_then_an_error(portal: RunningPortal, tmp_path: Path) -> None:
    assert run_section_8(portal, tmp_path, "def main(): pass") == (0, "[TC Portal] 報告成功: success\n")
    title = "minpaku-IN レポート作成".encode()
    assert stored(portal, "minpaku-in-report") == (title, "success", "処理完了".encode())

    failing = "def main(): raise RuntimeError('ログインに失敗しました：①㈱髙')"
    assert run_section_8(portal, tmp_path, failing) == (1, "[TC Portal] 報告成功: error\n")
    assert stored(portal, "minpaku-in-report") == (title, "error", "ログインに失敗しました：①㈱髙".encode())


def test_the_python_snippet_prints_what_the_guide_promises_for_a_wrong_secret(
    portal: RunningPortal, tmp_path: Path
) -> None:
    code, output = run_section_8(portal, tmp_path, "def main(): pass", secret="wrong")
    assert (code, output) == (0, "[TC Portal] 報告エラー: HTTP Error 401: Unauthorized\n")


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_the_node_script_reports_japanese_byte_for_byte(portal: RunningPortal, tmp_path: Path) -> None:
    text = (
        SECTION_10.replace("require('https')", "require('http')")
        .replace("'tc-portal.vercel.app',", f"'127.0.0.1', port: {portal.port},")
        .replace("<シークレット>", SECRET)
    )
    script = tmp_path / "report.js"
    script.write_text(text, encoding="utf-8")
    ended = subprocess.run(["node", script], capture_output=True, text=True, timeout=60)
    assert ended.stdout.startswith('200 {"success":true,"id":"'), ended
    assert stored(portal, "test-job") == ("テストジョブ".encode(), "success", "テスト報告".encode())
