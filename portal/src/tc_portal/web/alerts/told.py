"""Who was told: the tellings of alerts with their deliveries, and whether these arrived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from tc_portal.alerts.models import Alert, AlertMember, AlertTelling, Delivery
from tc_portal.alerts.rules_in_force import clock_at, rules_in_force
from tc_portal.alerts.trouble import kept_trouble, trouble_in_words
from tc_portal.core.route import JobFacts, routes_for, routes_on
from tc_portal.core.routing import MemberTold, channels_of
from tc_portal.core.wording import Wording
from tc_portal.jobs.maintenance import jobs_in_maintenance
from tc_portal.jobs.models import Job
from tc_portal.jobs.queries import tags_of

MEMBERS_SHOWN = 200
TELLINGS_SHOWN = 200
_OCCASIONS = {
    "failed": ("障害の発生", "Failure"),
    "changed": ("障害の変化", "Change"),
    "reminder": ("再通知", "Reminder"),
    "escalation": ("エスカレーション", "Escalation"),
    "recovered": ("復旧", "Recovery"),
    "held_back": ("静かな時間のまとめ", "Summary of quiet hours"),
}
_STATES = {
    "queued": ("送信待ち", "waiting", "running"),
    "sent": ("届きました", "delivered", "ok"),
    "failed": ("届きませんでした", "not delivered", "bad"),
    "summed_up": ("まとめに含めました", "told in a summary", ""),
}
_read_told = msgspec.json.Decoder(dict[int, MemberTold]).decode
_read_ids = msgspec.json.Decoder(list[str]).decode


@dataclass(frozen=True)
class Arrival:
    """One delivery: to which channel, and how it stands. ``tone`` is the style of the state."""

    channel_id: int
    channel: str
    state: str
    tone: str
    at: datetime | None
    error: str


@dataclass(frozen=True)
class ToldOnce:
    """One telling. ``arrivals`` are empty where the channels have been deleted since."""

    at: datetime
    occasion: str
    route: str
    count: int
    arrivals: list[Arrival]


@dataclass(frozen=True)
class ToldOfIncident:
    """Of one incident: the alert that it is told in, by which rule, who was told, and why nobody yet where nobody was.

    ``why_not`` is empty where somebody was told, or is about to be.
    """

    alert: Alert
    rule: str
    others: int
    tellings: list[ToldOnce]
    is_listed: bool
    why_not: str


def told_of_incident(job_id: int, opened_at: datetime, wording: Wording) -> ToldOfIncident | None:
    """What the include ``incidents/told.html`` shows of the incident of the job that opened then; None before it was planned.

    Five queries, on ``alert_member_current`` and the ids of what was told.
    """
    members = AlertMember.objects.select_related("alert").filter(job_id=job_id, incident_opened_at=opened_at)
    rows = list(members.order_by("-is_current", "-id")[:20])
    if not rows:
        return None
    entries = [entry for row in rows for entry in _read_told(row.told).values()]
    numbers = {number for entry in entries for number in entry.tellings}
    tellings = AlertTelling.objects.filter(id__in=sorted(numbers)[-TELLINGS_SHOWN:]).order_by("at", "id")
    newest = rows[0]
    return ToldOfIncident(
        alert=newest.alert,
        rule=rule_in_words(newest.rule, newest.cause, wording),
        others=AlertMember.objects.filter(alert_id=newest.alert_id, is_current=True).count() - 1,
        tellings=told_in_words(list(tellings), wording),
        is_listed=not numbers and any(entry.is_listed for entry in entries),
        why_not="" if numbers or newest.over_at is not None else _why_not(newest, entries, wording),
    )


def _why_not(member: AlertMember, entries: Sequence[MemberTold], wording: Wording) -> str:
    """Why nobody has been told of a member that lasts. Six queries at most."""
    if member.silent_until is not None and member.silent_until > wording.now:
        return wording.say(ja="対応中かミュートのため、知らせていません。", en="It is acknowledged or muted.")
    if jobs_in_maintenance([member.job_id], wording.now):
        return wording.say(
            ja="メンテナンス中です。終わっても直っていなければ知らせます。",
            en="The job is in a maintenance; what is still bad when that ends is told.",
        )
    if member.rule == "dependency":
        return wording.say(
            ja=f"「{member.cause}」のあとに動くジョブです。先に復旧してもまだ直っていなければ知らせます。",
            en=f"It runs after “{member.cause}”, and is told if it is still bad after that has recovered.",
        )
    if any(entry.is_held for entry in entries):
        return wording.say(
            ja="静かな時間のため保留しています。終わったときにまとめて知らせます。",
            en="Quiet hours hold it back; they end in a summary.",
        )
    if any(entry.is_listed for entry in entries) or member.alert.gather_until > wording.now:
        return ""
    return _why_no_route(member, wording)


def _why_no_route(member: AlertMember, wording: Wording) -> str:
    job = Job.objects.filter(id=member.job_id).first()
    if job is None:
        return ""
    rules, clock = rules_in_force(), clock_at(wording.now)
    facts = JobFacts(job.job_key, frozenset(tags_of([job.id]).get(job.id, ())), member.tool_id, member.host)
    found = routes_for(facts, member.verdict, routes_on(rules.routes, clock))
    if not found:
        return wording.say(ja="いま当てはまる通知ルールがありません。", en="No route is about it now.")
    if not any(channels_of(kept.route, rules, clock) for kept in found):
        return wording.say(ja="有効な通知先がありません。", en="No channel is enabled.")
    return ""


def told_in_words(tellings: Sequence[AlertTelling], wording: Wording) -> list[ToldOnce]:
    """The tellings with how their deliveries stand. One query."""
    ids = {telling.id: [UUID(each) for each in _read_ids(telling.deliveries)] for telling in tellings}
    deliveries = _deliveries(each for found in ids.values() for each in found)
    return [
        ToldOnce(
            telling.at,
            occasion_in_words(telling.occasion, wording),
            telling.route_name or wording.say(ja="既定のルール", en="the default route"),
            telling.count,
            [_arrival(deliveries[each], wording) for each in ids[telling.id] if each in deliveries],
        )
        for telling in tellings
    ]


def occasion_in_words(occasion: str, wording: Wording) -> str:
    ja, en = _OCCASIONS.get(occasion, (occasion, occasion))
    return wording.say(ja=ja, en=en)


def rule_in_words(rule: str, cause: str, wording: Wording) -> str:
    """By which rule incidents are told as one; empty where it is about one alone."""
    match rule:
        case "dependency":
            return wording.say(
                ja=f"「{cause}」のあとに動くジョブ（規則: 依存関係）", en=f"runs after “{cause}” (rule: dependency)"
            )
        case "fingerprint":
            tail = f": {cause}" if cause else ""
            return wording.say(
                ja=f"同じエラー（規則: 同じエラー）{tail}", en=f"the same error (rule: same error){tail}"
            )
        case "host":
            return wording.say(
                ja=f"「{cause}」からの報告が途絶えている（規則: ホスト）",
                en=f"nothing is heard from “{cause}” (rule: host)",
            )
        case "tool":
            return wording.say(
                ja=f"ツール「{cause}」で同じころ（規則: ツール）",
                en=f"at the same time in the tool “{cause}” (rule: tool)",
            )
    return ""


def _deliveries(ids: Iterable[UUID]) -> Mapping[UUID, Delivery]:
    wanted = list(ids)
    found = Delivery.objects.select_related("channel").defer("content").filter(id__in=wanted) if wanted else []
    return {delivery.id: delivery for delivery in found}


def _arrival(delivery: Delivery, wording: Wording) -> Arrival:
    ja, en, tone = _STATES.get(delivery.state, (delivery.state, delivery.state, ""))
    trouble = kept_trouble(delivery.last_error) if delivery.state != "sent" else None
    return Arrival(
        delivery.channel_id,
        delivery.channel.name,
        wording.say(ja=ja, en=en),
        tone,
        delivery.sent_at or delivery.gave_up_at,
        trouble_in_words(trouble, wording) if trouble is not None else "",
    )
