"""通知の履歴: the alerts, the latest first; and one with its members, the rules that grouped them, and who was told."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tc_portal.alerts.models import Alert, AlertMember, AlertTelling
from tc_portal.core.wording import Wording
from tc_portal.web.alerts.told import MEMBERS_SHOWN, TELLINGS_SHOWN, rule_in_words, told_in_words
from tc_portal.web.wording import page_wording

ALERTS_A_PAGE = 30


@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    """On the index ``alert_latest``."""
    wording = page_wording()
    page = Paginator(Alert.objects.order_by("-began_at", "-id"), ALERTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "alerts/list.html", {"page": page, "alerts": _shown(list(page.object_list), wording)})


@require_safe
def alert_page(request: HttpRequest, alert_id: int) -> HttpResponse:
    alert = get_object_or_404(Alert, id=alert_id)
    wording = page_wording()
    (shown,) = _shown([alert], wording)
    members = AlertMember.objects.filter(alert=alert).order_by("joined_at", "id")[: MEMBERS_SHOWN + 1]
    tellings = list(AlertTelling.objects.filter(alert=alert).order_by("-at", "-id")[:TELLINGS_SHOWN])
    context = {
        **shown,
        "members": [
            {"row": row, "rule": rule_in_words(row.rule, row.cause, wording)} for row in members[:MEMBERS_SHOWN]
        ],
        "has_more_members": len(members) > MEMBERS_SHOWN,
        "tellings": told_in_words(tellings, wording),
    }
    return render(request, "alerts/page.html", context)


def _shown(alerts: list[Alert], wording: Wording) -> list[dict[str, Any]]:
    """The alerts with their first members' names and what was told last. Three queries."""
    ids = [alert.id for alert in alerts]
    counts = AlertMember.objects.filter(alert_id__in=ids).order_by("alert_id").values("alert_id")
    counts = counts.annotate(many=Count("id"), bad=Count("id", filter=Q(over_at=None, is_current=True)))
    by_alert = {each["alert_id"]: each for each in counts}
    firsts = _firsts(ids)
    tellings = AlertTelling.objects.filter(alert_id__in=ids).values("alert_id").order_by("alert_id")
    told = dict(tellings.annotate(many=Count("id")).values_list("alert_id", "many"))
    return [
        {
            "alert": alert,
            "title": firsts.get(alert.id, "–"),
            "others": by_alert[alert.id]["many"] - 1 if alert.id in by_alert else 0,
            "bad": by_alert[alert.id]["bad"] if alert.id in by_alert else 0,
            "rule": rule_in_words(alert.rule, alert.cause, wording),
            "told": told.get(alert.id, 0),
        }
        for alert in alerts
    ]


def _firsts(ids: list[int]) -> dict[int, str]:
    """The title of the first member of each."""
    first = (
        AlertMember.objects.filter(alert_id__in=ids).order_by("alert_id").values("alert_id").annotate(first=Min("id"))
    )
    numbers = [each["first"] for each in first]
    return dict(AlertMember.objects.filter(id__in=numbers).values_list("alert_id", "title"))
