"""Sending through a plug-in of Apprise's, or one of ours that is built as one."""

from typing import Any

from tc_portal.alerts.trouble import NotDelivered, Trouble

from .told import Told

SECONDS = 15


def asset() -> Any:
    """How Apprise is to behave: it says who is asking, follows no redirects and keeps nothing on disk."""
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="TC Portal",
        app_desc="TC Portal job monitor",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        secure_logging=True,
    )


def made(plugin: type, **settings: Any) -> Any:
    """A plug-in with its settings. Raises ``NotDelivered`` where it does not take them."""
    try:
        return plugin(asset=asset(), rto=SECONDS, cto=SECONDS, **settings)
    except (TypeError, ValueError):
        # AppriseImproperlyConfigured is a TypeError; its text quotes what it does not like.
        raise NotDelivered(Trouble(kind="not_configured")) from None


def made_from_address(plugin: Any, address: str) -> Any:
    """The plug-in for an address as the service shows it to people. Raises ``NotDelivered`` where it is none of its."""
    parsed = plugin.parse_native_url(address)
    if not parsed:
        raise NotDelivered(Trouble(kind="not_configured"))
    taken = {name: value for name, value in parsed.items() if name not in ("schema", "asset", "rto", "cto")}
    return made(plugin, **taken)


def notify(
    plugin: Any, told: Told, *, title: str | None = None, body: str | None = None, as_html: bool = False
) -> None:
    """Have the plug-in send. Raises ``NotDelivered``; why is known to the exchange that this is part of."""
    from apprise import NotifyFormat, NotifyType

    tone = {"bad": NotifyType.FAILURE, "good": NotifyType.SUCCESS, "neutral": NotifyType.INFO}[told.tone]
    text = told.text if body is None else body
    is_sent = plugin.notify(
        title=told.subject if title is None else title,
        body=text,
        notify_type=tone,
        # Without a format Apprise leaves the text as it is: it is in the service's own markup already.
        body_format=NotifyFormat.HTML if as_html else None,
    )
    if not is_sent:
        raise NotDelivered(Trouble(kind="answered"))
