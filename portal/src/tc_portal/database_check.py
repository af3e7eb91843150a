"""Whether the database can be used by this program, before anything else is tried on it."""

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from .store.database import postgresql_conninfo
from .terminal import Explained

OUR_APPS = ("jobs", "accounts")


def check_database() -> None:
    """Raise ``Explained`` where the database cannot be reached or written, or is newer than this program."""
    try:
        _try_postgresql_directly()
        connection.ensure_connection()
        loader = MigrationLoader(connection)
    except (DatabaseError, psycopg.Error, OSError) as error:
        raise _unreachable(error) from error
    unknown = [
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in OUR_APPS and (app, name) not in loader.disk_migrations
    ]
    if unknown:
        raise Explained(
            ja=f"データベースはこのプログラムより新しい版で作られています（{', '.join(sorted(unknown))}）。"
            "新しい tc-portal を入れてください。",
            en=f"The database was made by a newer version of this program ({', '.join(sorted(unknown))}). "
            "Install the newer tc-portal.",
        )
    _try_writing()


def check_tables() -> None:
    """Raise ``Explained`` where the database does not have this program's tables yet."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan([key for key in executor.loader.graph.leaf_nodes() if key[0] in OUR_APPS]):
        raise Explained(
            ja="データベースの表がまだ準備できていません。先に tc-portal serve か tc-portal setup を実行してください。",
            en="The database's tables are not ready yet. Run tc-portal serve or tc-portal setup first.",
        )


def _try_postgresql_directly() -> None:
    """Connect once without the pool, which would go on trying in the background and log each time."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        psycopg.connect(**postgresql_conninfo(database)).close()


def _try_writing() -> None:
    if connection.vendor != "sqlite":
        return
    try:
        # SQLite opens a file that may only be read without a word, and complains at the first write.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE whether_this_file_takes_a_table (id integer)")
            transaction.set_rollback(True)
    except DatabaseError as error:
        raise unwritable(error) from error


def unwritable(error: DatabaseError) -> Explained:
    """What to say of a database that answers but does not take what is written."""
    name, reason = (
        settings.DATABASES["default"]["NAME"],
        (str(error).strip().splitlines() or [type(error).__name__])[0],
    )
    return Explained(
        ja=f"データベース {name} に書き込めません（{reason}）。ポータルを動かすユーザーの権限と、ディスクの空きを確かめてください。",
        en=f"The database {name} cannot be written ({reason}). Check that the user that runs the portal may write it, "
        "and the disk's free space.",
    )


def _unreachable(error: Exception) -> Explained:
    database = settings.DATABASES["default"]
    # Only the driver's last line: it names the cause, and never the password.
    reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
    if database["ENGINE"].endswith("sqlite3"):
        return Explained(
            ja=f"データベース {database['NAME']} を開けません（{reason}）。権限・空き容量・ファイルの破損を確かめてください。",
            en=f"The database {database['NAME']} cannot be opened ({reason}). Check permissions, free space and the file itself.",
        )
    place = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}/{database['NAME']}"
    return Explained(
        ja=f"データベース {place} に接続できません（{reason}）。PostgreSQL が動いているか、TC_PORTAL_DATABASE_URL が正しいか確かめてください。",
        en=f"The database {place} cannot be reached ({reason}). Check that PostgreSQL runs and TC_PORTAL_DATABASE_URL is right.",
    )
