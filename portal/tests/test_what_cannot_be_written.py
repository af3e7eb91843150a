"""Files and folders that the portal's account may not use, or that are gone: one line says which, and what to do."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running_portal import TC_PORTAL

NOBODY = 65534
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def an_ordinary_user() -> int | None:
    """Whom to run as where the tests run as root, for whom nothing is forbidden; None is whoever runs them."""
    return NOBODY if os.geteuid() == 0 else None


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the ordinary user's own: pytest's own folders are their maker's alone."""
    made = Path(tempfile.mkdtemp(prefix="tc-portal-ordinary-"))
    user = an_ordinary_user()
    if user is not None:
        os.chown(made, user, user)
        try:
            sees = subprocess.run([sys.executable, "-c", "import tc_portal"], user=user, group=user, extra_groups=[])
            is_seen = sees.returncode == 0
        except PermissionError:
            is_seen = False
        if not is_seen:
            pytest.skip("the program is in a folder that an ordinary user may not enter")
    yield made
    shutil.rmtree(made)


@pytest.fixture
def command(folder: Path) -> Command:
    def run(*arguments: str, cwd: Path = folder, **environment: str) -> "subprocess.CompletedProcess[str]":
        user = an_ordinary_user()
        as_user = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        return subprocess.run(
            [TC_PORTAL, *arguments],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "PYTHONUTF8": "1"}
            | {"TC_PORTAL_DATA_DIR": str(folder / "data")}
            | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            **as_user,  # type: ignore[arg-type]
        )

    return run


def assert_explained(ended: "subprocess.CompletedProcess[str]", *says: str) -> None:
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    for text in says:
        assert text in ended.stderr


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("setup",), ("secret", "new"), ("watch",)])
def test_a_database_file_that_may_only_be_read(
    command: Command, folder: Path, arguments: tuple[str, ...], language: str
) -> None:
    command("setup").check_returncode()
    database = folder / "data" / "tc-portal.sqlite3"
    database.chmod(0o400)
    does = "cannot be written" if language == "en" else "に書き込めません"
    assert_explained(command(*arguments, LANG=f"{language}.UTF-8"), str(database), does)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_key_file_that_may_not_be_read(command: Command, folder: Path, language: str) -> None:
    command("setup").check_returncode()
    key = folder / "data" / "secret-key"
    key.chmod(0)
    does = "cannot be read (Permission denied)" if language == "en" else "を読めません"
    assert_explained(command("serve", "--port", "0", LANG=f"{language}.UTF-8"), str(key), does)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_folder_for_static_files_that_may_not_be_written(command: Command, folder: Path, language: str) -> None:
    command("setup").check_returncode()
    static = folder / "data" / "static"
    static.mkdir(exist_ok=True)
    static.chmod(0o500)
    does = "cannot be written (Permission denied)" if language == "en" else "に書き込めません"
    try:
        assert_explained(command("serve", "--port", "0", LANG=f"{language}.UTF-8"), str(static), does)
    finally:
        static.chmod(0o700)


@pytest.mark.parametrize("address", ["sqlite:///:memory:", "sqlite://", "sqlite:///file::memory:?cache=shared"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_database_that_would_be_no_file_is_refused(command: Command, address: str, language: str) -> None:
    does = "needs a file" if language == "en" else "ファイルが必要です"
    ended = command("serve", "--port", "0", TC_PORTAL_DATABASE_URL=address, LANG=f"{language}.UTF-8")
    assert_explained(ended, "TC_PORTAL_DATABASE_URL", does, "sqlite:////")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_working_directory_that_was_deleted(command: Command, folder: Path, language: str) -> None:
    gone = folder / "gone"
    gone.mkdir()
    ended = subprocess.run(
        ["sh", "-c", f'cd "{gone}" && rmdir "{gone}" && exec "{TC_PORTAL}" serve --port 0'],
        env={"PATH": os.environ["PATH"], "LANG": f"{language}.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert_explained(ended, "TC_PORTAL_DATA_DIR", "no longer exists" if language == "en" else "もうありません")


def test_a_home_folder_that_nobody_has(command: Command) -> None:
    assert_explained(command("setup", TC_PORTAL_DATA_DIR="~nosuchaccount/data"), "TC_PORTAL_DATA_DIR")
