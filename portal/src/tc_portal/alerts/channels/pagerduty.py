"""PagerDuty: the Events API v2. One alert of ours is one alert there, opened and resolved by its ``dedup_key``."""

from collections.abc import Mapping

from .checks import is_like
from .kind import Field, Kind, Said
from .through_apprise import made, notify
from .told import Told


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from apprise.plugins.pagerduty import NotifyPagerDuty

    plugin = made(
        NotifyPagerDuty,
        # Events API v2 knows events by the routing key alone; Apprise wants a second key for its header.
        apikey=settings["routing_key"],
        integrationkey=settings["routing_key"],
        region_name=settings.get("region") or "us",
        source="tc-portal",
        component=told.message.incidents[0].job_key if told.message.incidents else "tc-portal",
        include_image=False,
        click=told.link or None,
        details={"text": told.text, "delivery": str(told.delivery_id)},
        severity="info" if told.tone == "neutral" else None,
        action="resolve" if told.message.occasion == "recovered" else "trigger",
        dedup=told.thread,
    )
    notify(plugin, told, title="", body=told.subject)


PAGERDUTY = Kind(
    name="pagerduty",
    title=Said("PagerDuty", "PagerDuty"),
    fields=(
        Field(
            "routing_key",
            Said("Integration Key", "Integration key"),
            Said(
                "サービス → Integrations → Events API V2 の 32 文字",
                "The 32 characters of Service → Integrations → Events API V2",
            ),
            is_secret=True,
            check=is_like(
                r"[0-9A-Za-z]{32}", "32 文字の英数字を入力してください。", "Enter the 32 letters and digits."
            ),
        ),
        Field(
            "region",
            Said("リージョン", "Region"),
            is_required=False,
            choices=(("us", Said("米国（既定）", "US (default)")), ("eu", Said("EU", "EU"))),
        ),
    ),
    deliver=_deliver,
    longest_subject=1024,
    longest_text=10_000,
    per_minute=100,
    may_sum_up=False,
)
