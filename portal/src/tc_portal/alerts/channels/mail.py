"""E-mail: through the SMTP server that the portal is configured with, or through one of the channel's own."""

from collections.abc import Mapping
from typing import Any

from tc_portal.alerts.trouble import NotDelivered, Trouble

from .checks import are_mail_addresses, is_like, mail_addresses
from .kind import Field, Kind, Said
from .through_apprise import made, notify
from .told import Told

_MODES = {"starttls": 587, "ssl": 465, "insecure": 25}


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from apprise.plugins.email.base import NotifyEmail

    to = mail_addresses(settings["to"])
    server = _own_server(settings) if settings.get("host") else _portals_server()
    server["from_addr"] = _sender(server["from_addr"], to)
    plugin = made(
        NotifyEmail,
        **server,
        targets=to,
        headers={"X-TC-Portal-Delivery": str(told.delivery_id), "Auto-Submitted": "auto-generated"},
    )
    notify(plugin, told, body=told.html, as_html=True)


def _own_server(settings: Mapping[str, str]) -> dict[str, Any]:
    mode = settings.get("security") or "starttls"
    return _server(
        settings["host"],
        int(settings.get("port") or _MODES[mode]),
        mode,
        settings.get("user", ""),
        settings.get("password", ""),
        settings.get("sender", ""),
    )


def _portals_server() -> dict[str, Any]:
    from django.conf import settings

    mail = settings.CONFIGURATION.mail
    if mail is None:
        raise NotDelivered(Trouble(kind="not_configured", detail="TC_PORTAL_SMTP_URL"))
    from .outbound import present_exchange

    # Whoever runs the portal chose this server, not whoever made the channel.
    going_on = present_exchange()
    assert going_on is not None
    going_on.allows_private = True
    mode = "ssl" if mail.use_tls else "starttls" if mail.use_starttls else "insecure"
    return _server(mail.host, mail.port, mode, mail.user, mail.password, mail.sender)


def _sender(wanted: str, to: list[str]) -> str:
    """Who it comes from: unless that is said, the portal in the first reader's domain. A host's address is no domain."""
    domain = wanted.rpartition("@")[2].strip("[]")
    return wanted if domain.strip("0123456789.:") else f"tc-portal@{to[0].rpartition('@')[2]}"


def _server(host: str, port: int, mode: str, user: str, password: str, sender: str) -> dict[str, Any]:
    return {
        "smtp_host": host,
        "host": host,
        "port": port,
        "secure": mode != "insecure",
        "secure_mode": mode,
        "user": user,
        "password": password,
        "from_addr": sender,
    }


def _check(settings: Mapping[str, str]) -> dict[str, Said]:
    from django.conf import settings as portal

    if settings.get("host") or portal.CONFIGURATION.mail is not None:
        return {}
    return {
        "host": Said(
            "ポータルの SMTP サーバー（TC_PORTAL_SMTP_URL）が設定されていません。ここにサーバーを入力してください。",
            "The portal has no SMTP server of its own (TC_PORTAL_SMTP_URL): enter one here.",
        )
    }


MAIL = Kind(
    name="mail",
    title=Said("メール", "E-mail"),
    fields=(
        Field(
            "to",
            Said("宛先", "To"),
            Said("複数ならコンマ区切り", "Several are separated by commas"),
            check=are_mail_addresses,
        ),
        Field(
            "host",
            Said("SMTP サーバー", "SMTP server"),
            Said(
                "空欄ならポータルの設定（TC_PORTAL_SMTP_URL）を使います",
                "Empty: the portal's own (TC_PORTAL_SMTP_URL)",
            ),
            is_required=False,
            check=is_like(r"[\w.:-]{1,255}", "ホスト名を入力してください。", "Enter the name of a host."),
        ),
        Field(
            "security",
            Said("暗号化", "Encryption"),
            is_required=False,
            choices=(
                ("starttls", Said("STARTTLS（既定、587）", "STARTTLS (default, 587)")),
                ("ssl", Said("TLS（465）", "TLS (465)")),
                ("insecure", Said("なし（25）", "None (25)")),
            ),
        ),
        Field(
            "port",
            Said("ポート", "Port"),
            is_required=False,
            check=is_like(
                r"[1-9][0-9]{0,4}", "1〜65535 の数字を入力してください。", "Enter a number from 1 to 65535."
            ),
        ),
        Field("user", Said("ユーザー名", "User name"), is_required=False),
        Field("password", Said("パスワード", "Password"), is_secret=True, is_required=False),
        Field("sender", Said("差出人", "From"), is_required=False, check=are_mail_addresses),
    ),
    deliver=_deliver,
    longest_text=20_000,
    secrets_belong_to=("host",),
    check=_check,
)
