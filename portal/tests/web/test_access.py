"""Who sees which page, and who may change what."""

import uuid
from datetime import timedelta

import pytest
from alert_messages import a_channel
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone
from job_rows import a_job, on_each_database
from tc_portal.accounts.models import User
from tc_portal.alerts.models import Alert, Channel, DigestRow, RosterRow, RouteRow
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.digest import Digest, digest_as_json
from tc_portal.core.maintenance import Everything, Maintenance, Once
from tc_portal.core.roster import Person, Roster, roster_as_json
from tc_portal.core.route import Route, route_as_json
from tc_portal.jobs.models import (
    CalendarRow,
    Host,
    HostTask,
    Incident,
    Job,
    JobDependency,
    JobSettingsRow,
    JobTag,
    MaintenanceRow,
    PingTokenRow,
    RunOutput,
    Tool,
)
from tc_portal.jobs.ping_tokens import new_token
from tc_portal.store.calendars import make_calendar
from tc_portal.store.planning_quiet import add_maintenance
from tc_portal.web.urls import urlpatterns

PAGES = [
    "/incidents",
    "/incidents/past",
    "/incidents/{incident}",
    "/live",
    "/jobs",
    "/jobs/add",
    "/jobs/add/first-report",
    "/jobs/{job}",
    "/jobs/{job}/settings",
    "/jobs/{job}/runs/{run}",
    "/jobs/{job}/runs/{run}/output.txt",
    "/timeline",
    "/reports/{month}",
    "/reports/{month}.csv",
    "/hosts",
    "/hosts/{host}",
    "/calendars",
    "/calendars/{calendar}",
    "/tools",
    "/tools/{tool}",
    "/maintenance",
    "/channels",
    "/channels/{channel}",
    "/alerts",
    "/alerts/{alert}",
    "/routes",
    "/rosters",
    "/digests",
    "/tokens",
    "/settings",
    "/accounts/password/change/",
]
ADMINISTRATORS_PAGES = [
    "/jobs/import",
    "/jobs/{job}/delete",
    "/tools/{tool}/delete",
    "/maintenance/new",
    "/maintenance/{plan}/delete",
    "/calendars/new",
    "/calendars/{calendar}/edit",
    "/calendars/{calendar}/delete",
    "/channels/new",
    "/channels/new/{kind}",
    "/channels/{channel}/edit",
    "/channels/{channel}/delete",
    "/routes/new",
    "/routes/{route}/edit",
    "/routes/{route}/delete",
    "/rosters/new",
    "/rosters/{roster}/edit",
    "/rosters/{roster}/delete",
    "/digests/new",
    "/digests/{digest}/edit",
    "/digests/{digest}/delete",
    "/tokens/{token}/revoke",
]
ROSTER = {
    "turn": "week",
    "begins_on": "2026-03-02",
    "persons-TOTAL_FORMS": "1",
    "persons-INITIAL_FORMS": "0",
    "persons-0-name": "花子",
    "persons-0-channel": "{channel}",
    "stand_ins-TOTAL_FORMS": "0",
    "stand_ins-INITIAL_FORMS": "0",
}
# What the store writes on a connection of its own is tested where that connection sees the test's rows.
CHANGES_BY_THE_STORE = [
    "/jobs/{job}/settings",
    "/jobs/{job}/settings/preview",
    "/jobs/{job}/settings/proposal",
    "/hosts/{host}/tasks/{task}/monitor",
]
CHANGES = [
    ("/tools", {"name": "新しいツール"}),
    ("/tools/{tool}/name", {"name": "新しいツール"}),
    ("/tools/{tool}/jobs", {"job": "{job}"}),
    ("/tools/{tool}/delete", {}),
    ("/calendars/new", {"name": "工場", "save": "1"}),
    ("/calendars/{calendar}/delete", {}),
    ("/jobs/{job}/tool", {"tool": "{tool}"}),
    ("/jobs/{job}/tags", {"tags": "月次, 経理"}),
    ("/jobs/{job}/dependencies", {"after": "load"}),
    ("/jobs/{job}/delete", {}),
    ("/maintenance/new", {"title": "停電", "scope": "everything", "when": "cron", "cron": "0 2 * * 0", "hours": "2"}),
    ("/maintenance/{plan}/end", {}),
    ("/maintenance/{plan}/delete", {}),
    ("/channels/{channel}/edit", {"name": "新しい通知先", "language": "ja", "allows_private_addresses": "1"}),
    ("/channels/{channel}/test", {}),
    ("/channels/{channel}/enabled", {"enabled": "0"}),
    ("/channels/{channel}/delete", {}),
    ("/routes/new", {"name": "全部", "about": "incidents", "hours": "always", "channels": "{channel}"}),
    ("/routes/{route}/edit", {"name": "変えた", "about": "incidents", "hours": "always", "channels": "{channel}"}),
    ("/routes/{route}/enabled", {"enabled": "0"}),
    ("/routes/{route}/move", {"down": "1"}),
    ("/routes/{route}/delete", {}),
    ("/rosters/new", {**ROSTER, "name": "昼間"}),
    ("/rosters/{roster}/edit", {**ROSTER, "name": "変えた"}),
    ("/rosters/{roster}/delete", {}),
    ("/digests/new", {"name": "昼", "at": "12:00", "channels": "{channel}"}),
    ("/digests/{digest}/edit", {"name": "変えた", "at": "12:00", "channels": "{channel}"}),
    ("/digests/{digest}/delete", {}),
    ("/tokens", {"name": "夜間", "job_key": "load"}),
    ("/tokens/{token}/revoke", {}),
]
# Goes through the store's own connection, which does not see what a test has not committed: test_pausing.
PAUSE = ("/jobs/{job}/pause", {"pause": "1"})
# Whoever is logged in works with incidents (test_incident_page, test_board) and keeps views of their own (test_board).
EVERYBODYS_CHANGES = [
    "/incidents/{incident}/{action}",
    "/incidents/several",
    "/incidents/views",
    "/incidents/views/{view}/delete",
]
# Says what a form means, and changes nothing.
PREVIEWS = ["/maintenance/new/windows"]
# Forms that change nothing but how the portal looks to the person who sends them.
OPEN_TO_ALL = ["/", "/language", "/theme"]
# Leads on to a page above.
LEADING_ON = ["/jobs/{job}/runs/last", "/reports"]


class World:
    """One job, and a tool and a calendar that have nothing to do with it."""

    def __init__(self) -> None:
        self.tool = Tool.objects.create(name="経理")
        self.job = a_job("sales-report", title="売上日報")
        self.run = self.job.runs.get()
        RunOutput.objects.create(
            job=self.job, run_id=self.run.run_id, ended_at=timezone.now(), head="出力\n", size=7, is_cut=False
        )
        a_job("load")
        over = {"opened_at": timezone.now() - timedelta(hours=2), "resolved_at": timezone.now() - timedelta(hours=1)}
        self.incident = Incident.objects.create(job=self.job, verdict="error", **over)
        self.host = Host.objects.create(name="PC-1", last_reported_at=timezone.now())
        self.task = HostTask.objects.create(host=self.host, path="\\A", first_seen_at=timezone.now())
        hour = timedelta(hours=1)
        plan = Maintenance(Everything(), Once(timezone.now() - hour, timezone.now() + hour))
        self.calendar = make_calendar(Calendar("本社", "JP"), "hanako")
        # Port 9: nobody listens.
        self.channel = a_channel("webhook", {"address": "http://127.0.0.1:9/"})
        self.channel.save()
        now = timezone.now()
        self.alert = Alert.objects.create(began_at=now, gather_until=now, next_look_at=now)
        route = {"definition": route_as_json(Route(channels=(self.channel.id,))), "changed_at": now}
        self.route = RouteRow.objects.create(name="最初", position=1, **route)
        RouteRow.objects.create(name="次", position=2, **route)
        roster = roster_as_json(Roster((Person("花子", (self.channel.id,)),), now.date()))
        self.roster = RosterRow.objects.create(name="夜間", definition=roster, changed_at=now)
        self.digest = DigestRow.objects.create(name="朝会", definition=digest_as_json(Digest()), made_at=now)
        new_token("経理", "sales-report", "hanako", now)
        self.token = PingTokenRow.objects.get()
        self.plan = add_maintenance("サーバー移設", plan, timezone.now(), "hanako")

    def at(self, path: str) -> str:
        known = {
            "month": "2026-03",
            "incident": self.incident.id,
            "channel": self.channel.id,
            "alert": self.alert.id,
            "route": self.route.id,
            "roster": self.roster.id,
            "digest": self.digest.id,
            "kind": "webhook",
            "run": self.run.id,
            "host": self.host.id,
            "plan": self.plan,
            "calendar": self.calendar.id,
            "task": self.task.id,
            "token": self.token.id,
            "view": 1,
            "action": "acknowledge",
        }
        return path.format(job=self.job.id, tool=self.tool.id, **known)

    def state(self) -> list[list[object]]:
        return [
            list(Tool.objects.values_list("id", "name")),
            list(Job.objects.values_list("id", "tool_id")),
            list(CalendarRow.objects.values_list("id", "name")),
            list(JobDependency.objects.values_list("job_id", "after_job_id")),
            list(JobTag.objects.values_list("job_id", "tag")),
            list(MaintenanceRow.objects.values_list("id", "definition")),
            list(Channel.objects.values_list("id", "name", "is_enabled", "last_failure_at")),
            list(RouteRow.objects.values_list("id", "name", "position", "is_enabled")),
            list(RosterRow.objects.values_list("id", "name")),
            list(DigestRow.objects.values_list("id", "name")),
            list(PingTokenRow.objects.values_list("id", "revoked_at")),
            list(JobSettingsRow.objects.values_list("id", "definition")),
        ]


@pytest.fixture
def world(data: object) -> World:
    return World()


def test_the_tables_above_know_every_address_of_the_portal() -> None:
    known = [*PAGES, *ADMINISTRATORS_PAGES, *OPEN_TO_ALL, *PREVIEWS, *CHANGES_BY_THE_STORE, *LEADING_ON]
    known += EVERYBODYS_CHANGES
    known += [path for path, _ in [*CHANGES, PAUSE]]
    names = [
        "job",
        "incident",
        "calendar",
        "plan",
        "host",
        "channel",
        "alert",
        "route",
        "roster",
        "digest",
        "task",
        "token",
        "view",
    ]
    converters = {
        "tool": "<uuid:tool_id>",
        "run": "<int:run_number>",
        "kind": "<slug:kind_name>",
        "action": "<slug:action>",
        "month": "<str:month>",
        **{name: f"<int:{name}_id>" for name in names},
    }
    written = {path.strip("/").format(**converters) for path in known}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert str(pattern.pattern).strip("/") in written


@on_each_database
@pytest.mark.parametrize("path", PAGES)
def test_administrators_and_viewers_see_the_page(world: World, admin: Client, viewer: Client, path: str) -> None:
    for client in (admin, viewer):
        assert client.get(world.at(path)).status_code == 200


@pytest.mark.parametrize("path", ADMINISTRATORS_PAGES)
def test_only_administrators_are_asked_whether_to_delete(
    world: World, admin: Client, viewer: Client, path: str
) -> None:
    assert admin.get(world.at(path)).status_code == 200
    assert viewer.get(world.at(path)).status_code == 403


@pytest.mark.parametrize("path", [*PAGES, *ADMINISTRATORS_PAGES, "/jobs?q=売上&page=2"])
def test_a_visitor_logs_in_and_is_back_at_the_page(
    world: World, visitor: Client, viewer_user: User, path: str
) -> None:
    asked = visitor.get(world.at(path))
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/login/?next=/")
    login = visitor.get(asked["Location"])
    assert login.status_code == 200
    kept = login.context["redirect_field_value"]
    assert f'name="next" value="{kept.replace("&", "&amp;")}"' in login.text
    sent = {"login": "taro", "password": "a long pass phrase 1", "next": kept}
    entered = visitor.post("/accounts/login/", sent)
    assert entered.status_code == 302
    assert entered["Location"] == asked.wsgi_request.get_full_path()


@pytest.mark.parametrize(("path", "form"), [*CHANGES, PAUSE])
def test_a_visitor_changes_nothing(world: World, visitor: Client, path: str, form: dict[str, str]) -> None:
    before = world.state()
    answer = visitor.post(world.at(path), {name: world.at(value) for name, value in form.items()})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert world.state() == before


@pytest.mark.parametrize(("path", "form"), [*CHANGES, PAUSE])
def test_a_viewer_changes_nothing_and_is_told_who_may(
    world: World, viewer: Client, path: str, form: dict[str, str]
) -> None:
    before = world.state()
    answer = viewer.post(world.at(path), {name: world.at(value) for name, value in form.items()})
    assert answer.status_code == 403
    assert "このポータルの管理者に依頼してください。" in answer.text
    assert world.state() == before


@pytest.mark.parametrize(("path", "form"), CHANGES)
def test_an_administrator_changes_it(world: World, admin: Client, path: str, form: dict[str, str]) -> None:
    before = world.state()
    answer = admin.post(world.at(path), {name: world.at(value) for name, value in form.items()})
    # A token is shown at once, as it is not kept.
    assert answer.status_code == (200 if path == "/tokens" else 302)
    assert world.state() != before


@pytest.mark.parametrize("path", PAGES)
def test_what_only_administrators_may_do_is_not_offered_to_viewers(world: World, viewer: Client, path: str) -> None:
    shown = viewer.get(world.at(path)).text
    for address in {world.at(path) for path, _ in [*CHANGES, PAUSE]}:
        assert f'action="{address}"' not in shown
        assert address in ("/tools", "/tokens") or f'href="{address}"' not in shown


def test_administrators_find_each_change_on_some_page(world: World, admin: Client) -> None:
    shown = "".join(admin.get(world.at(path)).text for path in PAGES)
    for address in {world.at(path) for path, _ in [*CHANGES, PAUSE]}:
        assert f'action="{address}"' in shown or f'href="{address}"' in shown


@pytest.mark.parametrize(
    "path",
    [
        *("/jobs/{job}/tool", "/jobs/{job}/tags", "/jobs/{job}/pause", "/tools/{tool}/name", "/tools/{tool}/jobs"),
        *("/maintenance/{plan}/end", "/maintenance/new/windows", "/language", "/theme"),
        *("/channels/{channel}/test", "/channels/{channel}/enabled"),
        *("/routes/{route}/enabled", "/routes/{route}/move"),
    ],
)
def test_an_address_that_only_takes_forms_refuses_to_be_opened(world: World, admin: Client, path: str) -> None:
    assert admin.get(world.at(path)).status_code == 405


@pytest.mark.parametrize("path", ["/tools/{}", "/tools/{}/name", "/tools/{}/jobs", "/tools/{}/delete"])
def test_a_tool_that_is_not_there_is_not_found(world: World, admin: Client, path: str) -> None:
    address = path.format(uuid.uuid4())
    answer = admin.get(address) if path == "/tools/{}" else admin.post(address, {"name": "新しい"})
    assert answer.status_code == 404
