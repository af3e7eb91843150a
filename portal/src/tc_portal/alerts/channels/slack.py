"""Slack: an incoming webhook."""

from collections.abc import Mapping

from .checks import is_like
from .kind import Field, Kind, Said
from .through_apprise import made_from_address, notify
from .told import Told


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from apprise.plugins.slack import NotifySlack

    plugin = made_from_address(NotifySlack, settings["address"])
    plugin.include_image = plugin.include_footer = False
    notify(plugin, told)


SLACK = Kind(
    name="slack",
    title=Said("Slack", "Slack"),
    fields=(
        Field(
            "address",
            Said("Webhook URL", "Webhook URL"),
            Said(
                "Slack アプリの「Incoming Webhooks」で作った https://hooks.slack.com/services/… の URL",
                "The https://hooks.slack.com/services/… address made under “Incoming Webhooks” of a Slack app",
            ),
            is_secret=True,
            check=is_like(
                r"https://hooks\.slack(-gov)?\.com/services/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]+/?",
                "https://hooks.slack.com/services/… の URL を入力してください。",
                "Enter the address that begins with https://hooks.slack.com/services/.",
            ),
        ),
    ),
    deliver=_deliver,
    markup="slack",
    longest_text=3500,
)
