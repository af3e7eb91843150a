"""LINE: the Messaging API of an official account."""

from collections.abc import Mapping

from tc_portal.alerts.trouble import NotDelivered

from .checks import is_like, is_token
from .kind import Field, Kind, Said
from .through_apprise import made, notify
from .told import Told


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from apprise.plugins.line import NotifyLine

    from .outbound import present_exchange

    going_on = present_exchange()
    assert going_on is not None
    # LINE knows by this key a request that it has taken already.
    going_on.headers["X-Line-Retry-Key"] = str(told.delivery_id)
    plugin = made(NotifyLine, token=settings["token"], targets=[settings["to"]], include_image=False)
    try:
        notify(plugin, told, title="", body=f"{told.subject}\n\n{told.text}")
    except NotDelivered:
        # 409: an earlier attempt had arrived, although nobody here heard of it.
        if going_on.answer is None or going_on.answer.status_code != 409:
            raise


LINE = Kind(
    name="line",
    title=Said("LINE", "LINE"),
    fields=(
        Field(
            "token",
            Said("チャネルアクセストークン（長期）", "Channel access token (long-lived)"),
            Said(
                "LINE Developers → Messaging API 設定で発行します",
                "Issued in the LINE Developers console, Messaging API tab",
            ),
            is_secret=True,
            check=is_token,
        ),
        Field(
            "to",
            Said("送信先 ID", "Send to (ID)"),
            Said(
                "U・C・R で始まる 33 文字（ユーザー、グループ、トークルーム）",
                "33 characters that begin with U, C or R (user, group or room)",
            ),
            check=is_like(
                r"[UCR][0-9a-f]{32}",
                "U・C・R で始まる 33 文字の ID を入力してください。",
                "Enter the ID of 33 characters that begins with U, C or R.",
            ),
        ),
    ),
    deliver=_deliver,
    longest_text=4700,
)
