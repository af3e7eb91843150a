"""The portal's configuration: environment variables in, checked values out."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from .terminal import Explained

DEFAULT_TIME_ZONE = "Asia/Tokyo"
DEFAULT_DRAIN = timedelta(minutes=15)
LONGEST_DRAIN_SECONDS = 86_400
DEFAULT_SECOND_MONITOR_TIME = time(9, 0)


class Mail(msgspec.Struct, frozen=True):
    """The SMTP server that account mails go through."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_starttls: bool
    sender: str


class Configuration(msgspec.Struct, frozen=True):
    """Everything that the environment says, checked. Secrets are in it: never log it."""

    data_dir: Path
    database: dict[str, Any]
    public_url: str
    time_zone: str
    webhook_secrets: tuple[str, ...]
    secret_key: str
    mail: Mail | None
    # How long after a time in which the portal was away reports that were kept meanwhile may take to arrive.
    drain: timedelta
    # Who is told once a day that this portal lives, with what is secret in it; empty: nobody.
    second_monitor_url: str
    second_monitor_time: time


def read_configuration(environ: Mapping[str, str]) -> Configuration:
    """What the ``TC_PORTAL_*`` variables configure. Creates the data folder and the key file in it.

    Raises ``Explained`` naming the variable that is wrong and what it should hold.
    """
    data_dir = _data_dir(environ.get("TC_PORTAL_DATA_DIR", "").strip() or "data")
    return Configuration(
        data_dir=data_dir,
        database=database_settings(environ.get("TC_PORTAL_DATABASE_URL", "").strip(), data_dir),
        public_url=_public_url(environ.get("TC_PORTAL_PUBLIC_URL", "").strip()),
        time_zone=_time_zone(environ.get("TC_PORTAL_TIME_ZONE", "").strip() or DEFAULT_TIME_ZONE),
        webhook_secrets=_webhook_secrets(environ.get("TC_PORTAL_WEBHOOK_SECRET", "")),
        secret_key=environ.get("TC_PORTAL_SECRET_KEY", "").strip() or _kept_secret_key(data_dir),
        drain=_drain(environ.get("TC_PORTAL_DRAIN_SECONDS", "").strip()),
        second_monitor_url=_second_monitor_url(environ.get("TC_PORTAL_SECOND_MONITOR_URL", "").strip()),
        second_monitor_time=_second_monitor_time(environ.get("TC_PORTAL_SECOND_MONITOR_TIME", "").strip()),
        mail=_mail(environ.get("TC_PORTAL_SMTP_URL", "").strip(), environ.get("TC_PORTAL_MAIL_FROM", "").strip()),
    )


def database_settings(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's ``DATABASES`` entry for a database URL; SQLite in the data folder where there is none."""
    scheme = url.partition(":")[0]
    if not url:
        return _sqlite(data_dir / "tc-portal.sqlite3")
    if scheme == "sqlite":
        path = unquote(urlsplit(url).path).removeprefix("/")
        # SQLite takes such names for databases in memory, which end with each connection, or for URIs.
        if not path or path.startswith((":memory:", "file:")) or "mode=memory" in path:
            raise Explained(
                ja="TC_PORTAL_DATABASE_URL の SQLite にはファイルが必要です。sqlite:////var/lib/tc-portal/portal.sqlite3 の形で指定するか、"
                "設定をやめてください（データフォルダーのファイルを使います）。",
                en="TC_PORTAL_DATABASE_URL: SQLite needs a file. Write sqlite:////var/lib/tc-portal/portal.sqlite3, "
                "or leave it unset to use a file in the data folder.",
            )
        return _sqlite(Path(path))
    if scheme in ("postgres", "postgresql"):
        return _postgresql(url)
    raise Explained(
        ja="TC_PORTAL_DATABASE_URL は postgresql://ユーザー:パスワード@ホスト:5432/データベース の形で指定してください"
        "（SQLite を使うときは設定しません）。",
        en="TC_PORTAL_DATABASE_URL must look like postgresql://user:password@host:5432/database "
        "(leave it unset to use SQLite).",
    )


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise _unreadable(error) from error
    # A symbol in the password that was not written as %40 or so makes the rest of it look like a host or a port.
    port, place = str(parts.get("port", "")), f"{parts.get('host')} {parts.get('dbname')}"
    if "@" in place or (not port.replace(",", "0").isdecimal() and port):
        raise _unreadable(None)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "postgres"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {"connect_timeout": 10, "pool": {"min_size": 0, "max_size": 8, "timeout": 10}, **parts},
    }


def _unreadable(error: Exception | None) -> Explained:
    # libpq quotes the part of the URL that it stumbles over: only the name of a parameter is no secret.
    parameter = re.search(r'invalid URI query parameter: ("\w+")', str(error))
    wrong = f" ({parameter[1]})" if parameter else ""
    return Explained(
        ja=f"TC_PORTAL_DATABASE_URL を読み取れません{wrong}。postgresql://ユーザー:パスワード@ホスト:5432/データベース の形か確かめ、"
        "パスワードの記号は %40 のように書いてください。",
        en=f"TC_PORTAL_DATABASE_URL cannot be read{wrong}. Check that it looks like "
        "postgresql://user:password@host:5432/database, with symbols in the password written as %40.",
    )


def _data_dir(value: str) -> Path:
    try:
        path = Path(value).expanduser().absolute()
    except FileNotFoundError as error:
        raise Explained(
            ja="いまいるフォルダーはもうありません。別のフォルダーに移るか、TC_PORTAL_DATA_DIR に絶対パスを指定してください。",
            en="The folder that you are in no longer exists. Change to another one, or set TC_PORTAL_DATA_DIR to an absolute path.",
        ) from error
    except RuntimeError as error:
        raise Explained(
            ja=f"TC_PORTAL_DATA_DIR の {value} の ~ にあたるホームフォルダーがありません。絶対パスを指定してください。",
            en=f"TC_PORTAL_DATA_DIR: there is no home folder for the ~ of {value}. Use an absolute path.",
        ) from error
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise Explained(
            ja=f"データフォルダー {path} に書き込めません（{error.strerror}）。"
            "書き込める場所を TC_PORTAL_DATA_DIR に指定してください。",
            en=f"The data folder {path} cannot be written ({error.strerror}). "
            "Set TC_PORTAL_DATA_DIR to a place that can.",
        ) from error
    return path


def _kept_secret_key(data_dir: Path) -> str:
    """The key that sessions are signed with, made at the first start and kept in the data folder."""
    path = data_dir / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    except OSError as error:
        raise Explained(
            ja=f"{path} を作れません（{error.strerror}）。ディスクの空きと権限を確かめてください。",
            en=f"{path} cannot be created ({error.strerror}). Check the disk's free space and permissions.",
        ) from error
    try:
        key = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise Explained(
            ja=f"{path} を読めません（{error.strerror}）。ポータルを動かすユーザーが読めるように、所有者と権限を直してください。",
            en=f"{path} cannot be read ({error.strerror}). Let the user that runs the portal own and read it.",
        ) from error
    if not key:
        raise Explained(
            ja=f"{path} が空です。削除してから起動し直してください（ログイン中の利用者は入り直しになります）。",
            en=f"{path} is empty. Delete it and start again (people have to log in again).",
        )
    return key


def _public_url(value: str) -> str:
    if not value:
        return ""
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https") or parts.path not in ("", "/") or parts.query:
        raise Explained(
            ja="TC_PORTAL_PUBLIC_URL は https://portal.example.com のように、パスなしの URL で指定してください。",
            en="TC_PORTAL_PUBLIC_URL must be a URL without a path, such as https://portal.example.com.",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise Explained(
            ja=f"TC_PORTAL_TIME_ZONE の {value} というタイムゾーンはありません。Asia/Tokyo のように指定してください。",
            en=f"TC_PORTAL_TIME_ZONE: there is no time zone {value}. Use a name such as Asia/Tokyo.",
        ) from error
    return value


def _webhook_secrets(value: str) -> tuple[str, ...]:
    return tuple(secret for part in value.split(",") if (secret := part.strip()))


def _split(url: str) -> SplitResult | None:
    """The parts of a URL with a host and, if any, a port that is a number; None for any other text."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _drain(value: str) -> timedelta:
    if not value:
        return DEFAULT_DRAIN
    if not value.isascii() or not value.isdecimal() or int(value) > LONGEST_DRAIN_SECONDS:
        raise Explained(
            ja=f"TC_PORTAL_DRAIN_SECONDS は 0 から {LONGEST_DRAIN_SECONDS} までの秒数で指定してください。",
            en=f"TC_PORTAL_DRAIN_SECONDS must be a number of seconds from 0 to {LONGEST_DRAIN_SECONDS}.",
        )
    return timedelta(seconds=int(value))


def _second_monitor_url(value: str) -> str:
    parts = _split(value)
    if value and (parts is None or parts.scheme not in ("http", "https") or not value.isascii() or " " in value):
        raise Explained(
            ja="TC_PORTAL_SECOND_MONITOR_URL は https://monitor.example.com/ping/… のような URL で指定してください。",
            en="TC_PORTAL_SECOND_MONITOR_URL must be a URL such as https://monitor.example.com/ping/….",
        )
    return value


def _second_monitor_time(value: str) -> time:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value, re.ASCII)
    if found is None and value:
        raise Explained(
            ja="TC_PORTAL_SECOND_MONITOR_TIME は 09:00 のような時刻で指定してください。",
            en="TC_PORTAL_SECOND_MONITOR_TIME must be a time of day such as 09:00.",
        )
    return time(int(found[1]), int(found[2])) if found else DEFAULT_SECOND_MONITOR_TIME


def _mail(url: str, sender: str) -> Mail | None:
    if not url:
        return None
    parts = _split(url)
    if parts is None or parts.hostname is None or parts.scheme not in ("smtp", "smtps", "smtp+starttls"):
        raise Explained(
            ja="TC_PORTAL_SMTP_URL は smtp+starttls://ユーザー:パスワード@ホスト:587"
            "（または smtps://…:465、smtp://…:25）の形で指定してください。",
            en="TC_PORTAL_SMTP_URL must look like smtp+starttls://user:password@host:587 "
            "(or smtps://…:465, smtp://…:25).",
        )
    return Mail(
        host=parts.hostname,
        port=parts.port or {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtps",
        use_starttls=parts.scheme == "smtp+starttls",
        sender=sender or f"tc-portal@{parts.hostname}",
    )
