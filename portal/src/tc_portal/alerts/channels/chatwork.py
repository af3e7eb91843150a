"""Chatwork: a message to a room."""

from collections.abc import Mapping

from .checks import is_like, is_token
from .kind import Field, Kind, Said
from .through_apprise import made, notify
from .told import Told


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from .chatwork_plugin import NotifyChatwork

    plugin = made(NotifyChatwork, token=settings["token"], room=settings["room"])
    notify(plugin, told, title="", body=f"[info][title]{told.subject}[/title]{told.text}[/info]")


CHATWORK = Kind(
    name="chatwork",
    title=Said("Chatwork", "Chatwork"),
    fields=(
        Field(
            "token",
            Said("API トークン", "API token"),
            Said(
                "サービス連携 → API トークン。投稿は発行したアカウントの名前になります",
                "Service integration → API token; messages appear under the account that it belongs to",
            ),
            is_secret=True,
            check=is_token,
        ),
        Field(
            "room",
            Said("ルーム ID", "Room ID"),
            Said("チャットの URL の #!rid に続く数字", "The digits after #!rid in the chat's address"),
            check=is_like(r"[0-9]{1,20}", "数字だけを入力してください。", "Enter the digits only."),
        ),
    ),
    deliver=_deliver,
    markup="chatwork",
    longest_text=8000,
)
