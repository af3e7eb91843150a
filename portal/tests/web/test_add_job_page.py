"""ジョブを追加: lines to paste that work as they are, and the first report seen to arrive."""

import json
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from job_rows import a_job, on_each_database
from shown_page import ShownPage

NAMES = ["sales-report", "売上 日報", 'it\'s $HOME `id` $(id) \\ "x"; exit 1 #', "a\u3000b"]


def lines(page: ShownPage, kind: str) -> str:
    return page.one("pre", id=f"{kind}-lines").text


def said_by(script: str) -> list[str]:
    """The arguments that the last command of a shell script is called with."""
    stand_ins = 'told() { printf "%s\\n" "$@"; }\ncurl() { told "$@"; }\n'
    script = stand_ins + script.replace("tc-report ", "told ")
    ended = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return ended.stdout.splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_the_lines_for_a_shell_say_what_was_typed(viewer: Client, name: str) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": name, "title": f"{name} の題"}))
    said = said_by(lines(page, "unix") + '\ntold "$TC_PORTAL_MONITOR_URL" "$TC_PORTAL_WEBHOOK_SECRET"')
    assert said == ["http://testserver/api/monitor/job-report", "<シークレット>"]
    for line, status in zip(lines(page, "shell").splitlines(), ("success", "error"), strict=True):
        assert said_by(line)[:6] == ["send", status, "--key", name, "--title", f"{name} の題"]


@pytest.mark.parametrize("name", NAMES)
def test_the_lines_for_curl_send_what_was_typed(viewer: Client, name: str) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": name, "title": f"{name} の題"}))
    body = json.loads(said_by(lines(page, "curl"))[-1])
    assert (body["job_key"], body["title"], body["status"]) == (name, f"{name} の題", "success")
    assert abs(datetime.fromisoformat(body["finished_at"]) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("name", NAMES)
def test_the_lines_for_python_say_what_was_typed(viewer: Client, name: str) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": name, "title": f"{name} の題"}))
    told: list[tuple[str, str]] = []

    class Monitor:
        def __init__(self, *named: str) -> None:
            told.append(named)

        def __enter__(self) -> None: ...

        def __exit__(self, *error: object) -> None: ...

    (imported, *script) = lines(page, "python").splitlines()
    assert imported == "from tc_portal_reporter import monitor"
    exec("\n".join(script), {"monitor": Monitor, "main": lambda: None})
    assert told == [(name, f"{name} の題")]


def test_the_lines_for_windows_are_quoted(viewer: Client) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": "sales report", "title": "売上 日報"}))
    assert 'setx TC_PORTAL_WEBHOOK_SECRET "<シークレット>"' in lines(page, "windows").splitlines()
    assert 'tc-report send success --key "sales report" --title "売上 日報"' in lines(page, "batch")
    assert lines(page, "guide").splitlines() == [
        'set "TC_PORTAL_JOB_KEY=sales report"',
        'set "TC_PORTAL_JOB_TITLE=売上 日報"',
    ]


@pytest.mark.parametrize(
    ("title", "argument", "setting"),
    [
        ("R&D report", '"R&D report"', '"TC_PORTAL_JOB_TITLE=R&D report"'),
        ("R&D", '"R&D"', '"TC_PORTAL_JOB_TITLE=R&D"'),
        ("a|b<c>d^e", '"a|b<c>d^e"', '"TC_PORTAL_JOB_TITLE=a|b<c>d^e"'),
        ("100%PATH%", '"100%%PATH%%"', '"TC_PORTAL_JOB_TITLE=100%%PATH%%"'),
        # To cmd the quote inside ends the quoted part.
        ('a"&calc', '"a\\"^&calc"', '"TC_PORTAL_JOB_TITLE=a"^&calc"'),
        ('a" & "b & c', '"a\\" ^& \\"b & c"', '"TC_PORTAL_JOB_TITLE=a" ^& "b & c"'),
        ("C:\\x y\\", '"C:\\x y\\\\"', '"TC_PORTAL_JOB_TITLE=C:\\x y\\"'),
        ("C:\\", '"C:\\\\"', '"TC_PORTAL_JOB_TITLE=C:\\"'),
    ],
)
def test_what_cmd_takes_for_its_own_is_kept_from_it(viewer: Client, title: str, argument: str, setting: str) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": "k", "title": title}))
    assert lines(page, "batch").splitlines()[0] == f'tc-report send success --key "k" --title {argument} -m "処理完了"'
    assert lines(page, "guide").splitlines()[1] == f"set {setting}"


@pytest.mark.parametrize("between", ["\n", "\r\n", "\t", "\x1b", "\u2028", "\x85", "\0"])
def test_a_name_never_becomes_a_line_of_its_own(viewer: Client, between: str) -> None:
    hostile = f"a{between}calc.exe"
    page = ShownPage(viewer.get("/jobs/add", {"job_key": hostile, "title": hostile}))
    plain = ShownPage(viewer.get("/jobs/add", {"job_key": "a calc.exe", "title": "a calc.exe"}))
    for kind in ("windows", "unix", "python", "batch", "shell", "guide", "powershell", "curl"):
        assert lines(page, kind) == lines(plain, kind)


@pytest.mark.parametrize("quote", "'‘’‚‛")
def test_every_quote_that_powershell_knows_is_doubled(viewer: Client, quote: str) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": "k", "title": f"a{quote}b"}))
    assert f"title = 'a{quote}{quote}b';" in lines(page, "powershell")


def test_the_messages_are_in_the_language_of_the_page(viewer: Client) -> None:
    english = ShownPage(viewer.get("/jobs/add", headers={"Accept-Language": "en"}))
    assert '-m "all done"' in lines(english, "batch")
    assert "-m 'why it failed'" in lines(english, "shell")
    assert "message = 'all done'" in lines(english, "powershell")
    assert all(lines(english, kind).isascii() for kind in ("batch", "shell", "powershell"))
    japanese = ShownPage(viewer.get("/jobs/add"))
    assert "失敗した理由" in lines(japanese, "batch")
    assert "message = '処理完了'" in lines(japanese, "powershell")


def test_the_key_is_never_set_for_a_whole_pc(viewer: Client) -> None:
    page = ShownPage(viewer.get("/jobs/add"))
    assert "TC_PORTAL_JOB_KEY" not in lines(page, "windows") + lines(page, "unix")


def test_the_page_never_shows_the_secret(admin: Client, settings: Any) -> None:
    shown = admin.get("/jobs/add").text
    assert settings.CONFIGURATION.webhook_secrets
    for secret in settings.CONFIGURATION.webhook_secrets:
        assert secret not in shown
    assert shlex.quote("<シークレット>") in lines(ShownPage(admin.get("/jobs/add")), "unix")


def test_the_lines_have_the_public_address_where_there_is_one(viewer: Client, settings: Any) -> None:
    settings.CONFIGURATION = msgspec.structs.replace(settings.CONFIGURATION, public_url="https://portal.example.com")
    page = ShownPage(viewer.get("/jobs/add"))
    assert "TC_PORTAL_MONITOR_URL=https://portal.example.com/api/monitor/job-report" in lines(page, "unix")
    assert "testserver" not in page.one("main").text


@pytest.mark.parametrize("asked", [{}, {"job_key": "", "title": " "}])
def test_nothing_typed_is_a_name_to_start_with(viewer: Client, asked: dict[str, str]) -> None:
    page = ShownPage(viewer.get("/jobs/add", asked))
    assert page.one("input", id="job_key").attributes["value"] == "my-job"
    assert page.one("input", id="title").attributes["value"] == "私のジョブ"


@on_each_database
@pytest.mark.parametrize("path", ["/jobs/add", "/jobs/add/first-report"])
def test_the_page_waits_for_the_first_report_of_that_key(viewer: Client, path: str) -> None:
    a_job("another", title="別のジョブ")
    waiting = ShownPage(viewer.get(path, {"job_key": "売上&日報"}))
    line = waiting.one("p", id="first-report")
    assert "最初の報告を待っています…" in line.text
    job = a_job("売上&日報", title="売上日報")
    again = viewer.get(line.attributes["hx-get"], headers={"HX-Request": "true"})
    assert "最初の報告が届きました:" in again.text
    arrived = ShownPage(again if path.endswith("first-report") else viewer.get(path, {"job_key": "売上&日報"}))
    line = arrived.one("p", "arrived", id="first-report")
    assert "hx-get" not in line.attributes
    assert arrived.one("a", href=f"/jobs/{job.id}").text == "売上日報"


def test_an_open_page_is_told_nothing_while_it_waits(viewer: Client) -> None:
    answer = viewer.get("/jobs/add/first-report", {"job_key": "sales"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "no-store" in answer["Cache-Control"]


@on_each_database
@pytest.mark.parametrize("path", ["/jobs/add", "/jobs/add/first-report"])
@pytest.mark.parametrize("key", ["\0", "a\0b", "x" * 5000, "'\"><script>"])
def test_a_key_that_no_job_can_have_is_waited_for_all_the_same(viewer: Client, path: str, key: str) -> None:
    assert "最初の報告を待っています…" in viewer.get(path, {"job_key": key}).text
