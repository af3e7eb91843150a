"""Discord: a channel's webhook."""

from collections.abc import Mapping

from .checks import is_like
from .kind import Field, Kind, Said
from .through_apprise import made_from_address, notify
from .told import Told


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from apprise.plugins.discord import NotifyDiscord

    plugin = made_from_address(NotifyDiscord, settings["address"])
    plugin.avatar = False
    notify(plugin, told, title="", body=f"**{told.subject}**\n{told.text}")


DISCORD = Kind(
    name="discord",
    title=Said("Discord", "Discord"),
    fields=(
        Field(
            "address",
            Said("Webhook URL", "Webhook URL"),
            Said(
                "チャンネルの設定 → 連携サービス → ウェブフックで作った URL",
                "The address made under the channel's Settings → Integrations → Webhooks",
            ),
            is_secret=True,
            check=is_like(
                r"https://discord(app)?\.com/api/webhooks/[0-9]+/[\w-]+/?",
                "https://discord.com/api/webhooks/… の URL を入力してください。",
                "Enter the address that begins with https://discord.com/api/webhooks/.",
            ),
        ),
    ),
    deliver=_deliver,
    markup="discord",
    longest_subject=150,
    # 2,000 in all, with the subject.
    longest_text=1800,
)
