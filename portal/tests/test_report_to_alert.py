"""From a failing report to the alert at the other end, and to the word that it has recovered: the portal as a user runs it."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from running_portal import RunningPortal
from sinks import HttpSink, http_sink, wait_until

CONFIGURE = """
import sys, django; django.setup()
from datetime import UTC, datetime
from tc_portal.alerts.models import Channel, RouteRow
from tc_portal.alerts.secrets import sealed
from tc_portal.core.route import Route, route_as_json
channel = Channel.objects.create(
    name="sink", kind="webhook", language="ja", allows_private_addresses=True, settings=sealed({"address": sys.argv[1]}))
RouteRow.objects.create(name="all", position=1, definition=route_as_json(Route(channels=(channel.id,))), is_enabled=True,
    changed_at=datetime.now(UTC))
"""


def lead_all_alerts_to(portal: RunningPortal, sink: HttpSink) -> None:
    environment = {**portal._environ(), "DJANGO_SETTINGS_MODULE": "tc_portal.settings"}
    subprocess.run([sys.executable, "-c", CONFIGURE, sink.url], env=environment, check=True, timeout=60)


def ended_now(status: str, message: str) -> dict[str, str]:
    return {"status": status, "message": message, "finished_at": datetime.now(UTC).isoformat()}


def test_a_failing_report_is_told_and_so_is_the_recovery(first_portal: Callable[..., RunningPortal]) -> None:
    portal = first_portal(TC_PORTAL_PUBLIC_URL="http://127.0.0.1:8000").start()
    with http_sink() as sink:
        lead_all_alerts_to(portal, sink)
        job = {"job_key": "sales-report", "title": "売上日報"}
        began = time.monotonic()
        assert portal.report(job | ended_now("error", "データベースに接続できません")).status == 200
        wait_until(lambda: len(sink.requests) == 1)
        print(f"\n{portal.database.kind}: the alert was there after {time.monotonic() - began:.1f} s")
        assert portal.report(job | ended_now("success", "完了")).status == 200
        wait_until(lambda: len(sink.requests) == 2)
        failed, recovered = (request.json for request in sink.requests)
    assert portal.stop() == 0
    assert (failed["occasion"], recovered["occasion"]) == ("failed", "recovered")
    assert failed["thread"] == recovered["thread"]
    assert failed["id"] != recovered["id"]
    (incident,) = failed["incidents"]
    assert (incident["job_key"], incident["verdict"]) == ("sales-report", "error")
    assert failed["subject"] == "[失敗] 売上日報"
    assert "データベースに接続できません" in failed["text"]
    assert f"/incidents/{incident['incident_id']}?acknowledge" in failed["text"]
    assert recovered["subject"] == "[復旧] 売上日報"
    assert "Traceback" not in portal.log()
