"""The first start: tables, the first administrator, a webhook secret, and the lines to paste."""

import secrets
import socket
import sys
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.db.migrations.exceptions import MigrationSchemaMissing

from .terminal import Explained, say

ADMINISTRATOR = "admin"


def migrate() -> None:
    """Bring the database to this program's tables. Raises ``Explained`` where the database does not allow it."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, MigrationSchemaMissing) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise Explained(
            ja=f"データベースに表を作れません（{reason}）。表を作る権限があるか、ほかのプログラムの表がないデータベースか確かめてください。",
            en=f"The tables cannot be made in the database ({reason}). "
            "Check that its user may create tables, and that the database holds no other program's tables.",
        ) from error


def first_administrator() -> str | None:
    """Create the first account and return its password; None where there is an account already."""
    from .accounts.models import User

    with transaction.atomic():
        if User.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        User.objects.create_user(ADMINISTRATOR, password=password, is_staff=True)
    return password


def first_secret() -> str | None:
    """Make the webhook secret and return it; None where one is configured or was made before."""
    from .accounts.webhook_secret import new_secret, valid_digests

    return None if valid_digests() else new_secret()


def reachable(address: str) -> str:
    """The address as a browser takes it: one that stands for all of this machine's becomes the machine's name."""
    for everywhere in ("//0.0.0.0:", "//:::", "//[::]:"):
        address = address.replace(everywhere, f"//{socket.gethostname()}:")
    return address


def print_first_login(address: str, password: str | None) -> None:
    say(ja=f"ポータル: {address}", en=f"Portal:   {address}")
    if password is not None:
        say(
            ja="最初の管理者（この表示は一度だけです。控えてください）\n"
            f"  ユーザー名: {ADMINISTRATOR}\n  パスワード: {password}\n",
            en="The first administrator (shown this once; write it down)\n"
            f"  user name: {ADMINISTRATOR}\n  password:  {password}\n",
        )


def print_lines_for_the_jobs_pc(address: str, secret: str) -> None:
    """Print what to paste where the jobs run. The secret is in it, so this happens once."""
    of_the_pc = (("TC_PORTAL_MONITOR_URL", f"{address}/api/monitor/job-report"), ("TC_PORTAL_WEBHOOK_SECRET", secret))
    say(
        ja="ジョブを実行する PC に設定する行（シークレットが表示されるのは一度だけです）",
        en="Lines for the PC that runs the jobs (the secret is shown this once)",
    )
    say(ja="  Windows（ずっと有効。新しく開いた窓から）:", en="  Windows, to stay (from the next window on):")
    for name, value in of_the_pc:
        say(ja=f'    setx {name} "{value}"', en=f'    setx {name} "{value}"')
    say(ja="  Windows（この窓だけ）:", en="  Windows, this window only:")
    for name, value in of_the_pc:
        say(ja=f"    set {name}={value}", en=f"    set {name}={value}")
    say(ja="  Linux / macOS:", en="  Linux, macOS:")
    for name, value in of_the_pc:
        say(ja=f'    export {name}="{value}"', en=f'    export {name}="{value}"')
    tc_report = Path(sys.executable).with_name("tc-report")
    say(
        ja="  続けて、最初のジョブを動かす（この PC で。別の PC では先に pip install ./reporter）:\n"
        f"    {tc_report} run --key my-job --title 私のジョブ -- コマンド\n"
        "  Python のスクリプトに組み込むなら（名前はスクリプトごとに）:\n"
        "    from tc_portal_reporter import monitor\n"
        '    with monitor("my-job", "私のジョブ"):\n'
        "        main()\n"
        "  ガイドの report_job_status を使うなら: set TC_PORTAL_JOB_KEY=my-job と set TC_PORTAL_JOB_TITLE=私のジョブ（export も同じ）\n"
        f"  届かないとき: {tc_report} doctor",
        en="  Then run the first job (on this PC; on another one, first: pip install ./reporter):\n"
        f'    {tc_report} run --key my-job --title "My job" -- COMMAND\n'
        "  In a Python script (a name for each script):\n"
        "    from tc_portal_reporter import monitor\n"
        '    with monitor("my-job", "My job"):\n'
        "        main()\n"
        "  With the guide's report_job_status: set TC_PORTAL_JOB_KEY=my-job and set TC_PORTAL_JOB_TITLE=My job (or export)\n"
        f"  When reports do not arrive: {tc_report} doctor",
    )
    if "//127.0.0.1" in address:
        say(
            ja="  別の PC から報告するときは、make run HOST=0.0.0.0（tc-portal serve --host 0.0.0.0）で起動し、"
            "上の 127.0.0.1 をこのサーバーの名前に置き換えてください。",
            en="  For jobs on other PCs, start with make run HOST=0.0.0.0 (tc-portal serve --host 0.0.0.0), "
            "and put this server's name for 127.0.0.1 above.",
        )
    say(ja="", en="")
