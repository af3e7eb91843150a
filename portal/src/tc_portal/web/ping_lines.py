"""The lines of other monitors' clients, with this portal's address and a job's token."""

import re
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest


def portal_address(request: HttpRequest) -> str:
    """Where scripts reach the portal, without a slash at its end."""
    return settings.CONFIGURATION.public_url or request.build_absolute_uri("/").rstrip("/")


def lines_of_portal_token(address: str, token: str, job_key: str = "my-job") -> dict[str, str]:
    """The same for clients that name the job themselves, by the portal's token."""
    scheme, _, host = address.partition("://")
    monitor = quote(job_key, safe="")
    ping = f"{address}/ping/{token}/{monitor}"
    return {
        "healthchecks_by_slug": f'{ping}?create=1\n{ping}/start?create=1\ncurl -fsS -m 10 --retry 5 "{ping}/$??create=1"',
        "sentry_dsn": f"{scheme}://{token}@{host}/1",
        "sentry_cron": f"{address}/api/1/cron/{monitor}/{token}/?status=in_progress\n"
        f"{address}/api/1/cron/{monitor}/{token}/?status=ok",
        "cronitor": f"{address}/p/{token}/{monitor}?state=run\n{address}/p/{token}/{monitor}?state=complete",
    }


def lines_of_token(address: str, token: str) -> dict[str, str]:
    """What stands in the place of the other monitor's address, by the monitor."""
    ping = f"{address}/ping/{_as_uuid(token)}"
    heartbeat, snitch = f"{address}/api/v1/heartbeat/{token}", f"{address}/snitch/{token}"
    return {
        "healthchecks": f'{ping}\n{ping}/start\n{ping}/fail\ncurl -fsS -m 10 --retry 5 --data-raw "$output" "{ping}/$?"',
        "uptime_kuma": f"{address}/api/push/{token}?status=up&msg=OK&ping=",
        "better_stack": f'{heartbeat}\n{heartbeat}/fail\ncurl -fsS -m 10 --data-binary "$output" "{heartbeat}/$?"',
        "dead_mans_snitch": f'{snitch}\ncurl -fsS -m 10 "{snitch}?s=$?"',
    }


def _as_uuid(token: str) -> str:
    """The token as Healthchecks' clients need it, where it can be written so."""
    return str(UUID(hex=token)) if re.fullmatch("[0-9a-fA-F]{32}", token) else token
