"""Alerts as the planner would owe them, and channels as a person would make them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tc_portal.alerts.models import Channel
from tc_portal.alerts.secrets import sealed
from tc_portal.core.alert_message import AlertMessage, IncidentTold
from tc_portal.core.reason import Failed

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def an_incident(number: int = 1, **given: Any) -> IncidentTold:
    told: dict[str, Any] = {
        "incident_id": number,
        "job_id": number,
        "job_key": f"job-{number}",
        "title": "売上日報" if number == 1 else f"ジョブ{number}",
        "verdict": "error",
        "since": NOON,
        "reasons": (Failed(finished_at=NOON),),
        "tool": "経理",
        "host": "PC-1",
        "gist": "ConnectionError: データベースに接続できません",
        "last_success": NOON - timedelta(days=1),
        "output_tail": "読み込み開始\nTraceback (most recent call last):\nConnectionError\n",
    }
    return IncidentTold(**{**told, **given})


def a_message(occasion: str = "failed", *incidents: IncidentTold, **given: Any) -> AlertMessage:
    told = incidents or (an_incident(),)
    return AlertMessage(**{"occasion": occasion, "at": NOON, "incidents": told, "count": len(told), **given})


def a_channel(kind: str, settings: dict[str, str], *, allows_private: bool = True, **given: Any) -> Channel:
    """A channel that is not saved. Sinks are on loopback, so that they have to be allowed."""
    fields = {"name": f"{kind} の通知先", "kind": kind, "settings": sealed(settings), "language": "ja"}
    return Channel(**{**fields, "allows_private_addresses": allows_private, **given})
