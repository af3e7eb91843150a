"""The portal as one ASGI application: what scripts call goes straight to ``ingest``, pages go through Django."""

import asyncio
import contextlib
import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
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
from tc_portal.ingest.ping_routes import is_of_pings, with_single_slashes  # noqa: E402
from tc_portal.ingest.pings import Pings  # noqa: E402
from tc_portal.ingest.token_book import TokenBook  # noqa: E402
from tc_portal.jobs.ping_tokens import note_use, valid_tokens  # noqa: E402
from tc_portal.store.writer import Writer  # noqa: E402
from tc_portal.watch.in_serve import beat_for_ever, watch_for_ever  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

T = TypeVar("T")

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
        self._pings: Pings | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert self.reports and self._health and self._pings, "the lifespan protocol must be on"
        path: str = scope["path"]
        if path.startswith(PREFIX) or path == PREFIX.rstrip("/"):
            await self.reports(scope, receive, send)
        elif path in ("/healthz", "/readyz"):
            await self._health(scope, receive, send)
        elif is_of_pings(path := with_single_slashes(path)):
            # What stands twice in an address, as in "…//api/monitor/job-report", means what stands once.
            whose = self.reports if path.startswith(PREFIX) else self._pings
            await whose({**scope, "path": path}, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        writer = Writer(settings.DATABASES["default"], settings.CONFIGURATION.drain)
        await writer.start()
        self.reports = Ingest(writer, await _read(valid_digests))
        self._health = Health(writer)
        tokens = TokenBook(await _read(valid_tokens), lambda digests: _read(lambda: valid_tokens(digests)))
        self._pings = Pings(writer, tokens)
        tasks = [
            asyncio.create_task(_keep_secrets_fresh(self.reports)),
            asyncio.create_task(_keep_tokens_fresh(tokens)),
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
            ingest.accept_secrets(await _read(valid_digests))


async def _keep_tokens_fresh(tokens: TokenBook) -> None:
    """A token that was revoked is not taken any more, and the page of tokens says when each was used last."""
    while True:
        await asyncio.sleep(SECRETS_STAY_SECONDS)
        with contextlib.suppress(DatabaseError):
            tokens.accept(await _read(valid_tokens))
            day = datetime.now(UTC).date()
            used = tokens.used_first_on(day)
            if used:
                await _read(partial(note_use, used, day))


def _read(query: Callable[[], T]) -> Awaitable[T]:
    """Ask the database outside a request, where nobody else gives the connection back: one that has died would be used for ever."""

    def asked() -> T:
        try:
            return query()
        finally:
            connections.close_all()

    return sync_to_async(asked)()


def forbid_sniffing(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def is_immutable(path: str, url: str) -> bool:
    """Whether a static file's name holds its content's hash, so that browsers may keep it for ever."""
    parts = url.rsplit("/", 1)[-1].split(".")
    return len(parts) > 2 and len(parts[-2]) == 12


app = Portal()
