"""Microsoft Teams: the webhook of a workflow ("Post to a channel when a webhook request is received")."""

from collections.abc import Mapping

from .checks import is_web_address
from .kind import Field, Kind, Said
from .through_apprise import made_from_address, notify
from .told import Told


def _is_a_workflow(value: str) -> Said | None:
    from apprise.plugins.workflows import NotifyWorkflows

    if is_web_address(value) is None and value.startswith("https://") and NotifyWorkflows.parse_native_url(value):
        return None
    return Said(
        "ワークフローに表示された https://….logic.azure.com/… または https://….powerplatform.com/… の URL 全体を入力してください。",
        "Enter the whole address that the workflow shows: https://….logic.azure.com/… or https://….powerplatform.com/….",
    )


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from apprise.plugins.workflows import NotifyWorkflows

    plugin = made_from_address(NotifyWorkflows, settings["address"])
    plugin.include_image = False
    notify(plugin, told)


TEAMS = Kind(
    name="teams",
    title=Said("Microsoft Teams", "Microsoft Teams"),
    fields=(
        Field(
            "address",
            Said("ワークフローの URL", "The workflow's address"),
            Said(
                "チャネルの … → ワークフロー → 「Webhook 要求を受信したらチャネルに投稿する」で作った URL",
                "Made under the channel's … → Workflows → “Post to a channel when a webhook request is received”",
            ),
            is_secret=True,
            check=_is_a_workflow,
        ),
    ),
    deliver=_deliver,
    markup="teams",
    # A card may be 28 kB, and Japanese takes six bytes a character in JSON.
    longest_text=3500,
)
