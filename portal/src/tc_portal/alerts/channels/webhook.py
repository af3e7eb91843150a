"""A webhook of one's own: JSON by POST, signed. The body is documented in docs/…/reference/alerts.md."""

import hashlib
import hmac
from collections.abc import Mapping

import msgspec

from tc_portal.alerts.trouble import NotDelivered, Trouble

from .checks import is_web_address
from .kind import Field, Kind, Said
from .told import Told

VERSION = 1


def body_of(told: Told) -> bytes:
    """The JSON that is sent."""
    return msgspec.json.encode(
        {
            "version": VERSION,
            "id": str(told.delivery_id),
            "thread": told.thread,
            "occasion": told.message.occasion,
            "at": told.message.at,
            "subject": told.subject,
            "text": told.text,
            "language": told.language,
            "link": told.link or None,
            "count": told.message.count or len(told.message.incidents),
            "grouped_by": told.message.grouped_by,
            "cause": told.message.cause,
            "about": told.message.about,
            "incidents": [_incident(each) for each in told.message.incidents],
            "digest": told.message.digest,
        }
    )


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of ``X-TC-Portal-Signature``: HMAC-SHA256 of "<t>.<body>", so that neither can be replaced alone."""
    digest = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def _incident(incident: object) -> object:
    told = msgspec.to_builtins(incident)
    # A reader need not know which values are left out for being the usual ones.
    optional = ("tool", "host", "gist", "last_success", "output_tail", "recovered_at", "acknowledged_by")
    return {**dict.fromkeys(optional), "reasons": [], **told}


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    import requests

    body = body_of(told)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "tc-portal",
        "X-TC-Portal-Delivery": str(told.delivery_id),
        "X-TC-Portal-Attempt": str(told.attempt),
    }
    if settings.get("secret"):
        headers["X-TC-Portal-Signature"] = signature(settings["secret"], int(told.at.timestamp()), body)
    try:
        answer = requests.post(settings["address"], data=body, headers=headers, allow_redirects=False)
    except requests.RequestException:
        # Its text quotes the address; what it was the exchange knows.
        raise NotDelivered(Trouble(kind="disconnected")) from None
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(Trouble(kind="answered", status=answer.status_code))


def _check(settings: Mapping[str, str]) -> dict[str, Said]:
    if settings["address"].startswith("https://") or settings.get("allows_private_addresses"):
        return {}
    return {
        "address": Said(
            "https:// の URL を入力してください（http:// は社内のアドレスを許可したときだけ使えます）。",
            "Enter an https:// address (http:// only where private addresses are allowed).",
        )
    }


WEBHOOK = Kind(
    name="webhook",
    title=Said("Webhook", "Webhook"),
    fields=(
        Field("address", Said("URL", "URL"), is_secret=True, check=is_web_address),
        Field(
            "secret",
            Said("署名の鍵", "Signing secret"),
            Said(
                "決めた文字列。受け取る側で署名を確かめるのに使います（推奨）",
                "Any text; the receiver checks the signature with it (recommended)",
            ),
            is_secret=True,
            is_required=False,
        ),
    ),
    deliver=_deliver,
    longest_text=8000,
    may_sum_up=False,
    per_minute=60,
    check=_check,
)
