"""The first start, and what the command line says when something is wrong: one line, no traceback."""

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from databases import Database
from running_portal import RunningPortal


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[..., RunningPortal]:
    def make(**environment: str) -> RunningPortal:
        url = environment.pop("url", f"sqlite:///{tmp_path / 'portal.sqlite3'}")
        return RunningPortal(Database("sqlite", url), tmp_path, environment)

    return make


def test_the_first_setup_prints_login_secret_and_lines_once(first_portal: Callable[..., RunningPortal]) -> None:
    portal = first_portal(TC_PORTAL_WEBHOOK_SECRET="")
    first = portal.command("setup").stdout
    password = re.search(r"password:\s+(\S+)", first)
    secret = re.search(r'setx TC_PORTAL_WEBHOOK_SECRET "(\S+)"', first)
    assert password and secret and len(password[1]) >= 12 and len(secret[1]) >= 40
    for line in ("set TC_PORTAL_MONITOR_URL=http", 'export TC_PORTAL_MONITOR_URL="', "set TC_PORTAL_JOB_KEY=my-job"):
        assert line in first

    assert portal.command("setup").stdout == ""
    body = {"job_key": "k", "title": "t", "status": "success", "finished_at": "2026-01-25"}
    assert portal.start().report(body, secret=secret[1]).status == 200
    assert secret[1] not in str(portal.database.rows("SELECT * FROM webhook_secret"))


def test_a_new_secret_is_valid_beside_the_old_until_that_is_retired(
    first_portal: Callable[..., RunningPortal],
) -> None:
    portal = first_portal(TC_PORTAL_WEBHOOK_SECRET="")
    old = re.search(r'setx TC_PORTAL_WEBHOOK_SECRET "(\S+)"', portal.command("setup").stdout)
    assert old
    body = {"job_key": "k", "title": "t", "status": "success", "finished_at": "2026-01-25"}
    portal.start()
    new = re.search(r"shown this once\): (\S+)", portal.command("secret", "new").stdout)
    assert new

    def statuses() -> list[int]:
        return [portal.report(body, secret=secret[1]).status for secret in (old, new)]

    # The running portal learns of them by itself.
    wait_until(lambda: statuses() == [200, 200])
    portal.command("secret", "retire").check_returncode()
    wait_until(lambda: statuses() == [401, 200])


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.2)


def assert_explained(portal: RunningPortal, *arguments: str, says: str) -> None:
    ended = portal.command(*arguments)
    assert ended.returncode not in (0, None)
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"TC_PORTAL_TIME_ZONE": "Asia/Nowhere"}, "no time zone Asia/Nowhere"),
        ({"TC_PORTAL_PUBLIC_URL": "portal.example.com"}, "TC_PORTAL_PUBLIC_URL must be a URL"),
        ({"TC_PORTAL_PUBLIC_URL": "https://[::1"}, "TC_PORTAL_PUBLIC_URL must be a URL"),
        ({"TC_PORTAL_PUBLIC_URL": "https://portal.example.com:abc"}, "TC_PORTAL_PUBLIC_URL must be a URL"),
        ({"TC_PORTAL_PUBLIC_URL": "https://portal.example.com/?x=1"}, "TC_PORTAL_PUBLIC_URL must be a URL"),
        (
            {"url": "postgresql://u:p@127.0.0.1/db?pgbouncer=true"},
            'TC_PORTAL_DATABASE_URL cannot be read ("pgbouncer")',
        ),
        ({"url": "mysql://somewhere/db"}, "TC_PORTAL_DATABASE_URL must look like"),
        ({"url": "postgresql://u:p@h:notaport/db?nonsense=1"}, "TC_PORTAL_DATABASE_URL"),
        ({"url": "postgresql://u:sesame@127.0.0.1:1/db"}, "cannot be reached"),
        ({"url": "sqlite:////nonexistent/folder/portal.sqlite3"}, "cannot be opened"),
        ({"TC_PORTAL_SMTP_URL": "http://mail"}, "TC_PORTAL_SMTP_URL must look like"),
        ({"TC_PORTAL_SMTP_URL": "smtp://[mail"}, "TC_PORTAL_SMTP_URL must look like"),
        ({"TC_PORTAL_DATA_DIR": "/dev/null/data"}, "cannot be written"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(
    fresh: Callable[..., RunningPortal], environment: dict[str, str], says: str
) -> None:
    assert_explained(fresh(**environment), "serve", "--port", "0", says=says)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:sesame@127.0.0.1:1/db",
        "postgresql://u:p@sesame@127.0.0.1:1/db",
        "postgresql://u:sesame/@h:x/db",
    ],
)
def test_a_database_password_is_never_printed(fresh: Callable[..., RunningPortal], url: str) -> None:
    ended = fresh(url=url).command("serve")
    assert ended.returncode == 1 and "sesame" not in ended.stderr + ended.stdout


def test_a_database_with_other_tables_is_told_in_one_line(first_portal: Callable[..., RunningPortal]) -> None:
    portal = first_portal()
    portal.database.execute("CREATE TABLE job (something_else integer)")
    assert_explained(portal, "setup", says="holds no other program's tables")


@pytest.mark.parametrize("arguments", [("setpassword", "nobody"), ("secret", "retire"), ("secret", "new")])
def test_every_command_works_on_an_empty_database(
    first_portal: Callable[..., RunningPortal], arguments: tuple[str, ...]
) -> None:
    ended = first_portal(TC_PORTAL_WEBHOOK_SECRET="").command(*arguments)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == (1 if arguments[0] == "setpassword" else 0)


def test_the_database_file_is_its_owners_alone(fresh: Callable[..., RunningPortal], tmp_path: Path) -> None:
    fresh().command("setup").check_returncode()
    assert (tmp_path / "portal.sqlite3").stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_database_is_told_in_one_line(fresh: Callable[..., RunningPortal], tmp_path: Path) -> None:
    (tmp_path / "portal.sqlite3").write_text("this is not a database" * 100)
    assert_explained(fresh(), "serve", "--port", "0", says="cannot be opened")


def test_a_port_in_use_is_told_in_one_line(fresh: Callable[..., RunningPortal]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert_explained(fresh(), "serve", "--port", str(other.getsockname()[1]), says="Cannot listen")


def test_a_database_newer_than_the_program_is_left_alone(first_portal: Callable[..., RunningPortal]) -> None:
    portal = first_portal()
    portal.command("setup").check_returncode()
    portal.database.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0999_from_the_future', '2026-01-01')"
    )
    assert_explained(portal, "serve", "--port", "0", says="newer version")


def test_accounts_are_made_and_their_passwords_set(first_portal: Callable[..., RunningPortal]) -> None:
    portal = first_portal()
    good = "a long pass phrase 1"
    assert portal.command("createuser", "hanako", "--password-stdin", stdin=good).returncode == 0
    assert portal.database.rows("SELECT username FROM account WHERE is_staff = (1 = 0)") == [("hanako",)]
    assert "already" in portal.command("createuser", "hanako", "--password-stdin", stdin=good).stderr
    assert "too short" in portal.command("createuser", "taro", "--password-stdin", stdin="short").stderr
    assert portal.command("setpassword", "hanako", "--password-stdin", stdin="another pass phrase 2").returncode == 0
    assert portal.command("setpassword", "HANAKO", "--password-stdin", stdin="another pass phrase 3").returncode == 0
    assert "no account" in portal.command("setpassword", "nobody", "--password-stdin", stdin=good).stderr
