"""The portal as one ASGI application: what scripts call goes straight to ``ingest``, pages go through Django."""

import asyncio
import contextlib
import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from wsgiref.headers import Headers

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tc_portal.settings")
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.db import DatabaseError, connections  # noqa: E402
from servestatic import ServeStaticASGI  # noqa: E402
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: E402

from tc_portal.accounts.webhook_secret import valid_digests  # noqa: E402
from tc_portal.alerts.in_serve import send_alerts_for_ever  # noqa: E402
from tc_portal.configured_second_monitor import second_monitor  # noqa: E402
from tc_portal.ingest.app import PREFIX, Ingest  # noqa: E402
from tc_portal.ingest.health import Health  # noqa: E402
from tc_portal.store.writer import Writer  # noqa: E402
from tc_portal.watch.in_serve import beat_for_ever, watch_for_ever  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SECRETS_STAY_SECONDS = 5.0


class Portal:
    """Routes by path and owns what lives as long as the process does: the writer and its database connection."""

    def __init__(self) -> None:
        self.is_watching = True
        self.is_alerting = True
        pages = ServeStaticASGI(
            ASGIHandler(),
            root=settings.STATIC_ROOT,
            prefix=settings.STATIC_URL,
            immutable_file_test=is_immutable,
            allow_all_origins=False,
            add_headers_function=forbid_sniffing,
        )
        # What a proxy on this host says of scheme and client matters to pages only: reports need neither.
        self._pages = ProxyHeadersMiddleware(pages, trusted_hosts=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))
        self.reports: Ingest | None = None
        self._health: Health | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert self.reports is not None and self._health is not None, "the lifespan protocol must be on"
        path: str = scope["path"]
        if path.startswith(PREFIX) or path == PREFIX.rstrip("/"):
            await self.reports(scope, receive, send)
        elif path in ("/healthz", "/readyz"):
            await self._health(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        writer = Writer(settings.DATABASES["default"], settings.CONFIGURATION.drain)
        await writer.start()
        self.reports = Ingest(writer, await sync_to_async(_read_digests)())
        self._health = Health(writer)
        tasks = [
            asyncio.create_task(_keep_secrets_fresh(self.reports)),
            asyncio.create_task(beat_for_ever(writer)),
        ]
        if self.is_watching:
            tasks.append(asyncio.create_task(watch_for_ever(writer, second_monitor())))
        if self.is_alerting:
            tasks.append(asyncio.create_task(send_alerts_for_ever()))
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        await writer.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})


async def _keep_secrets_fresh(ingest: Ingest) -> None:
    """What ``tc-portal secret`` changes holds without a restart."""
    while True:
        await asyncio.sleep(SECRETS_STAY_SECONDS)
        with contextlib.suppress(DatabaseError):
            ingest.accept_secrets(await sync_to_async(_read_digests)())


def _read_digests() -> list[str]:
    try:
        return valid_digests()
    finally:
        # Outside a request nobody else gives the connection back, and one that has died would be used for ever.
        connections.close_all()


def forbid_sniffing(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def is_immutable(path: str, url: str) -> bool:
    """Whether a static file's name holds its content's hash, so that browsers may keep it for ever."""
    parts = url.rsplit("/", 1)[-1].split(".")
    return len(parts) > 2 and len(parts[-2]) == 12


app = Portal()
