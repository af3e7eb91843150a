"""The planner: has incidents become members of alerts, asks the rules what is owed, and owes it.

One at a time: two that plan at once would make two alerts of one cause. On PostgreSQL a lock says whose turn it is, SQLite has
one writer. Everything goes by what is kept, so that to plan again owes nothing twice.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction
from django.db.models import Q

from tc_portal.core.alert_message import AlertMessage
from tc_portal.core.incident_now import IncidentNow
from tc_portal.core.instant import LATEST
from tc_portal.core.route import JobFacts, matches
from tc_portal.core.routing import AlertNow, AlertPlan, MemberNow, MemberTold, RouteTold, Rules, Telling, plan_alert
from tc_portal.jobs.maintenance import jobs_in_maintenance
from tc_portal.jobs.models import Job
from tc_portal.jobs.queries import tags_of

from .alert_facts import facts_of
from .digesting import digest_is_due, owe_digests
from .membership import ROWS_A_STATEMENT, drop_vanished, take_in, upstreams_of
from .models import Alert, AlertMember, AlertTelling
from .outbox import owe
from .rules_in_force import clock_at, rules_in_force

# An open alert is looked at so often, whatever happens: a job that is judged anew or deleted says nothing of it.
LONGEST_UNSEEN = timedelta(minutes=5)
# How long after the job that it runs after has recovered a job may still be bad.
PATIENCE = timedelta(minutes=5)
ALERTS_A_LOOK = 100
_LOCK = 7_306_112_904_551

_read_members_told = msgspec.json.Decoder(dict[int, MemberTold]).decode
_read_routes_told = msgspec.json.Decoder(dict[int, RouteTold]).decode
_encode = msgspec.json.encode


def plan(incidents: Sequence[IncidentNow], now: datetime) -> None:
    """Record what is owed of these incidents, in the caller's transaction."""
    if not incidents:
        return
    with transaction.atomic():
        _take_turn(waits=True)
        touched, newcomers = take_in(incidents, now)
        _tell(touched, newcomers, now)


def look(now: datetime) -> int:
    """Record what is owed by the passing of time, some alerts at a time; how many were looked at, 0 when nothing is due."""
    if not Alert.objects.filter(next_look_at__lte=now).exists() and not digest_is_due(now):
        return 0
    with transaction.atomic():
        if not _take_turn(waits=False):
            return 0
        due = Alert.objects.filter(next_look_at__lte=now).order_by("next_look_at", "id")
        numbers = set(due.values_list("id", flat=True)[:ALERTS_A_LOOK])
        drop_vanished(numbers, now)
        _tell(numbers, set(), now)
        owe_digests(now)
    return len(numbers)


def look_again(now: datetime) -> None:
    """Have every open alert looked at, as rules have changed."""
    Alert.objects.filter(next_look_at__gt=now).update(next_look_at=now)


def _take_turn(*, waits: bool) -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _tell(alert_ids: Collection[int], newcomers: Collection[int], now: datetime) -> None:
    # Whoever has them looked at again meanwhile, as a rule was changed, waits: or that would be forgotten.
    alerts = list(Alert.objects.select_for_update().filter(id__in=list(alert_ids)).order_by("id"))
    if not alerts:
        return
    rules, clock = rules_in_force(), clock_at(now)
    members: dict[int, list[AlertMember]] = {alert.id: [] for alert in alerts}
    rows = {
        row.id: row for row in AlertMember.objects.filter(alert_id__in=list(members), is_current=True).order_by("id")
    }
    for row in rows.values():
        members[row.alert_id].append(row)
    before_told = {row.id: row.told for row in rows.values()}
    standing = _standing(list(rows.values()), newcomers, rules, now)
    tellings: list[tuple[Alert, Telling]] = []
    for alert in alerts:
        stands = AlertNow(
            alert.gather_until, [standing[row.id] for row in members[alert.id]], _read_routes_told(alert.told)
        )
        plan = plan_alert(stands, rules, clock)
        tellings += [(alert, telling) for telling in plan.tellings]
        _note(alert, plan, rows, now)
    _owe(tellings, rows, now)
    changed = [row for row in rows.values() if row.told != before_told[row.id]]
    AlertMember.objects.bulk_update(changed, ["told"], batch_size=ROWS_A_STATEMENT)
    Alert.objects.bulk_update(alerts, ["told", "next_look_at", "closed_at"], batch_size=ROWS_A_STATEMENT)


def _note(alert: Alert, plan: AlertPlan, rows: dict[int, AlertMember], now: datetime) -> None:
    alert.told = _encode(plan.told).decode()
    for number, told in plan.members.items():
        rows[number].told = _encode(told).decode()
    alert.closed_at = (alert.closed_at or now) if plan.is_over else None
    look_at = min(plan.look_at or LATEST, now + LONGEST_UNSEEN)
    alert.next_look_at = None if plan.is_over else look_at


def _owe(tellings: Sequence[tuple[Alert, Telling]], rows: dict[int, AlertMember], now: datetime) -> None:
    """Owe the messages. What quiet hours held back of several alerts is one message a route and its channels."""
    sums: dict[tuple[int, tuple[int, ...]], list[tuple[Alert, Telling]]] = {}
    for alert, telling in tellings:
        if telling.occasion == "held_back":
            sums.setdefault((telling.route.id, telling.channels), []).append((alert, telling))
        else:
            _owe_one([(alert, telling)], f"alert:{alert.id}", rows, now)
    for (route_id, _channels), summed in sums.items():
        thread = f"alert:{summed[0][0].id}" if len(summed) == 1 else f"route:{route_id}"
        _owe_one(summed, thread, rows, now)


def _owe_one(told: Sequence[tuple[Alert, Telling]], thread: str, rows: dict[int, AlertMember], now: datetime) -> None:
    alert, telling = told[0]
    about = [rows[number] for _alert, each in told for number in each.members]
    message = AlertMessage(
        occasion=telling.occasion,
        at=now,
        incidents=facts_of(about),
        count=len(about),
        grouped_by=alert.rule if len(told) == 1 else "alone",
        cause=alert.cause if len(told) == 1 else "",
    )
    deliveries = [each.hex for each in owe(telling.channels, thread, message, now)]
    for each_alert, each in told:
        row = AlertTelling.objects.create(
            alert=each_alert,
            at=now,
            occasion=each.occasion,
            route_id=each.route.id,
            route_name=each.route.name,
            count=len(each.members),
            deliveries=_encode(deliveries).decode(),
        )
        for number in each.members:
            member = rows[number]
            entries = _read_members_told(member.told)
            entry = entries[each.route.id]
            entries[each.route.id] = msgspec.structs.replace(entry, tellings=(*entry.tellings, row.id))
            member.told = _encode(entries).decode()


def _standing(
    rows: Sequence[AlertMember], newcomers: Collection[int], rules: Rules, now: datetime
) -> dict[int, MemberNow]:
    """How the members stand for the rules, by their ids. Seven queries, however many members."""
    bad = [row.job_id for row in rows if row.over_at is None]
    jobs = {job.id: job for job in Job.objects.filter(id__in=bad).only("id", "job_key")}
    tags, quiet = tags_of(bad), jobs_in_maintenance(bad, now)
    held = _held([row for row in rows if row.over_at is None and row.rule == "dependency"], rules, now)
    return {
        row.id: MemberNow(
            id=row.id,
            job=JobFacts(
                jobs[row.job_id].job_key if row.job_id in jobs else "",
                frozenset(tags.get(row.job_id, ())),
                row.tool_id,
                row.host,
            ),
            verdict=row.verdict,
            news_at=row.news_at,
            rule=row.rule,
            over_at=row.over_at,
            silent_until=row.silent_until,
            is_in_maintenance=row.job_id in quiet,
            held_until=held.get(row.id),
            is_newcomer=row.id in newcomers,
            told=_read_members_told(row.told),
        )
        for row in rows
    }


def _held(waiting: Sequence[AlertMember], rules: Rules, now: datetime) -> dict[int, datetime]:
    """Until when the members wait for the jobs that they run after: while one of them is bad that does not itself wait, and that
    somebody is told of, and some minutes more."""
    above = upstreams_of([row.job_id for row in waiting])
    wanted = {job_id for found in above.values() for job_id in found}
    if not wanted:
        return {}
    lately = Q(over_at=None) | Q(over_at__gt=now - PATIENCE)
    roots = AlertMember.objects.filter(lately, job_id__in=wanted, is_current=True).exclude(rule="dependency")
    latest = {row.job_id: row for row in roots.order_by("id")}
    facts = _facts(latest)
    held: dict[int, datetime] = {}
    for row in waiting:
        for root in (latest[job_id] for job_id in above.get(row.job_id, ()) if job_id in latest):
            if root.over_at is not None:
                until = root.over_at + PATIENCE
            else:
                is_told = any(
                    not kept.route.is_for_escalation and matches(kept.route.match, facts[root.job_id], root.verdict)
                    for kept in rules.routes
                )
                until = LATEST if is_told else row.joined_at
            held[row.id] = max(until, held.get(row.id, until))
    return held


def _facts(rows: dict[int, AlertMember]) -> dict[int, JobFacts]:
    keys = dict(Job.objects.filter(id__in=list(rows)).values_list("id", "job_key"))
    tags = tags_of(list(rows))
    return {
        number: JobFacts(keys.get(number, ""), frozenset(tags.get(number, ())), row.tool_id, row.host)
        for number, row in rows.items()
    }
