"""Running the portal: one port, a process that receives and shows, and its children that write and send alerts."""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import closing

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from .http_protocol import PortalProtocol, sweep_for_ever
from .terminal import Explained, say

BACKLOG = 2048
SECONDS_TO_DRAIN = 15


def serve(host: str, port: int, is_watching: bool = True, is_alerting: bool = True) -> int:
    """Serve until told to stop; requests under way are answered first. Without ``is_watching``, others watch; without
    ``is_alerting``, others send alerts."""
    with closing(_listening_socket(host, port)) as listener:
        logging.getLogger("django.contrib.staticfiles").setLevel(logging.ERROR)
        _collect_static_files()
        call_command("clearsessions")
        _say_what_is_missing()
        connections.close_all()
        port = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        say(
            ja=f"http://{shown}:{port} で待っています（Ctrl+C で終了）",
            en=f"Listening on http://{shown}:{port} (Ctrl+C ends it)",
        )
        # It looks for the static files when it is imported.
        from .asgi import app

        app.is_watching = is_watching
        app.is_alerting = is_alerting
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                access_log=False,
                http=PortalProtocol,
                lifespan="on",
                log_level="warning",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=SECONDS_TO_DRAIN,
            )
        )
        # uvicorn drains at a signal and then raises it anew; a portal that was told to stop and did has not failed.
        for told_to_stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told_to_stop, lambda number, frame: None)
        with asyncio.Runner(loop_factory=_event_loop) as runner:
            runner.run(_serve(server, listener))
        return 0 if server.started else 1


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    sweeping = asyncio.create_task(sweep_for_ever(server.server_state.connections))
    try:
        await server.serve(sockets=[listener])
    finally:
        sweeping.cancel()


def _event_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def _listening_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    # Windows would let another program take over an address that is marked as reusable.
    listener.setsockopt(
        socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE if sys.platform == "win32" else socket.SO_REUSEADDR, 1
    )
    try:
        listener.bind((host, port))
        # Listening at once lets a second portal on the same port fail here, with a clear line.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Explained(
            ja=f"{host}:{port} で待ち受けられません（{error.strerror}）。--port（make run では PORT=）で別の番号を指定するか、使っているプログラムを止めてください。",
            en=f"Cannot listen on {host}:{port} ({error.strerror}). Choose another --port (PORT= for make run), or stop the program that uses it.",
        ) from error
    return listener


def _collect_static_files() -> None:
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
    except OSError as error:
        place = error.filename or settings.STATIC_ROOT
        raise Explained(
            ja=f"{place} に書き込めません（{error.strerror}）。ディスクの空きと権限を確かめるか、"
            f"{settings.STATIC_ROOT} を削除して起動し直してください（作り直します）。",
            en=f"{place} cannot be written ({error.strerror}). Check the disk's free space and permissions, "
            f"or delete {settings.STATIC_ROOT} and start again (it is made anew).",
        ) from error


def _say_what_is_missing() -> None:
    from .accounts.models import User
    from .accounts.webhook_secret import valid_digests

    if not valid_digests():
        say(
            ja="報告用のシークレットがありません。報告には 500 を返します。tc-portal setup を実行するか TC_PORTAL_WEBHOOK_SECRET を設定してください。",
            en="There is no webhook secret: reports are answered 500. Run tc-portal setup, or set TC_PORTAL_WEBHOOK_SECRET.",
            to_stderr=True,
        )
    if not User.objects.exists():
        say(
            ja="まだ誰もログインできません。tc-portal setup を実行してください。",
            en="Nobody can log in yet: run tc-portal setup.",
            to_stderr=True,
        )
    if settings.CONFIGURATION.mail and not settings.CONFIGURATION.public_url:
        say(
            ja="パスワード再設定メールには TC_PORTAL_PUBLIC_URL も必要です。",
            en="Mails that reset a password need TC_PORTAL_PUBLIC_URL, too.",
            to_stderr=True,
        )
