"""``tc-portal``: set up, serve, watch, alerts, accounts, secrets, tokens, Windows tasks, demo data."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence

from .importing.healthchecks_options import add_import
from .importing.options import add_import_tasks
from .terminal import Explained, in_japanese, say
from .token_command import add_token


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; trouble that a person can mend is told in one line, with exit code 1."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tc_portal.settings")
    try:
        _set_up_django()
        return _run(options)
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Explained as trouble:
        say(ja=f"tc-portal: {trouble.ja}", en=f"tc-portal: {trouble.en}", to_stderr=True)
        return 1
    except (KeyboardInterrupt, EOFError):
        return 130


def _run(options: argparse.Namespace) -> int:
    from django.db import OperationalError

    from .database_check import unwritable

    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except OperationalError as error:
        raise unwritable(error) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tc-portal", description="TC Portal job monitor: ジョブ監視ポータル / watches scheduled scripts"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    setup = commands.add_parser(
        "setup", help="初回の準備（表・管理者・シークレット） / first start: tables, administrator, secret"
    )
    setup.add_argument("--address", default="http://127.0.0.1:8000", help="表示に使う URL / the URL to print")
    setup.set_defaults(command=_setup)

    serve = commands.add_parser("serve", help="ポータルを起動 / run the portal")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument(
        "--no-watch",
        dest="is_watching",
        action="store_false",
        help="監視は tc-portal watch に任せる / leave watching to tc-portal watch",
    )
    serve.add_argument(
        "--no-alerts",
        dest="is_alerting",
        action="store_false",
        help="通知の送信は tc-portal alerts に任せる / leave sending alerts to tc-portal alerts",
    )
    serve.set_defaults(command=_serve)

    watch = commands.add_parser(
        "watch", help="監視だけを行う（serve --no-watch と組で） / only watch, beside serve --no-watch"
    )
    watch.set_defaults(command=_watch)

    alerts = commands.add_parser(
        "alerts", help="通知の送信だけを行う（serve --no-alerts と組で） / only send alerts, beside serve --no-alerts"
    )
    alerts.set_defaults(command=_alerts)

    createuser = commands.add_parser("createuser", help="利用者を作成 / create an account")
    createuser.add_argument("name")
    createuser.add_argument("--email", default="")
    createuser.add_argument("--admin", action="store_true", help="変更できる管理者にする / may change things")
    createuser.add_argument("--password-stdin", action="store_true", help="標準入力から / read it from standard input")
    createuser.set_defaults(command=_createuser)

    setpassword = commands.add_parser("setpassword", help="パスワードを再設定 / set an account's password")
    setpassword.add_argument("name")
    setpassword.add_argument(
        "--password-stdin", action="store_true", help="標準入力から / read it from standard input"
    )
    setpassword.set_defaults(command=_setpassword)

    secret = commands.add_parser("secret", help="報告用シークレット / the secret that reports carry")
    secret.add_argument(
        "action",
        choices=["new", "retire"],
        help="new: 追加して表示 / add one and print it; retire: 最新以外を無効に / keep only the newest",
    )
    secret.set_defaults(command=_secret)

    token = commands.add_parser("token", help="他社クライアントのトークン / tokens of other monitors' clients")
    add_token(token)
    token.set_defaults(command=_token)

    import_tasks = commands.add_parser(
        "import-tasks", help="Windows のタスクをジョブにする / make jobs of Windows tasks"
    )
    add_import_tasks(import_tasks)
    import_tasks.set_defaults(command=_import_tasks)

    import_ = commands.add_parser("import", help="他の監視サービスから移る / bring jobs over from another monitor")
    add_import(import_)
    import_.set_defaults(command=_import)

    demo = commands.add_parser(
        "demo", help="空のポータルに見本のデータを入れる / fill an empty portal with sample data"
    )
    demo.set_defaults(command=_demo)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("0-65535")
    return int(text)


def _set_up_django() -> None:
    import django

    # What the portal writes (database, keys, logs) is its own account's alone to read.
    os.umask(0o077)
    django.setup()


def _ready_database() -> None:
    from . import first_start
    from .database_check import check_database

    check_database()
    first_start.migrate()


def _setup(options: argparse.Namespace) -> int:
    from . import first_start

    _ready_database()
    password, secret = first_start.first_administrator(), first_start.first_secret()
    if password is not None or secret is not None:
        from django.conf import settings

        address = settings.CONFIGURATION.public_url or first_start.reachable(options.address)
        first_start.print_first_login(address, password)
        if secret is not None:
            first_start.print_lines_for_the_jobs_pc(address, secret)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from .serving import serve

    _ready_database()
    return serve(options.host, options.port, options.is_watching, options.is_alerting)


def _watch(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import connections

    from .configured_second_monitor import second_monitor
    from .database_check import check_database, check_tables
    from .watch.watching import told_to_stop, watch_until

    check_database()
    check_tables()
    connections.close_all()
    told = told_to_stop()
    say(ja="監視しています（Ctrl+C で終了）", en="Watching (Ctrl+C ends it)")
    watch_until(told, settings.DATABASES["default"], second_monitor())
    return 0


def _alerts(options: argparse.Namespace) -> int:
    from django.db import connections

    from .alerts.worker import Worker
    from .database_check import check_database, check_tables
    from .watch.watching import told_to_stop

    check_database()
    check_tables()
    connections.close_all()
    told = told_to_stop()
    say(ja="通知を送っています（Ctrl+C で終了）", en="Sending alerts (Ctrl+C ends it)")
    Worker().run_until(told)
    return 0


def _createuser(options: argparse.Namespace) -> int:
    from .accounts.models import User

    _ready_database()
    if User.objects.filter(username__iexact=options.name).exists():
        raise Explained(
            ja=f"利用者 {options.name} はもういます。パスワードを変えるには tc-portal setpassword {options.name}",
            en=f"There is an account {options.name} already. To change its password: tc-portal setpassword {options.name}",
        )
    if options.email and User.objects.filter(email__iexact=options.email).exists():
        raise Explained(
            ja=f"{options.email} はほかの利用者のメールアドレスです。別のアドレスを指定してください。",
            en=f"{options.email} is another account's address. Choose another one.",
        )
    user = User(username=options.name, email=options.email, is_staff=options.admin)
    _check_fields(user)
    user.set_password(_new_password(user, options.password_stdin))
    user.save()
    say(ja=f"利用者 {options.name} を作成しました。", en=f"Created the account {options.name}.")
    return 0


def _setpassword(options: argparse.Namespace) -> int:
    from .accounts.models import User

    _ready_database()
    user = User.objects.filter(username__iexact=options.name).first()
    if user is None:
        raise Explained(
            ja=f"利用者 {options.name} はいません。作成するには tc-portal createuser {options.name}",
            en=f"There is no account {options.name}. To create it: tc-portal createuser {options.name}",
        )
    user.set_password(_new_password(user, options.password_stdin))
    user.save()
    say(ja="パスワードを変更しました。", en="The password was changed.")
    return 0


def _check_fields(user: object) -> None:
    from django.core.exceptions import ValidationError
    from django.utils import translation

    with translation.override("ja" if in_japanese() else "en"):
        try:
            user.clean_fields(exclude=["password"])  # type: ignore[attr-defined]
        except ValidationError as error:
            problems = " ".join(f"{field}: {' '.join(map(str, texts))}" for field, texts in error.message_dict.items())
            raise Explained(ja=problems, en=problems) from error


def _new_password(user: object, from_stdin: bool) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils import translation

    password = sys.stdin.readline().rstrip("\r\n") if from_stdin or not sys.stdin.isatty() else _asked_password()
    with translation.override("ja" if in_japanese() else "en"):
        try:
            validate_password(password, user)
        except ValidationError as error:
            problems = " ".join(error.messages)
            raise Explained(ja=problems, en=problems) from error
    return password


def _asked_password() -> str:
    password = getpass.getpass("パスワード / Password: ")
    if getpass.getpass("もう一度 / Again: ") != password:
        raise Explained(ja="2 つのパスワードが違います。", en="The two passwords differ.")
    return password


def _secret(options: argparse.Namespace) -> int:
    from django.conf import settings

    from .accounts import webhook_secret

    _ready_database()
    if settings.CONFIGURATION.webhook_secrets:
        raise Explained(
            ja="シークレットは環境変数 TC_PORTAL_WEBHOOK_SECRET で決められています。そちらをコンマ区切りで変更してください。",
            en="The secrets are set by TC_PORTAL_WEBHOOK_SECRET. Change it there (several, separated by commas).",
        )
    if options.action == "new":
        secret = webhook_secret.new_secret()
        say(
            ja=f"新しいシークレット（表示は一度だけ）: {secret}\nこれまでのものも有効です。"
            "すべての PC を変えたら tc-portal secret retire",
            en=f"The new secret (shown this once): {secret}\nThe older ones stay valid. "
            "When every PC has it: tc-portal secret retire",
        )
        return 0
    count = webhook_secret.retire_older_secrets()
    say(
        ja=f"古いシークレット {count} 個を無効にしました。",
        en=f"Made {count} older secrets invalid.",
    )
    return 0


def _token(options: argparse.Namespace) -> int:
    _ready_database()
    action: Callable[[argparse.Namespace], int] = options.action
    return action(options)


def _import_tasks(options: argparse.Namespace) -> int:
    from .importing.command import import_tasks

    _ready_database()
    return import_tasks(options)


def _import(options: argparse.Namespace) -> int:
    from .importing.healthchecks_command import import_healthchecks

    _ready_database()
    return import_healthchecks(options)


def _demo(options: argparse.Namespace) -> int:
    from .demo import fill

    _ready_database()
    return fill()
