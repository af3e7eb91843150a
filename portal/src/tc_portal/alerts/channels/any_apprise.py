"""Whatever else Apprise takes by URL."""

import re
from collections.abc import Mapping
from typing import Any

from tc_portal.alerts.trouble import NotDelivered, Trouble

from .kind import Field, Kind, Said
from .through_apprise import asset, notify
from .told import Told

# They act on the portal's own machine, or read its files.
_LOCAL = ("dbus", "glib", "gnome", "kde", "macosx", "qt", "windows", "syslog", "blink1")
_FILES = re.compile(r"[?&](template|attach|key|keyfile|subfile|path|pgp\w*|vapid\w*)=", re.IGNORECASE)


def _is_known(value: str) -> Said | None:
    schema = value.partition("://")[0].lower()
    if schema.split("+")[0] in _LOCAL or _FILES.search(value):
        return Said(
            "この URL はポータルの PC 自身やそのファイルを使うため、指定できません。",
            "This address acts on the portal's own machine or its files, which is not allowed.",
        )
    if _plugin(value) is None:
        return Said(
            "Apprise の URL として読み取れません。appriseit.com にある書き方を確かめてください。",
            "Apprise cannot read this address. Check how it is written at appriseit.com.",
        )
    return None


def _plugin(address: str) -> Any:
    from apprise import Apprise
    from apprise.manager_plugins import NotificationManager

    from .chatwork_plugin import NotifyChatwork

    known = NotificationManager()
    if "chatwork" not in known:
        known.add(plugin=NotifyChatwork, schemas="chatwork")
    try:
        return Apprise.instantiate(address, asset=asset(), suppress_exceptions=True)
    except Exception:
        # A plug-in may stumble over an address in any way; its text would quote the address.
        return None


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    plugin = _plugin(settings["address"])
    if plugin is None:
        raise NotDelivered(Trouble(kind="not_configured"))
    # An address may say otherwise.
    plugin.redirects = False
    notify(plugin, told)


ANY_APPRISE = Kind(
    name="apprise",
    title=Said("その他（Apprise の URL）", "Other (an Apprise URL)"),
    fields=(
        Field(
            "address",
            Said("Apprise の URL", "Apprise URL"),
            Said(
                "例: ntfys://…、tgram://…、matrixs://…（appriseit.com に一覧）",
                "Such as ntfys://…, tgram://…, matrixs://… (listed at appriseit.com)",
            ),
            is_secret=True,
            check=_is_known,
        ),
    ),
    deliver=_deliver,
    longest_text=3500,
)
